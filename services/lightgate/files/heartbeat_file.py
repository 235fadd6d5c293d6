"""What a worker says of itself in ``data/run``: the only trace that a process in another container leaves.

Loaded by a container's check every few seconds, so it needs the standard library alone.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lightgate.files.durable import write_whole

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


def heartbeat_file(run_folder: Path, worker: str) -> Path:
    """Say where a worker of this name says how it is."""
    return run_folder / f"heartbeat-{worker}.json"


def tell(run_folder: Path, worker: str, *, is_connected: bool, still_s: float) -> None:
    """Say how the worker in this process is.

    Raises:
        OSError: it cannot be written.
    """
    file = heartbeat_file(run_folder, worker)
    said = Heartbeat(worker, os.getpid(), time.time(), is_connected, round(still_s, 1))
    write_whole(file, json.dumps(asdict(said)).encode("ascii"), lasts=False, draft=file.with_suffix(".new"))


def read(file: Path) -> Heartbeat | None:
    """Read what a worker said last; None where it said nothing."""
    try:
        return Heartbeat(**json.loads(file.read_text("ascii")))
    except (OSError, ValueError, TypeError):
        return None


def heartbeats(run_folder: Path) -> Iterator[Heartbeat]:
    """Read what the workers said last, those that are gone included."""
    yield from filter(None, map(read, sorted(run_folder.glob("heartbeat-*.json"))))


def at_work(run_folder: Path) -> list[Heartbeat]:
    """List the workers that are at work now, in whatever container."""
    now = time.time()
    return [each for each in heartbeats(run_folder) if each.is_connected and now - each.at < FRESH_S]
