"""Places for listening pages: each holds one of the server's threads for as long as it listens."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Places:
    """A number of places, of which one person never has all: a page that somebody else opens hears, too."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._most_of_one = max(1, number - 1)
        self._lock = Lock()
        self._taken: Counter[str] = Counter()

    def take(self, name: str) -> bool:
        """Take a place for a person, if one is free."""
        with self._lock:
            is_free = self._taken.total() < self._number and self._taken[name] < self._most_of_one
            self._taken[name] += is_free
        return is_free

    def leave(self, name: str) -> None:
        """Give one back."""
        with self._lock:
            self._taken[name] -= 1
            # nobody is remembered who does not listen
            self._taken += Counter()
