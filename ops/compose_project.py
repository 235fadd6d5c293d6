"""One project of docker-compose.yml, driven by ops/compose_test.py, and what took how long."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A promise of the compose file does not hold."""


class Clock:
    """What took how long, and how busy the machine was then."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @contextmanager
    def measure(self, what: str, promised_s: float | None = None) -> Iterator[None]:
        """Take the time of a step, and compare it with the promise for a machine that does nothing else.

        It is told and not judged: how long a step takes on a busy machine says little about the step.
        """
        print(f"… {what}", flush=True)
        began = time.monotonic()
        yield
        took_s = time.monotonic() - began
        line = f"{took_s:8.1f} s  {what} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
        if promised_s is not None:
            line += f": {'within' if took_s < promised_s else 'OVER'} the promised {promised_s:.0f} s"
        self.lines.append(line)

    def print(self) -> None:
        print(*self.lines, sep="\n")


class Compose:
    """One project of the compose file."""

    def __init__(self, place: Path, program: tuple[str, ...]) -> None:
        self.program = program
        self.photos, self.published = place / "photos", place / "published"
        self.review_port, self.flower_port = _free_port(), _free_port()
        self.project = f"lightgatetest{os.getpid()}"
        self.environ = os.environ | {
            "COMPOSE_PROJECT_NAME": self.project,
            "PHOTOS": str(self.photos),
            "PUBLISHED": str(self.published),
            "REVIEW_PORT": str(self.review_port),
            "FLOWER_PORT": str(self.flower_port),
            # a caption model of this machine would make the times depend on it
            "OLLAMA_URL": "http://fake-ollama:11434",
            "LIGHTGATE_CAPTIONER": "ollama",
            "LIGHTGATE_PUBLISH__RIGHTS__CREATOR": "Test Photographer",
        }

    def __call__(self, *arguments: str) -> str:
        return self._run(*self.program, *arguments)

    def docker(self, *arguments: str) -> str:
        return self._run("docker", *arguments)

    def containers(self, service: str) -> list[str]:
        return self("ps", "-q", service).split()

    def cli(self, *arguments: str) -> str:
        return self("run", "--rm", "-T", "cli", *arguments)

    def health(self) -> dict[str, Any]:
        """Give what the review site says of itself; nothing when it does not answer."""
        try:
            return dict(httpx.get(f"http://127.0.0.1:{self.review_port}/healthz", timeout=5).json())
        except (httpx.HTTPError, ValueError):
            return {}

    def refusal(self, *arguments: str) -> str:
        """Run a command that must fail, and give what it said."""
        done = self._try(*self.program, "run", "--rm", "-T", "cli", *arguments)
        if done.returncode == 0:
            raise Failed(f"this was not refused: {' '.join(arguments)}")
        return done.stdout + done.stderr

    def facts(self, container: str, template: str) -> str:
        """Give what the engine knows of a container."""
        return self.docker("inspect", "--format", template, container).strip()

    def _run(self, *command: str) -> str:
        done = self._try(*command)
        if done.returncode:
            raise Failed(f"{' '.join(command)}:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def _try(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False)


def compose_program() -> tuple[str, ...]:
    """Find Compose: the plugin, or the older program of its own."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ("docker", "compose")
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    raise Failed("There is no Docker Compose here, neither as a plugin nor as docker-compose.")


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
