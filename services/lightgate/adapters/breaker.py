"""A circuit breaker: after some failures in a row nothing is asked for a while, then one try decides."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Counts failures of one thing that this process uses."""

    def __init__(self, *, failures: int = 3, cool_down_s: float = 30, clock: Callable[[], float] = time.monotonic):
        self._most = failures
        self._cool_down_s = cool_down_s
        self._clock = clock
        self._in_a_row = 0
        self._open_until = 0.0
        self._reason = ""

    def succeeded(self) -> None:
        """Forget the failures."""
        self._in_a_row = 0
        self._open_until = 0.0

    def failed(self, reason: str) -> None:
        """Count a failure; every one from the last allowed on opens the breaker anew."""
        self._in_a_row += 1
        self._reason = reason
        if self._in_a_row >= self._most:
            self._open_until = self._clock() + self._cool_down_s

    def why_open(self) -> str | None:
        """Give the last failure's reason while the breaker is open."""
        return self._reason if self._clock() < self._open_until else None
