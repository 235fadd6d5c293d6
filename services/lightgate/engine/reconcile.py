"""Putting right what was lost on the way: leases that ran out, gates that are due, messages that never came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lightgate.domain.route.pipeline import Result
from lightgate.engine import text_requests
from lightgate.engine.claims import (
    end_claim,
)
from lightgate.engine.context import RunnerContext, wake_waiting, wake_what_is_owed
from lightgate.errors import (
    StorageFull,
    StoreBusy,
)


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What one look put right."""

    #: photos taken back from workers that were lost
    lapsed: int
    #: claimable photos by step
    ready: Mapping[str, int]


def reconcile(context: RunnerContext) -> ReconcileReport:
    """Take back what was lost, open gates that are due, and wake steps that have work and no message.

    Leases that nobody could renew, since the database could not be written, cost no attempt.
    """
    try:
        report = _reconcile(context)
    except (StoreBusy, StorageFull):
        context.outage.began()
        raise
    context.outage.is_over(context.now(), context.lease_s)
    return report


def _reconcile(context: RunnerContext) -> ReconcileReport:
    at = context.now()
    is_excused = context.outage.excuses(at)
    with context.store.reading() as tx:
        is_anything_lost = bool(tx.queue.expired(at, context.lease_s))
        is_request_lost = tx.requests.is_any_lost(at, context.lease_s)
    lapsed = 0
    if is_anything_lost:
        with context.store.writing() as tx:
            expired = tx.queue.expired(at, context.lease_s)
            result = Result.GIVEN_BACK if is_excused else Result.LAPSED
            lapsed = sum(end_claim(tx, context, photo, token, result, at) for photo, token in expired)
    if is_request_lost:
        (text_requests.excuse if is_excused else text_requests.expire)(context, at)
    for chore in (*(hook for hooks in context.hooks.values() for hook in hooks), *context.chores):
        chore(at)
    wake_waiting(context)
    wake_what_is_owed(context)
    with context.store.writing() as tx:
        tx.notes.put("reconcile.at", at.isoformat(), at)
        return ReconcileReport(lapsed, tx.queue.count_ready(at))
