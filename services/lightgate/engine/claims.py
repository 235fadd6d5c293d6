"""Claims that end before their work does: handed back unharmed, or taken back from a worker that died."""

from __future__ import annotations

import logging
from datetime import datetime

from lightgate.domain.photo import Claim, Failure, Photo
from lightgate.domain.route.pipeline import Result, advance
from lightgate.engine import text_requests
from lightgate.engine.attempt import Pool
from lightgate.engine.context import RunnerContext, moved, not_before
from lightgate.errors import (
    StorageFull,
    StoreBusy,
    WorkerLost,
)
from lightgate.store import Transaction
from lightgate.store.lease import Heartbeat

log = logging.getLogger(__name__)

#: while the database cannot be written, handing back is tried so often; and for so long, which is longer than a message
HAND_BACK_EVERY_S = 2.0
HAND_BACK_FOR_S = 120.0


def give_back(context: RunnerContext, owner: str) -> int:
    """Hand back, uncharged, what an owner that stops in good order still holds; give how many."""
    return _end_claims(context, owner, Result.GIVEN_BACK)


def hand_back(context: RunnerContext, owner: str, pool: Pool) -> None:
    """Hand back what a run holds as soon as the database can be written; else this process's next run does it first.

    Raises:
        StoreBusy, StorageFull: it could not be written for ``HAND_BACK_FOR_S``.
    """
    context.outage.owing.add(owner)
    try:
        give_back(context, owner)
    except (StoreBusy, StorageFull) as error:
        log.warning("claims of %s are not handed back yet: %s", owner, error.message)
        with Heartbeat(
            context.store, context.now, context.lease_s, lambda tx, lease_until: _renew_held(tx, owner, lease_until)
        ):
            _keep_trying(context, owner, pool)
    context.outage.owing.discard(owner)


def _keep_trying(context: RunnerContext, owner: str, pool: Pool) -> None:
    """The pool ends a run whose time is up; one that nobody ends stops by itself."""
    waited_s = 0.0
    while True:
        context.pause(HAND_BACK_EVERY_S)
        waited_s += HAND_BACK_EVERY_S
        try:
            give_back(context, owner)
        except (StoreBusy, StorageFull):
            if waited_s >= HAND_BACK_FOR_S or pool.is_stopping():
                raise
        else:
            return


def _renew_held(tx: Transaction, owner: str, lease_until: datetime) -> None:
    tx.queue.renew([Claim(photo, token, owner) for photo, token in tx.queue.held_by(owner)], lease_until)
    tx.requests.renew_held(owner, lease_until)


def lapse(context: RunnerContext, owner: str) -> int:
    """Take back, charged, what an owner that died held; give how many."""
    return _end_claims(context, owner, Result.LAPSED)


def lapse_predecessors(context: RunnerContext, worker: str) -> int:
    """Take back, charged, what earlier workers of this name held: they were killed; give how many."""
    with context.store.reading() as tx:
        owners = tx.queue.owners() | tx.requests.owners()
    return sum(lapse(context, owner) for owner in sorted(owners) if owner.startswith(f"{worker}:"))


def _end_claims(context: RunnerContext, owner: str, result: Result) -> int:
    with context.store.reading() as tx:
        has_requests = tx.requests.holds(owner)
        if not tx.queue.held_by(owner) and not has_requests:
            return 0
    at = context.now()
    with context.store.writing() as tx:
        if has_requests and result is Result.LAPSED:
            tx.requests.lapse(owner, text_requests.MOST_ATTEMPTS, at)
        elif has_requests:
            tx.requests.give_back(owner)
        return sum(end_claim(tx, context, photo, token, result, at) for photo, token in tx.queue.held_by(owner))


def end_claim(tx: Transaction, context: RunnerContext, photo: Photo, token: int, result: Result, at: datetime) -> bool:
    after = advance(photo.position, result, context.route)
    is_crash = result is Result.LAPSED
    failure = Failure(WorkerLost.code, WorkerLost().message) if is_crash else None
    due = not_before(result, photo.position.attempt, at) if is_crash else None
    ended = tx.queue.settle(photo.id, token, after, at, not_before=due, failure=failure, crashed=is_crash)
    if ended:
        tx.events.add(moved(photo, "running", after, at, "reconcile" if is_crash else "worker", failure))
    return ended
