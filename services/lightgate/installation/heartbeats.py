"""What workers say of themselves in ``data/run``: the only trace that a process in another container leaves."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from lightgate.files.data_folder import DataFolder

#: a worker tells every five seconds; one that has said nothing for so long is gone
FRESH_S = 60.0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a worker said last."""

    #: e.g. ``exif@host``
    worker: str
    pid: int
    #: seconds since the epoch
    at: float
    #: to the broker
    is_connected: bool
    #: how long its loop had stood still then
    still_s: float

    @property
    def stage(self) -> str:
        """The stage it works for."""
        return self.worker.partition("@")[0].partition(".")[0]


def heartbeats(folder: DataFolder) -> Iterator[Heartbeat]:
    """Read what the workers said last, those that are gone included."""
    for file in sorted(folder.run.glob("heartbeat-*.json")):
        try:
            yield Heartbeat(**json.loads(file.read_text("ascii")))
        except (OSError, ValueError, TypeError):
            continue


def at_work(folder: DataFolder) -> list[Heartbeat]:
    """List the workers that are at work now, in whatever container."""
    now = time.time()
    return [each for each in heartbeats(folder) if each.is_connected and now - each.at < FRESH_S]
