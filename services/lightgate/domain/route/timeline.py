"""How long a photo stood at each step of its route, told from its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lightgate.domain.route.pipeline import Status


@dataclass(frozen=True, slots=True)
class Move:
    """A photo came to a position."""

    at: datetime
    step: str
    status: str
    #: the status it had before: ``running`` means that a worker had it
    was: str = ""
    #: what went wrong, where it gave up or tries again
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at one step."""

    step: str
    came_at: datetime
    seconds: float = 0.0
    is_over: bool = False
    #: how often a worker has had it
    attempts: int = 0
    status: str = ""
    failure: str = ""


def stays(moves: Iterable[Move], now: datetime) -> list[Stay]:
    """Turn the moves of a photo, oldest first, into its stays; a step that it came back to stands there again."""
    found: list[Stay] = []
    for move in moves:
        if found:
            here = found[-1]
            seconds = (move.at - here.came_at).total_seconds()
            attempts = here.attempts + int(move.was == Status.RUNNING)
            found[-1] = replace(here, seconds=seconds, attempts=attempts, failure=move.failure or here.failure)
        if not found or found[-1].step != move.step:
            found[-1:] = [replace(found[-1], is_over=True)] if found else []
            found.append(Stay(move.step, move.at))
        found[-1] = replace(found[-1], status=move.status)
    if found and found[-1].status == Status.PUBLISHED:
        found[-1] = replace(found[-1], is_over=True)
    elif found:
        found[-1] = replace(found[-1], seconds=(now - found[-1].came_at).total_seconds())
    return found
