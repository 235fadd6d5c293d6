"""What the worker's main process does for children that cannot: take back the photos of one that died, hand back those
of one that was stopped.

It runs on Celery's event loop, so it waits two seconds for the database at most; the reconciler does what it could not.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import closing

from lightgate.bootstrap import House
from lightgate.errors import LightgateError
from lightgate.runner import Line

log = logging.getLogger(__name__)

#: more runs than one worker can have at once
_REMEMBERED = 64


class Lost:
    """Ends claims by their owner, over a house that is opened for the purpose: no handle is left to cross a fork."""

    def __init__(self, open_house: Callable[[], House]) -> None:
        self._open_house = open_house
        self._owners: deque[str] = deque(maxlen=_REMEMBERED)

    def remember(self, owner: str) -> None:
        """A run begins."""
        self._owners.append(owner)

    def end(self, ending: Callable[[Line, str], int], owner: str) -> None:
        """Lapse or give back what one run held."""
        self._end_all(ending, [owner])

    def end_remembered(self, ending: Callable[[Line, str], int]) -> None:
        """Lapse or give back what any recent run still holds."""
        self._end_all(ending, list(self._owners))
        self._owners.clear()

    def _end_all(self, ending: Callable[[Line, str], int], owners: list[str]) -> None:
        if not owners:
            return
        try:
            house = self._open_house()
            with closing(house.store):
                for owner in owners:
                    if count := ending(house.line, owner):
                        log.warning("%s: %s %d photos", owner, ending.__name__.replace("_", " "), count)
        except LightgateError as error:
            log.warning("claims stay until their leases run out: %s", error.message)
