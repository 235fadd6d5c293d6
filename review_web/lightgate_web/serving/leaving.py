"""An answer on its way out: what the line does not take at once is kept, so that no thread waits for a slow reader."""

from __future__ import annotations

import select
import socket
import time
from typing import Any

#: so much of an answer may wait for its reader; who makes more waits with it
MOST_WAITING_BYTES = 4 * 1024 * 1024
#: a reader that takes nothing for so long, or less than this, is given up
SILENCE_S = 10.0
LEAST_BYTES_S = 1_000


class Outgoing:
    """A connection as the server writes to it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._rest = bytearray()
        self._began = self._moved = time.monotonic()
        self._sent = 0

    @property
    def is_through(self) -> bool:
        """Has the line taken everything?"""
        return not self._rest

    def sendall(self, data: bytes) -> None:
        """Take an answer's bytes.

        Raises:
            OSError: the reader is gone, or reads too slowly.
        """
        if not self._rest:
            self._began = self._moved = time.monotonic()
            self._sent = 0
        self._rest += data
        self.push()
        while len(self._rest) > MOST_WAITING_BYTES:
            if self.is_late(time.monotonic()):
                self._rest.clear()
                raise TimeoutError("the reader takes nothing")
            poller = select.poll()
            poller.register(self._line, select.POLLOUT)
            poller.poll(1000)
            self.push()

    def send(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def push(self) -> None:
        """Hand the line what it takes now."""
        try:
            while self._rest:
                count = self._line.send(self._rest[: 256 * 1024], socket.MSG_DONTWAIT)
                del self._rest[:count]
                self._sent += count
                self._moved = time.monotonic()
        except BlockingIOError:
            return

    def is_late(self, now: float) -> bool:
        """Does the reader take longer than an honest line needs?"""
        return now - self._moved > SILENCE_S or now - self._began > SILENCE_S + self._sent / LEAST_BYTES_S

    def shutdown(self, _how: int) -> None:
        # the server's loop ends the connection, once the rest is through
        raise OSError

    def close(self) -> None:
        """Nothing yet, as above."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)
