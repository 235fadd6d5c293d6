"""A process of the installation: in its own group, with its own log, ended when its parent dies."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: a log larger than this is kept once as ``.1`` and begun anew
MAX_LOG_BYTES = 5_000_000
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how patient to be with it."""

    name: str
    argv: tuple[str, ...]
    #: what its environment has besides that of its siblings
    environ: Mapping[str, str]
    log: Path
    #: is it, as this process id, at work? asked until it says yes
    is_ready: Callable[[int], bool]
    #: SIGTERM, then SIGKILL to its whole group after this long
    stop_patience_s: float = 10


class Child:
    """One run of a program."""

    def __init__(self, program: Program, environ: Mapping[str, str], inherit: Sequence[int]) -> None:
        self.program = program
        self.started = time.monotonic()
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                program.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**environ, **program.environ},
                pass_fds=tuple(inherit),
                process_group=0,
                preexec_fn=_dies_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """Give how it ended; None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process itself, which ends its own children in good order."""
        if self._process.poll() is None:
            self._process.terminate()

    def wait(self, patience_s: float) -> bool:
        """Wait for its end; False when it still runs."""
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill_group(self) -> None:
        """Leave nothing of it behind."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def last_lines(log: Path, count: int = 5) -> list[str]:
    """Give the last lines of a log, for a person who asks why."""
    try:
        with log.open("rb") as opened:
            opened.seek(max(0, log.stat().st_size - 16_384))
            lines = opened.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if line.strip()][-count:]


def turn_over(log: Path) -> None:
    """Keep a long log once and begin anew; its writer appends, so it needs no word."""
    with suppress(OSError):
        if log.stat().st_size > MAX_LOG_BYTES:
            shutil.copyfile(log, log.with_name(log.name + ".1"))
            os.truncate(log, 0)


def _dies_with_parent() -> Callable[[], None] | None:
    """Ask Linux for a SIGTERM when the supervisor is killed; other systems have no such service."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask
