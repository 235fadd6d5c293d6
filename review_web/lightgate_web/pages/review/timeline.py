"""Where a photo has been and for how long, from its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lightgate.domain.route.timeline import Move, Stay, stays
from lightgate.store import Event


def timeline_of(events: Iterable[Event], now: datetime) -> Sequence[Stay]:
    """Read the stays of a photo from its events, oldest first."""
    return stays([_move(event) for event in events if event.kind == "position" and event.new], now)


def _move(event: Event) -> Move:
    step, _, rest = (event.new or "").partition(":")
    status, _, failure = rest.partition(" ")
    was = (event.old or "").partition(":")[2]
    return Move(event.at, step, status, was, failure.partition(": ")[2])
