"""Where a photo has been and for how long, from its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lightgate.domain.route.timeline import Move, Stay, stays
from lightgate.store import Event


def timeline_of(events: Iterable[Event], now: datetime) -> Sequence[Stay]:
    """Read the stays of a photo from its events, oldest first."""
    moves = ((event.at, event.arrival) for event in events)
    return stays([Move(at, to.step, to.status, to.was, to.failure) for at, to in moves if to is not None], now)
