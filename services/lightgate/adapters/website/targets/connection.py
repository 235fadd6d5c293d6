"""What publishing needs of a file server, as one open connection that ``ftp.py`` and ``sftp.py`` make."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Protocol

#: large enough for the line, small enough that a slow one shows progress within its time limit
CHUNK_BYTES = 64 * 1024


class FileConnection(Protocol):
    """One connection, signed in. Paths begin with the setting ``path``: absolute, or from the server's start folder.

    Every method raises ``TargetUnreachable`` when the connection is lost, ``TargetRefused`` when the server says no
    to this file, and ``StorageFull`` when it has no room.
    """

    def size(self, path: str) -> int | None:
        """Give a file's size in bytes, or None when it is absent."""

    def store(self, path: str, chunks: Iterator[bytes]) -> None:
        """Write a file, replacing what is there."""

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, or None when it is absent."""

    def digest(self, path: str) -> str | None:
        """Give the SHA-256 (hex) that the server itself works out; None when it cannot."""

    def replace(self, draft: str, path: str) -> None:
        """Rename a file onto a name that may be taken."""

    def delete(self, path: str) -> bool:
        """Remove a file; False when it was absent, which is fine."""

    def make_folder(self, path: str) -> bool:
        """Make one folder whose parent is there; False when it was there already, which is fine."""

    def set_mode(self, path: str, mode: int) -> bool:
        """Set permissions; False where the server cannot, or does not let us."""

    def remove_folder(self, path: str) -> bool:
        """Remove a folder if it is empty; False when it was not, or is not there."""

    def is_alive(self) -> bool:
        """Does the other end still answer?"""

    def close(self) -> None:
        """End the connection, without an error whatever its state."""


#: opens a connection
Connect = Callable[[], FileConnection]


class Pace:
    """Hands out bytes in pieces, no faster than a rate allows."""

    def __init__(
        self, kb_per_s: float, clock: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._bytes_per_s = kb_per_s * 1000
        self._clock = clock
        self._pause = pause
        self._free_at = 0.0

    def pieces(self, content: bytes) -> Iterator[bytes]:
        """Yield the content; a rate of 0 is no limit. The allowance of an idle time is not saved up."""
        for start in range(0, len(content), CHUNK_BYTES):
            piece = content[start : start + CHUNK_BYTES]
            if self._bytes_per_s:
                now = self._clock()
                if self._free_at > now:
                    self._pause(self._free_at - now)
                self._free_at = max(self._free_at, now) + len(piece) / self._bytes_per_s
            yield piece
