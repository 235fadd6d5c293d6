"""What keeps photos moving: patience, history, wake-up calls and leases that are kept alive."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lightgate.domain.photo import Failure, Photo
from lightgate.domain.route.pipeline import CAPTION, PUBLISH, QUALITY, Position, Result, Route
from lightgate.engine.stage import Hook
from lightgate.ports.machine import Dispatch
from lightgate.store import Actor, Event, Store
from lightgate.store.history import EventKind
from lightgate.website.restored import why_held_back

#: delay before a repeated attempt: this to the power of the attempt, at most ``MAX_BACKOFF_S``
BACKOFF_BASE_S = 2.0
MAX_BACKOFF_S = 60.0
#: a photo that was handed back uncharged waits this long
GIVEN_BACK_S = 10.0


@dataclass(slots=True)
class Outage:
    """What one process knows of a database that could not be written: leases ran out then that nobody could renew."""

    #: runs of this process whose claims are still to be handed back
    owing: set[str] = field(default_factory=set)
    #: the last look could not write
    _is_on: bool = False
    _until: datetime | None = None

    def began(self) -> None:
        """The database cannot be written."""
        self._is_on = True

    def is_over(self, at: datetime, lease_s: float) -> None:
        """It was written again; leases that were not renewed in time run out within their length."""
        if self._is_on:
            self._is_on, self._until = False, at + timedelta(seconds=lease_s)

    def excuses(self, at: datetime) -> bool:
        """Is a lease that has run out by now nobody's fault?"""
        return self._is_on or (self._until is not None and at < self._until)


@dataclass(frozen=True, slots=True)
class RunnerContext:
    """What the runner needs to keep photos moving."""

    store: Store
    route: Route
    dispatch: Dispatch
    now: Callable[[], datetime]
    lease_s: float = 60.0
    #: set-level work, by the stage after which it is due
    hooks: Mapping[str, Sequence[Hook]] = field(default_factory=dict)
    #: what ``reconcile`` does besides: sweeping, finishing moves
    chores: Sequence[Hook] = ()
    #: processes a stage, so that ``reconcile`` wakes each
    slots: Mapping[str, int] = field(default_factory=dict)
    #: of this process, however many lines it makes
    outage: Outage = field(default_factory=Outage)
    #: waits so many seconds
    pause: Callable[[float], object] = time.sleep
    #: see ``kill_point``: a stage's name with ``_claimed``, ``_worked`` or ``_recorded``
    kill_at: str | None = None


class Rarely:
    """A chore that runs at its first call and then at most once in a while, however often it is asked."""

    def __init__(self, every: timedelta, chore: Callable[[datetime], object]) -> None:
        self._every = every
        self._chore = chore
        self._last: datetime | None = None

    def __call__(self, at: datetime) -> None:
        """Run the chore if its time has come."""
        if self._last is None or abs(at - self._last) >= self._every:
            self._last = at
            self._chore(at)


def not_before(result: Result, attempt: int, at: datetime) -> datetime | None:
    """Say when a photo may be claimed again, with some chance in it so that not all come at once."""
    if result is Result.GIVEN_BACK:
        return at + timedelta(seconds=GIVEN_BACK_S)
    if result in {Result.TRY_AGAIN, Result.LAPSED}:
        delay_s = min(MAX_BACKOFF_S, BACKOFF_BASE_S**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - only spreads load
        return at + timedelta(seconds=delay_s)
    return None


def not_before_again(at: datetime) -> datetime:
    """Say when what was handed back uncharged may be claimed again."""
    return at + timedelta(seconds=GIVEN_BACK_S)


def event(
    photo: Photo,
    at: datetime,
    actor: str,
    kind: EventKind,
    name: str,
    *,
    old: str | None = None,
    new: str | None = None,
    kind_of: Actor = Actor.WORKER,
) -> Event:
    """Make the event of something that a worker did."""
    return Event(photo.id, photo.set_id, at, kind_of, actor, kind, name, old, new)


def moved(
    photo: Photo, before: str, after: Position, at: datetime, actor: str, failure: Failure | None = None
) -> Event:
    """Make the event of a photo that left its position."""
    new = f"{after.step}:{after.status}" + (f" {failure.code}: {failure.message}" if failure else "")
    return event(
        photo, at, actor, EventKind.POSITION, photo.position.step, old=f"{photo.position.step}:{before}", new=new
    )


def wake_waiting(context: RunnerContext) -> None:
    """Wake every step that has ready photos and no message, and the model's before its photos come."""
    at = context.now()
    with context.store.reading() as tx:
        ready = dict(tx.queue.count_ready(at))
        requests = tx.requests.count_ready(at)
    if requests:
        ready[CAPTION] = ready.get(CAPTION, 0) + requests
    if ready.get(QUALITY):
        # nothing to write yet, but time to load the model
        ready.setdefault(CAPTION, 1)
    for step, count in ready.items():
        if not context.dispatch.backlog(step):
            for _ in range(min(count, context.slots.get(step, 1))):
                context.dispatch.wake(step)


def wake_what_is_owed(context: RunnerContext) -> None:
    """Wake who has something to do that no photo at its stage brings: the publisher where the website waits for it, and
    the darkroom where a person turned photos.

    To be looked for now and then, and after photos were published.
    """
    with context.store.reading() as tx:
        is_any_turned = bool(tx.photos.to_be_turned(1))
        is_owed = bool(tx.publications.debts_due(context.now(), limit=1)) or why_held_back(tx) is not None
    if is_owed and not context.dispatch.backlog(PUBLISH):
        # even one worker settles them all
        context.dispatch.wake(PUBLISH)
    if is_any_turned and not context.dispatch.backlog(QUALITY):
        context.dispatch.wake(QUALITY)
