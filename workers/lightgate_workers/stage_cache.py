"""What one worker process works with: the house and the stage's work, built once and after the fork."""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lightgate.bootstrap import House
from lightgate.engine.stage import Stage, Work

log = logging.getLogger(__name__)

MIB = 2**20


@dataclass(slots=True)
class StageCache:
    """Opened on first use in each process, so that no database handle and no model crosses a fork."""

    open_house: Callable[[Stage], House]
    stages: Mapping[str, Stage]
    _owner_pid: int = 0
    #: by whether what is recorded must survive a power cut
    _houses: dict[bool, House] = field(default_factory=dict)
    _works: dict[str, Work] = field(default_factory=dict)

    def house(self, stage: Stage) -> House:
        """Give this process's house."""
        if self._owner_pid != os.getpid():
            self._owner_pid, self._works, self._houses = os.getpid(), {}, {}
        if stage.is_durable not in self._houses:
            self._houses[stage.is_durable] = self.open_house(stage)
        return self._houses[stage.is_durable]

    def work(self, stage: Stage) -> Work:
        """Give this process's work of a stage, loading its model the first time."""
        house = self.house(stage)
        if stage.name not in self._works:
            self._works[stage.name] = stage.build(house.settings, house.store)
            log.info("%s is ready to work", stage.name)
        return self._works[stage.name]


def limit_memory(megabytes: int) -> None:
    """Let a picture that needs too much memory fail here, rather than take the machine's; 0: no limit."""
    if megabytes:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = megabytes * MIB
        try:
            resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
        except (OSError, ValueError) as error:  # macOS refuses limits below what is mapped
            log.warning("no memory limit: %s", error)
