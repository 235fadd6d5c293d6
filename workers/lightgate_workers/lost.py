"""What the worker's main process does for children that cannot: take back the photos of one that died, hand back those
of one that was stopped.

It runs on Celery's event loop, so it waits two seconds for the database at most; the reconciler does what it could not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import closing

from lightgate.bootstrap import House
from lightgate.engine import claims
from lightgate.engine.context import RunnerContext
from lightgate.errors import LightgateError

log = logging.getLogger(__name__)

#: more runs than one worker can have at once
_REMEMBERED = 64

#: ``claims.lapse`` or ``claims.give_back``
Ending = Callable[[RunnerContext, str], int]


class Lost:
    """Ends claims by their owner, over a house that is opened for the purpose: no handle is left to cross a fork."""

    def __init__(self, open_house: Callable[[], House]) -> None:
        self._open_house = open_house
        self._owners: dict[str, str] = {}

    def remember(self, task_id: str, owner: str) -> None:
        """A run may begin."""
        self._owners[task_id] = owner
        if len(self._owners) > _REMEMBERED:
            del self._owners[next(iter(self._owners))]

    def end(self, ending: Ending, task_id: str) -> None:
        """End what one run held."""
        self._end_all(ending, [self._owners[task_id]] if task_id in self._owners else [])

    def end_remembered(self, ending: Ending) -> None:
        """End what any recent run still holds."""
        self._end_all(ending, list(self._owners.values()))

    def end_predecessors(self, worker: str) -> None:
        """End what workers of this name held that were killed before this one was started."""
        self._end_all(claims.lapse_predecessors, [worker])

    def _end_all(self, ending: Ending, owners: Sequence[str]) -> None:
        if not owners:
            return
        try:
            house = self._open_house()
            with closing(house):
                for owner in owners:
                    if count := ending(house.runner_context(), owner):
                        log.warning("%s: %d photos, %s", owner, count, ending.__name__.replace("_", " "))
        except LightgateError as error:
            log.warning("claims stay until their leases run out: %s", error.message)
