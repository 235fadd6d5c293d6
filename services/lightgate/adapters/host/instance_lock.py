"""One running installation a data folder: who has it, and whether processes of an earlier run are still ending.

Both facts are kernel locks (``flock``), so that a crash leaves nothing stale. ``up.lock`` belongs to the supervisor
alone. ``family.lock`` is inherited by every process it starts and free when the last of them has gone.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from lightgate.errors import AlreadyRunning
from lightgate.files.data_folder import DataFolder
from lightgate.files.locks import is_held, is_taken

_POLL_S = 0.1
#: a question from ``status`` holds the lock for an instant
_TRIES = 5


class Instance:
    """The place that one supervisor can have on a data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self._home = folder.home
        self._up = folder.run / "up.lock"
        self._family = folder.run / "family.lock"
        self._held: list[int] = []

    def take(self, patience_s: float) -> int:
        """Become the running installation; gives the descriptor that every child inherits.

        Raises:
            AlreadyRunning: somebody else has it, or an earlier run has not ended within the patience.
        """
        self._up.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        up = self._open(self._up)
        if not _locked_soon(up, _TRIES * _POLL_S):
            os.close(up)
            raise AlreadyRunning(home=self._home)
        family = self._open(self._family)
        if not _locked_soon(family, patience_s):
            os.close(up)
            os.close(family)
            raise AlreadyRunning(f"Processes of an earlier run on {self._home} are still ending; try again soon.")
        os.ftruncate(up, 0)
        os.write(up, f"{os.getpid()}\n".encode())
        self._held = [up, family]
        return family

    def release(self) -> None:
        """Give the place up; it is also free when the process ends."""
        while self._held:
            os.close(self._held.pop())

    def supervisor(self) -> int | None:
        """Give the process id of the running supervisor; None when nothing runs."""
        if not is_held(self._up):
            return None
        text = self._up.read_text("ascii").strip()
        return int(text) if text.isdigit() else None

    def has_family(self) -> bool:
        """Does any process that a supervisor started still run?"""
        return is_held(self._family)

    def wait_until_gone(self, patience_s: float) -> bool:
        """Wait until supervisor and children have ended; False when they have not."""
        until = time.monotonic() + patience_s
        while is_held(self._up) or self.has_family():
            if time.monotonic() > until:
                return False
            time.sleep(_POLL_S)
        return True

    @staticmethod
    def _open(file: Path) -> int:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _locked_soon(handle: int, patience_s: float) -> bool:
    until = time.monotonic() + patience_s
    while not is_taken(handle):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_S)
    return True
