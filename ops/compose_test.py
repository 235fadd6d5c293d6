"""Drive docker-compose.yml from build to stop: photographs in, approved, published; containers killed and scaled.

Needs a Docker engine and Compose (v2 or 1.29). Uses a project, ports and folders of its own, and removes them.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from compose_people import Engineer, Reviewer
from compose_photos import bring_photos, make_photos
from compose_project import Clock, Compose, Failed, compose_program, require, wait

#: of a machine that does nothing else, once images are built; times are printed beside them
PROMISED_UP_S, PROMISED_STOP_S = 30, 45
#: a machine that does much else takes long
READY_LIMIT_S = 180
#: the exit code of what did not end within its grace period
KILLED = "137"
SCALED = ("--scale", "worker-exif=3", "--scale", "worker-quality=2", "--scale", "worker-caption=2")
FACTS = ("--location", "Here", "--folder", "Test")
#: base images are not ours, and a stand-in for one may be larger than it
LIGHT_LIMIT_MB = 450
FAKE_OLLAMA = """
import threading
from lightgate.demo.fake_ollama.server import FakeOllama
FakeOllama(host="0.0.0.0", port=11434, delay_s=0.004).start()
threading.Event().wait()
"""
STAND_STILL = """
import json, os, pathlib, signal, socket
said = pathlib.Path(f"/data/run/heartbeat-exif@{socket.gethostname()}.json").read_text("ascii")
os.kill(json.loads(said)["pid"], signal.SIG%s)
"""
COUNT_ROWS = """
import pymysql, tomllib
wanted = tomllib.load(open("/site/lightgate.toml", "rb"))["mysql"]
cursor = pymysql.connect(**wanted).cursor()
cursor.execute("SELECT COUNT(*) FROM photos_info_revamp")
print(*cursor.fetchone())
"""
COUNT_LOCAL_ROWS = """
from lightgate.adapters.sqlite.engine import sqlite_library as library
database = library.connect("/data/photos_info_revamp.db")
print(*database.execute("SELECT COUNT(*) FROM photos_info_revamp").fetchone())
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100, help="photographs in the second, larger set")
    parser.add_argument("--compose", type=shlex.split, help='which Compose: "docker compose" or docker-compose')
    asked = parser.parse_args()
    clock = Clock()
    place = Path(tempfile.mkdtemp(prefix="lightgate-compose-"))
    try:
        compose = Compose(place, tuple(asked.compose or compose_program()))
        print(compose("version").partition("\n")[0])
        compose.published.mkdir()
        make_photos(compose.photos / "small", 5)
        make_photos(compose.photos / "last", 3, first=500)
        bring_photos(compose.photos / "large", asked.photos)
        try:
            with clock.measure("all of it"):
                walk(compose, clock)
        except BaseException:
            print(compose("logs", "--tail", "30")[-12000:], file=sys.stderr)
            raise
        finally:
            remove(compose)
    except Failed as failure:
        sys.exit(f"compose-test: {failure}")
    finally:
        clock.print()
        shutil.rmtree(place, ignore_errors=True)
    print("docker-compose.yml holds.")


def walk(compose: Compose, clock: Clock) -> None:
    """Go through everything that a user and bad luck would do."""
    with clock.measure("build"):
        compose("--profile", "site", "build")
    measure_images(compose)
    with clock.measure("up, until the review site answers", PROMISED_UP_S):
        compose("up", "-d")
        wait(lambda: is_well(compose), READY_LIMIT_S, "the review site")
    compose.docker("run", "-d", "--name", fake_ollama(compose), "--network", f"{compose.project}_default",
                   "--network-alias", "fake-ollama", "--read-only", "--entrypoint", "python", "lightgate",
                   "-c", FAKE_OLLAMA)  # fmt: skip
    reviewer = sign_in(compose)
    refuse(compose)
    publish_small_set(compose, clock, reviewer)
    survive(compose, clock, reviewer)
    show_workers(compose)
    forget_nothing(compose, clock, reviewer)
    publish_to_site(compose, clock)


def measure_images(compose: Compose) -> None:
    """Look whether the light image is light."""
    light_mb = int(compose.facts("lightgate", "{{.Size}}")) / 1e6
    print(f"  lightgate: {light_mb:.0f} MB")
    torch = "import importlib.util as u; print('with' if u.find_spec('torch') else 'WITHOUT')"
    has_torch = compose.docker("run", "--rm", "--entrypoint", "python", "lightgate-quality", "-c", torch).strip()
    print(f"  lightgate-quality: {has_torch} torch")
    require(light_mb < LIGHT_LIMIT_MB, f"the light image is below {LIGHT_LIMIT_MB} MB")


def refuse(compose: Compose) -> None:
    """Ask for what cannot be."""
    outside = compose.refusal("submit", "/home/ann/Pictures", "--subject", "A", *FACTS)
    require("It sees one folder of the machine, as /photos" in outside, "a folder outside the mount is refused")
    moved = compose.refusal("submit", "/photos/small", "--subject", "A", *FACTS, "--move")
    require("is read-only, so --move cannot empty it" in moved, "--move from the read-only mount is refused")
    closed = compose.photos / "closed"
    closed.mkdir(mode=0)
    secret = compose.refusal("submit", "/photos/closed", "--subject", "A", *FACTS)
    closed.rmdir()
    require("may not be read by user 10001" in secret, "a folder that may not be read is refused with who may not")
    compose.cli("backup", "backup.tar.gz")
    restored = compose.refusal("restore", "--yes", "backup.tar.gz")
    require("Stop Lightgate on /data before a restore" in restored, "a restore under what runs is refused")


def publish_small_set(compose: Compose, clock: Clock, reviewer: Reviewer) -> None:
    with clock.measure("5 photographs from submit to review"):
        print(compose.cli("submit", "/photos/small", "--subject", "Small set", *FACTS).strip())
        wait(lambda: len(reviewer.at("review")) == 5, 120, "5 photographs at review")
    with clock.measure("approve and release them, until they are published"):
        publish(reviewer, 5)
    files = [path for path in compose.published.rglob("*") if path.is_file()]
    require(len(files) == 10, f"two files a photograph lie in the published folder, found {len(files)}")
    require(answer_of(compose, COUNT_LOCAL_ROWS) == "5", "each has its row in the catalogue")


def publish(reviewer: Reviewer, count: int) -> None:
    """Approve and release the newest photos."""
    ids = sorted(reviewer.at("review"))[-count:]
    before = len(published(reviewer))
    asked = {"ids": ids, "action": "approve", "last_event": reviewer.last_event()}
    refused = reviewer.post("/bulk", asked)["refused"]
    require(not refused, f"all can be approved, refused: {refused}")
    refused = reviewer.post("/release", {"ids": ids})["refused"]
    require(not refused, f"all can be released, refused: {refused}")
    wait(lambda: len(published(reviewer)) == before + count, 120, f"{count} more published photographs")


def survive(compose: Compose, clock: Clock, reviewer: Reviewer) -> None:
    """Scale while work runs, let a worker stand still, kill others, and look that every photo gets through."""
    count = len(list((compose.photos / "large").iterdir()))
    with clock.measure(f"{count} photographs while workers are scaled, frozen and killed"):
        compose("up", "-d", *SCALED)
        answer = compose.cli("submit", "/photos/large", "--subject", "Large set", *FACTS)
        print(answer.strip()[-500:])
        taken = len(reviewer.photos())
        frozen = compose.containers("worker-exif")[0]
        compose.docker("exec", frozen, "python", "-c", STAND_STILL % "STOP")
        began = time.monotonic()
        wait(lambda: "The GPU is used by" in reviewer.page("/sets/large-set-here"), 120,
             "the site says that a second caption worker waits")  # fmt: skip
        for service in ("worker-quality", "worker-caption", "worker-exif", "redis", "review"):
            compose.docker("kill", next(each for each in compose.containers(service) if each != frozen))
            time.sleep(2)
            compose("up", "-d", *SCALED)
        wait(lambda: is_well(compose), 60, "the review site after its container was killed")
        wait(lambda: is_settled(reviewer), 600, f"{taken} photographs at review, published or failed")
    failed = [photo for photo in reviewer.photos() if photo["status"] == "failed"]
    print(f"  {taken - 5} were taken in, {len(failed)} failed: {[photo['original_file_name'] for photo in failed]}")
    require(len(reviewer.photos()) == taken, "no photograph is lost, and none is there twice")
    require("The GPU is used by" in compose("logs", "worker-caption"), "the log says it, too")
    status = "{{.State.Health.Status}}"
    wait(lambda: compose.facts(frozen, status) == "unhealthy", 150, "the worker that stands still is unhealthy")
    print(f"  the worker that stands still is seen, {time.monotonic() - began:.0f} s after it stopped")
    # it goes on, or sees how long it stood, ends and is started anew, which would break off what waits in it
    compose.docker("exec", "-d", frozen, "python", "-c", STAND_STILL % "CONT")
    wait(lambda: compose.facts(frozen, status) == "healthy", 240, "the worker that goes on is healthy")


def show_workers(compose: Compose) -> None:
    """Look at the command line's and at Flower's picture of the workers."""
    require("3 exif" in compose.cli("status"), "status counts the workers of all containers")
    password = compose("exec", "-T", "flower", "cat", "/data/secrets/flower-password").strip()
    engineer = Engineer(compose.flower_port, password)
    require(engineer.is_locked_out_without_password(), "Flower is closed without its password")
    require(
        engineer.stages() - {"others"} == {"exif", "quality", "caption", "publish"},
        "Flower shows the workers of four stages",
    )
    require(not engineer.can_stop_workers(), "Flower lets nobody end a worker")
    before = set(engineer.tasks())
    require(bool(before), f"Flower shows {len(before)} tasks")
    compose("restart", "flower")
    wait(lambda: before <= set(engineer.tasks()), 60, "Flower's history after its restart")
    print("  Flower keeps its history over a restart")


def forget_nothing(compose: Compose, clock: Clock, reviewer: Reviewer) -> None:
    before = standing(reviewer)
    killed = [name for each in compose("ps", "-q").split() if compose.facts(each, "{{.State.OOMKilled}}") == "true"
              for name in [compose.facts(each, "{{.Name}}")]]  # fmt: skip
    require(not killed, f"all stay within their memory limits {killed or ''}")
    compose.docker("rm", "-f", fake_ollama(compose))
    with clock.measure("stop", PROMISED_STOP_S):
        compose("stop")
    ends = [compose.facts(each, "{{.State.ExitCode}}") for each in compose("ps", "-a", "-q").split()]
    require(KILLED not in ends, f"all {len(ends)} end by themselves before they would be killed")
    compose("down")
    compose.environ |= {"LIGHTGATE_CONFIG": "/site/lightgate.toml", "LIGHTGATE_CAPTIONER": "draft"}
    with clock.measure("up again, with a site to publish to", PROMISED_UP_S):
        compose("--profile", "site", "up", "-d")
        wait(lambda: is_well(compose), READY_LIMIT_S, "the review site")
    require(standing(sign_in(compose)) == before, "everything stands where it stood before down and up")


def publish_to_site(compose: Compose, clock: Clock) -> None:
    reviewer = sign_in(compose)
    with clock.measure("3 photographs by FTP and into MariaDB"):
        compose.cli("submit", "/photos/last", "--subject", "Last set", *FACTS)
        wait(lambda: len([each for each in reviewer.photos() if is_last_at_review(each)]) == 3, 120, "3 at review")
        publish(reviewer, 3)
    files = compose("exec", "-T", "site-files", "find", "/site/files", "-type", "f").split()
    require(len(files) == 6, f"two files a photograph lie on the site, found {len(files)}")
    require(answer_of(compose, COUNT_ROWS) == "3", "each has its row in MariaDB")


def is_last_at_review(photo: dict[str, Any]) -> bool:
    return bool(photo["subject"] == "Last set" and photo["step"] == "review")


def is_settled(reviewer: Reviewer) -> bool:
    """Has every photo come to where a person must decide, or further?"""
    return all(photo["step"] == "review" or photo["status"] in {"failed", "published"} for photo in reviewer.photos())


def standing(reviewer: Reviewer) -> list[tuple[Any, ...]]:
    """Say where each photograph stands."""
    return sorted((each["id"], each["step"], each["status"], each["file_name"]) for each in reviewer.photos())


def sign_in(compose: Compose) -> Reviewer:
    reviewer = Reviewer(compose.review_port)
    reviewer.sign_in(compose("exec", "-T", "review", "cat", "/data/secrets/first-password").strip())
    return reviewer


def published(reviewer: Reviewer) -> list[int]:
    return [photo["id"] for photo in reviewer.photos() if photo["status"] == "published"]


def answer_of(compose: Compose, program: str) -> str:
    """Run a small program in a container."""
    return compose("exec", "-T", "review", "python3", "-c", program).strip()


def is_well(compose: Compose) -> bool:
    return compose.health().get("status") == "ok"


def fake_ollama(compose: Compose) -> str:
    return f"{compose.project}_fake-ollama"


def remove(compose: Compose) -> None:
    """Leave nothing on the engine but images."""
    for container in compose.docker("ps", "-aq", "--filter", f"name={fake_ollama(compose)}").split():
        compose.docker("rm", "-f", container)
    compose("--profile", "site", "down", "--volumes", "--timeout", "20")


if __name__ == "__main__":
    main()
