"""Drive docker-compose.yml from build to stop: photographs in, approved, published; containers killed and scaled.

Needs a Docker engine and Compose (v2 or 1.29). Uses a project, ports and folders of its own, and removes them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageOps
from skimage import data

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ("cat", "coffee", "rocket", "astronaut", "hubble_deep_field")
STOP_LIMIT_S, READY_LIMIT_S = 45, 60


class Failed(Exception):
    """A promise of the compose file does not hold."""


class Clock:
    """What took how long."""

    def __init__(self) -> None:
        self.times: list[tuple[str, float]] = []

    @contextmanager
    def measure(self, what: str) -> Iterator[None]:
        print(f"… {what}", flush=True)
        began = time.monotonic()
        yield
        self.times.append((what, time.monotonic() - began))

    def print(self) -> None:
        for what, took_s in self.times:
            print(f"{took_s:8.1f} s  {what}")


class Compose:
    """One project of the compose file."""

    def __init__(self, place: Path) -> None:
        self.photos, self.published = place / "photos", place / "published"
        self.review_port = _free_port()
        self.environ = os.environ | {
            "COMPOSE_PROJECT_NAME": f"lightgatetest{os.getpid()}",
            "PHOTOS": str(self.photos),
            "PUBLISHED": str(self.published),
            "REVIEW_PORT": str(self.review_port),
            "FLOWER_PORT": str(_free_port()),
            # a caption model of this machine would make the times depend on it
            "OLLAMA_URL": "http://127.0.0.1:9",
        }
        self.program = _compose_program()

    def __call__(self, *arguments: str) -> str:
        return self._run(*self.program, *arguments)

    def docker(self, *arguments: str) -> str:
        return self._run("docker", *arguments)

    def containers(self, service: str) -> list[str]:
        return self("ps", "-q", service).split()

    def cli(self, *arguments: str) -> str:
        return self("run", "--rm", "-T", "cli", *arguments)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"{' '.join(command)}:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout


def _compose_program() -> tuple[str, ...]:
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ("docker", "compose")
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    raise Failed("There is no Docker Compose here, neither as a plugin nor as docker-compose.")


class Reviewer:
    """A person at the review site, by its API."""

    def __init__(self, port: int) -> None:
        self._web = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60)
        self._token = ""

    def sign_in(self, password: str) -> None:
        self._token = self._web.get("/csrf").raise_for_status().json()["csrf_token"]
        self._token = self.post("/login", {"name": "reviewer", "password": password})["csrf_token"]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._web.post(path, json=body, headers={"X-CSRF-Token": self._token})
        if answer.is_error:
            raise Failed(f"POST {path}: {answer.status_code} {answer.text[:500]}")
        return dict(answer.json())

    def photos(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            query = {"cursor": cursor} if cursor else {}
            page = self._web.get("/photos", params=query).raise_for_status().json()
            found += page["photos"]
            cursor = page["next_cursor"]
        return found

    def at(self, step: str) -> list[int]:
        return [photo["id"] for photo in self.photos() if photo["step"] == step and photo["status"] != "failed"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=40, help="photographs in the second, larger set")
    count = parser.parse_args().photos
    clock = Clock()
    place = Path(tempfile.mkdtemp(prefix="lightgate-compose-"))
    try:
        compose = Compose(place)
        compose.published.mkdir()
        make_photos(compose.photos / "small", 5)
        make_photos(compose.photos / "large", count, first=5)
        try:
            with clock.measure("all of it"):
                walk(compose, clock, count)
        except BaseException:
            print(compose("logs", "--tail", "30")[-12000:], file=sys.stderr)
            raise
        finally:
            compose("down", "--volumes", "--timeout", "20")
    except Failed as failure:
        sys.exit(f"compose-test: {failure}")
    finally:
        clock.print()
        shutil.rmtree(place, ignore_errors=True)
    print("docker-compose.yml holds.")


def walk(compose: Compose, clock: Clock, count: int) -> None:
    """Go through everything that a user and bad luck would do."""
    with clock.measure("build"):
        compose("build")
    for image in ("lightgate", "lightgate-quality"):
        size = int(compose.docker("image", "inspect", "--format", "{{.Size}}", image))
        base = int(compose.docker("image", "inspect", "--format", "{{.Size}}", "python:3.13-slim"))
        print(f"  {image}: {size / 1e6:.0f} MB, of which python:3.13-slim {base / 1e6:.0f} MB")
    with clock.measure("up, until the review site answers"):
        compose("up", "-d")
        wait(lambda: is_well(compose), READY_LIMIT_S, "the review site")
    reviewer = sign_in(compose)
    publish_small_set(compose, clock, reviewer)
    survive(compose, clock, reviewer, count)
    forget_nothing(compose, clock, reviewer)


def publish_small_set(compose: Compose, clock: Clock, reviewer: Reviewer) -> None:
    with clock.measure("5 photographs from submit to review"):
        print(
            compose.cli("submit", "/photos/small", "--subject", "Small set", "--location", "Here", "--folder", "Test")
        )
        wait(lambda: len(reviewer.at("review")) == 5, 120, "5 photographs at review")
    with clock.measure("approve and release them, until they are published"):
        ids = reviewer.at("review")
        require(reviewer.post("/bulk", {"ids": ids, "action": "approve"})["refused"] == [], "all can be approved")
        require(reviewer.post("/release", {"ids": ids})["refused"] == [], "all can be released")
        wait(lambda: published(reviewer) == 5, 120, "5 published photographs")
    files = [path for path in compose.published.rglob("*") if path.is_file()]
    require(len(files) == 10, f"two files a photograph lie in the published folder, found {len(files)}")
    require(catalogue_rows(compose) == 5, "each has its row in the catalogue")


def survive(compose: Compose, clock: Clock, reviewer: Reviewer, count: int) -> None:
    with clock.measure(f"{count} photographs while workers are scaled and killed"):
        submit(compose, "large")
        compose("up", "-d", "--scale", "worker-exif=3", "--scale", "worker-quality=2", "--scale", "worker-caption=2")
        for service in ("worker-quality", "worker-exif", "redis", "review"):
            compose.docker("kill", compose.containers(service)[0])
            time.sleep(2)
            compose("up", "-d", "--scale", "worker-exif=3", "--scale", "worker-quality=2")
        wait(lambda: is_well(compose), 60, "the review site after its container was killed")
        wait(lambda: len(reviewer.at("review")) == count, 600, f"{count} photographs at review")
    require(len(reviewer.photos()) == count + 5, "no photograph is lost, and none is there twice")


def forget_nothing(compose: Compose, clock: Clock, reviewer: Reviewer) -> None:
    before = standing(reviewer)
    with clock.measure("down"):
        compose("down", "--timeout", str(STOP_LIMIT_S))
    require(clock.times[-1][1] < STOP_LIMIT_S, f"all stop within {STOP_LIMIT_S} s")
    with clock.measure("up again"):
        compose("up", "-d")
        wait(lambda: is_well(compose), READY_LIMIT_S, "the review site")
    require(standing(sign_in(compose)) == before, "everything stands where it stood before down and up")


def submit(compose: Compose, name: str) -> None:
    facts = ("--subject", f"A {name} set", "--location", "Here", "--folder", "Test")
    print(compose.cli("submit", f"/photos/{name}", *facts))


def standing(reviewer: Reviewer) -> list[tuple[Any, ...]]:
    """Say where each photograph stands."""
    return sorted((each["id"], each["step"], each["status"], each["file_name"]) for each in reviewer.photos())


def sign_in(compose: Compose) -> Reviewer:
    reviewer = Reviewer(compose.review_port)
    reviewer.sign_in(compose("exec", "-T", "review", "cat", "/data/secrets/first-password").strip())
    return reviewer


def published(reviewer: Reviewer) -> int:
    return len([photo for photo in reviewer.photos() if photo["status"] == "published"])


def catalogue_rows(compose: Compose) -> int:
    question = "from lightgate.adapters.sqlite.engine import sqlite_library as s; "
    question += (
        "print(*s.connect('/data/photos_info_revamp.db').execute('SELECT COUNT(*) FROM photos_info_revamp').fetchone())"
    )
    return int(compose("exec", "-T", "review", "python3", "-c", question))


def is_well(compose: Compose) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{compose.review_port}/healthz", timeout=5)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and answer.json()["status"] == "ok"


def wait(holds: Callable[[], bool], limit_s: float, what: str) -> None:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        try:
            if holds():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise Failed(f"{what}: not within {limit_s:.0f} s")


def require(holds: bool, promise: str) -> None:
    if not holds:
        raise Failed(f"this does not hold: {promise}")
    print(f"  {promise}")


def make_photos(folder: Path, count: int, first: int = 0) -> None:
    """Write photographs of different content: crops of the pictures that scikit-image brings."""
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        picture = Image.fromarray(getattr(data, PICTURES[number % len(PICTURES)])()).convert("RGB")
        width, height = picture.size
        step = number // len(PICTURES)
        part = ImageOps.fit(picture.crop((step, step, width - step, height - step)), (1500, 1000))
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "Camera", f"Model {number % 3}"
        exif[0x8769] = {0x9003: f"2024:05:{1 + number % 28:02} 10:{number % 60:02}:00"}
        part.save(folder / f"picture {number:03}.jpg", quality=92, exif=exif)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
