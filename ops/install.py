"""Install a lock's packages and Lightgate itself: a person sees how far it is, or why it failed, and no more.

    .venv/bin/python ops/install.py requirements.lock

Some configurations of pip make it warn of every package, in hundreds of lines: what it says goes to a file.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

LOG = Path(sys.prefix, "install.log")
#: what pip says once a package is chosen, and once its file is here; the rest of the time it unpacks
_CHOSEN = re.compile(r"Collecting ")
_HERE = re.compile(r"\s*(Downloading|Using cached|Processing) \S+(\.whl|\.tar\.gz|\.zip)\b(?!\.metadata)")
_UNPACKING = 0.2
#: lines of the log that are shown after a failure
_SHOWN = 15


class Failed(Exception):
    """What a person is told."""


def main() -> None:
    lock = Path(sys.argv[1])
    count = sum("==" in line and not line.startswith("#") for line in lock.read_text("utf-8").splitlines())
    print(f"Installing {count} packages into .venv; the first time this takes a minute or two.", flush=True)
    LOG.write_text("", "utf-8")
    try:
        pip(["--require-hashes", "--requirement", str(lock)], Progress(count))
        pip(["--no-deps", "--no-build-isolation", "--editable", "."], Progress(1))
    except Failed as failure:
        sys.exit(f"{failure}")


class Progress:
    """How much of the packages pip has; drawn over itself on a terminal, and nowhere else."""

    def __init__(self, count: int) -> None:
        self._steps = 2 * count
        self._done = 0
        self._start = time.monotonic()

    def read(self, line: str) -> None:
        """Take in a line of pip's."""
        if _CHOSEN.match(line) or _HERE.match(line):
            self._done = min(self._steps, self._done + 1)
            self._draw()

    def _draw(self) -> None:
        share = (1 - _UNPACKING) * self._done / self._steps
        left_s = (time.monotonic() - self._start) * (1 - share) / share
        if sys.stdout.isatty():
            print(f"\r  {share:4.0%}, about {left_s:,.0f} s left \x1b[K", end="", flush=True)

    def wipe(self) -> None:
        if sys.stdout.isatty():
            print("\r\x1b[K", end="", flush=True)


def pip(arguments: Sequence[str], progress: Progress) -> None:
    """Run ``pip install``.

    Raises:
        Failed: with the end of what it said.
    """
    command = [sys.executable, "-m", "pip", "install", "--progress-bar", "off", *arguments]
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as run,
    ):
        for line in run.stdout or ():
            log.write(line)
            progress.read(line)
    progress.wipe()
    if run.returncode:
        raise Failed(why())


def why() -> str:
    """Give the end of what pip said, without warnings and the like unless there is nothing else."""
    said = [line for line in LOG.read_text("utf-8").splitlines() if line.strip()]
    plain = [line for line in said if not line.startswith(("WARNING:", "Ignoring ", "Looking in "))] or said
    shown = "\n".join(f"  {line}" for line in plain[-_SHOWN:])
    return f"The packages could not be installed. Is there a network? pip's last words, all of them in {LOG}:\n{shown}"


if __name__ == "__main__":
    main()
