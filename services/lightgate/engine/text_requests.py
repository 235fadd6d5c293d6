"""Answering requests for new texts: after the photos, one by one, under a lease; the result is only a proposal."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from lightgate.domain.photo import Photo, Text
from lightgate.engine.attempt import Pool, attempt
from lightgate.engine.context import RunnerContext, event, not_before_again
from lightgate.engine.stage import AnswersTextRequests
from lightgate.errors import LightgateError, Misconfigured, Transient, Unexpected
from lightgate.store import Actor, RequestClaim, Transaction
from lightgate.store.history import EventKind
from lightgate.store.lease import Heartbeat

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3


def drain(context: RunnerContext, work: AnswersTextRequests, owner: str, until: float, pool: Pool) -> Sequence[int]:
    """Answer requests until there are none, the work is not ready, or the time is over; give their ids.

    Args:
        until: by ``time.monotonic``.
    """
    answered: list[int] = []
    while work.can_write() and time.monotonic() < until and not pool.is_stopping():
        at = context.now()
        with context.store.writing() as tx:
            claim = tx.requests.claim(owner, at, at + timedelta(seconds=context.lease_s))
            photo = tx.photos.get(claim.request.photo_id) if claim else None
        if claim is None or photo is None:
            break
        if _answer(context, work, claim, photo, pool):
            answered.append(claim.request.id)
    return answered


def expire(context: RunnerContext, at: datetime) -> int:
    """Take back requests from workers that were lost; give how many."""
    with context.store.writing() as tx:
        return tx.requests.expire(at, context.lease_s, MOST_ATTEMPTS)


def excuse(context: RunnerContext, at: datetime) -> int:
    """Take back, uncharged, requests whose leases nobody could renew; give how many."""
    with context.store.writing() as tx:
        return tx.requests.excuse(at, context.lease_s)


def _answer(context: RunnerContext, work: AnswersTextRequests, claim: RequestClaim, photo: Photo, pool: Pool) -> bool:
    with Heartbeat(
        context.store, context.now, context.lease_s, lambda tx, lease_until: tx.requests.renew(claim, lease_until)
    ):
        found = attempt(lambda: work.propose(photo, claim.request), pool)
    is_kept = attempt(lambda: _keep(context, claim, photo, found), pool)
    if isinstance(is_kept, Unexpected):
        # the database does not hold what was written
        found = is_kept
        is_kept = _keep(context, claim, photo, found)
    if isinstance(is_kept, LightgateError):
        raise is_kept
    if not is_kept:
        log.warning("request %s: FENCED, the claim was lost while working", claim.request.id)
    if isinstance(found, Misconfigured):
        raise found
    return is_kept and not isinstance(found, LightgateError)


def _keep(context: RunnerContext, claim: RequestClaim, photo: Photo, found: Sequence[Text] | LightgateError) -> bool:
    at = context.now()
    with context.store.writing() as tx:
        return _record(tx, claim, photo, found, at)


def _record(
    tx: Transaction, claim: RequestClaim, photo: Photo, found: Sequence[Text] | LightgateError, at: datetime
) -> bool:
    if isinstance(found, LightgateError):
        log.warning("request %s: %s: %s", claim.request.id, found.code, found.message)
        if not found.is_charged:
            return tx.requests.give_back(claim.owner, not_before_again(at)) > 0
        is_spent = not isinstance(found, Transient) or claim.request.attempt >= MOST_ATTEMPTS
        return tx.requests.fail(claim, found.message, at, again_at=None if is_spent else not_before_again(at))
    if not found:
        return tx.requests.fail(claim, "The model wrote nothing for these fields.", at)
    is_kept = tx.requests.finish(claim, found, at)
    if is_kept:
        actor = f"{found[0].model} {found[0].prompt_hash}"
        name = f"{'+'.join(text.field for text in found)}.{claim.request.language}"
        tx.events.add(event(photo, at, actor, EventKind.PROPOSAL, name, kind_of=Actor.MODEL))
    return is_kept
