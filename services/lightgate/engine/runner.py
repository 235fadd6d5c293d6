"""Claim, work, record, pass on.

The row is the truth. A message only wakes a worker; what it does is decided by the claim, and what it did counts only
if the claim's token still is the row's when it is recorded.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lightgate.domain.photo import CaptionFacts, Claim, ExifFacts, Facts, Failure, PublishFacts, Source, StageFacts
from lightgate.domain.route.pipeline import Result, advance
from lightgate.engine import text_requests
from lightgate.engine.attempt import Pool, attempt
from lightgate.engine.claims import (
    hand_back,
)
from lightgate.engine.context import RunnerContext, event, moved, not_before, wake_waiting, wake_what_is_owed
from lightgate.engine.kill_point import kill_point
from lightgate.engine.stage import AnswersTextRequests, ChoosesBatch, Finding, MakesPictures, SettlesDebts, Stage, Work
from lightgate.errors import (
    LightgateError,
    Misconfigured,
    Rejected,
    TookTooLong,
    Unexpected,
)
from lightgate.store import Actor, Event, Transaction
from lightgate.store.history import EventKind
from lightgate.store.lease import Heartbeat

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failed:
    """A photo that a stage could not do."""

    id: int
    code: str
    message: str


@dataclass(slots=True)
class DrainReport:
    """What one message did, as Flower shows it."""

    done: list[int] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    #: claims that were not ours any more when the work was finished
    fenced: list[int] = field(default_factory=list)
    #: requests for new texts
    answered: list[int] = field(default_factory=list)
    #: photos of which the website shows again what it may
    settled: list[int] = field(default_factory=list)
    #: photos whose pictures were turned
    turned: list[int] = field(default_factory=list)
    #: ready rows are left for another message
    left: bool = False
    why_not_ready: str | None = None


#: a run that no pool of processes started: nothing stops it
_NO_POOL = Pool()


def drain(context: RunnerContext, stage: Stage, work: Work, owner: str, pool: Pool = _NO_POOL) -> DrainReport:
    """Work on ready photos of a stage until there are none, or the message's time is over.

    Args:
        owner: names this run in the leases, so that its claims can be found when it dies.

    Raises:
        Misconfigured: the stage cannot work at all; its photos were handed back.
    """
    report = DrainReport()
    for earlier in sorted(context.outage.owing):
        hand_back(context, earlier, pool)
    until = time.monotonic() + stage.drain_s
    try:
        if isinstance(work, SettlesDebts):
            report.settled.extend(work.settle_debts(context.route, owner))
        if isinstance(work, MakesPictures):
            report.turned.extend(work.make_pictures(owner, until))
        while not pool.is_stopping():
            report.why_not_ready = work.why_not_ready()
            limit = work.batch if isinstance(work, ChoosesBatch) else stage.batch
            claims = [] if report.why_not_ready else _claim(context, stage, owner, limit)
            if not claims:
                if report.why_not_ready is None and isinstance(work, AnswersTextRequests):
                    report.answered.extend(text_requests.drain(context, work, owner, until, pool))
                break
            _run(context, stage, work, claims, report, pool)
            if time.monotonic() >= until:
                report.left = True
                break
    finally:
        # first what others may go on with: closing may load a model, or fail
        try:
            hand_back(context, owner, pool)
        finally:
            work.close()
    if report.left:
        context.dispatch.wake(stage.name)
    return report


def _claim(context: RunnerContext, stage: Stage, owner: str, limit: int) -> Sequence[Claim]:
    at = context.now()
    with context.store.writing() as tx:
        claims = tx.queue.claim(stage.step, owner, limit, at, at + timedelta(seconds=context.lease_s))
        tx.events.add(*(moved(claim.photo, "queued", claim.photo.position, at, owner) for claim in claims))
    return claims


def _run(
    context: RunnerContext, stage: Stage, work: Work, claims: Sequence[Claim], report: DrainReport, pool: Pool
) -> None:
    kill_point(context.kill_at, f"{stage.name}_claimed")
    with Heartbeat(
        context.store, context.now, context.lease_s, lambda tx, lease_until: tx.queue.renew(claims, lease_until)
    ):
        findings = _find(work, claims, pool)
    kill_point(context.kill_at, f"{stage.name}_worked")
    _record(context, stage, claims, findings, report, pool)
    kill_point(context.kill_at, f"{stage.name}_recorded")
    try:
        for hook in context.hooks.get(stage.name, ()):
            hook(context.now())
    finally:
        # a hook may fail; what was recorded must go on all the same
        wake_waiting(context)
        if isinstance(work, SettlesDebts):
            wake_what_is_owed(context)
    for finding in findings:
        if isinstance(finding, Misconfigured):
            raise finding


def _find(work: Work, claims: Sequence[Claim], pool: Pool) -> Sequence[Finding]:
    """Do a batch; when it breaks, do each photo alone, so that only the culprit is charged."""
    found = attempt(lambda: _one_each(work.do(claims), claims), pool)
    if not isinstance(found, LightgateError):
        return found
    if len(claims) == 1 or isinstance(found, Misconfigured | TookTooLong):
        return [found] * len(claims)
    return [finding for claim in claims for finding in _find(work, [claim], pool)]


def _one_each(findings: Sequence[Finding], claims: Sequence[Claim]) -> Sequence[Finding]:
    if len(findings) != len(claims):
        raise ValueError(f"{len(findings)} findings for {len(claims)} photos")
    return findings


def _record(
    context: RunnerContext,
    stage: Stage,
    claims: Sequence[Claim],
    findings: Sequence[Finding],
    report: DrainReport,
    pool: Pool,
) -> None:
    """Write a batch; when the database refuses what was found, write each alone, so that only the culprit fails."""
    kept = attempt(lambda: _settle(context, claims, findings), pool)
    if isinstance(kept, Unexpected):
        if len(claims) > 1:
            for claim, finding in zip(claims, findings, strict=True):
                _record(context, stage, [claim], [finding], report, pool)
            return
        findings, kept = [kept], _settle(context, claims, [kept])
    if isinstance(kept, LightgateError):
        raise kept
    _report(stage, claims, findings, kept, report)


def _settle(context: RunnerContext, claims: Sequence[Claim], findings: Sequence[Finding]) -> frozenset[int]:
    """Write findings and the positions that follow; give the photos whose claims were still ours."""
    at = context.now()
    events: list[Event] = []
    with context.store.writing() as tx:
        kept = _settle_done(tx, context, _done(claims, findings), at, events)
        kept |= {
            claim.photo.id
            for claim, finding in zip(claims, findings, strict=True)
            if isinstance(finding, LightgateError) and _settle_failed(tx, context, claim, finding, at, events)
        }
        tx.events.add(*events)
    return kept


def _report(
    stage: Stage, claims: Sequence[Claim], findings: Sequence[Finding], kept: frozenset[int], report: DrainReport
) -> None:
    for claim, finding in zip(claims, findings, strict=True):
        photo_id = claim.photo.id
        if photo_id not in kept:
            log.warning("photo %s: FENCED at %s, the claim was lost while working", photo_id, stage.name)
            report.fenced.append(photo_id)
        elif isinstance(finding, LightgateError):
            log.warning("photo %s: %s: %s", photo_id, finding.code, finding.message)
            report.failed.append(Failed(photo_id, finding.code, finding.message))
        else:
            report.done.append(photo_id)


_Done = Sequence[tuple[Claim, Facts]]


def _done(claims: Sequence[Claim], findings: Sequence[Finding]) -> _Done:
    pairs = zip(claims, findings, strict=True)
    return [(claim, finding) for claim, finding in pairs if not isinstance(finding, LightgateError)]


def _settle_done(
    tx: Transaction, context: RunnerContext, done: _Done, at: datetime, events: list[Event]
) -> frozenset[int]:
    """Write facts and the position that follows, for the claims that are still ours; ``events`` takes their history."""
    if not done:
        return frozenset()
    # a batch stands at one step, so what follows is the same for all of it
    after = advance(done[0][0].photo.position, Result.DONE, context.route)
    kept = tx.queue.settle_done([claim for claim, _ in done], after, at)
    held = [(claim, facts) for claim, facts in done if claim.photo.id in kept]
    tx.photos.write_all_facts(
        {claim.photo.id: facts for claim, facts in held if not isinstance(facts, PublishFacts)}, at
    )
    for claim, facts in held:
        if isinstance(facts, PublishFacts):
            _write_publication(tx, claim, facts, at, events)
        else:
            events.extend(_writings(claim, facts, at))
        events.append(moved(claim.photo, "running", after, at, claim.owner))
    return kept


def _settle_failed(
    tx: Transaction, context: RunnerContext, claim: Claim, error: LightgateError, at: datetime, events: list[Event]
) -> bool:
    """Write one failure and the position that follows, if the claim is still ours."""
    photo, owner = claim.photo, claim.owner
    result = _result_of(error)
    after = advance(photo.position, result, context.route)
    failure = Failure(error.code, error.message)
    due = not_before(result, photo.position.attempt, at)
    if not tx.queue.settle(photo.id, claim.token, after, at, not_before=due, failure=failure):
        return False
    events.append(moved(photo, "running", after, at, owner, failure))
    return True


def _write_publication(tx: Transaction, claim: Claim, facts: PublishFacts, at: datetime, events: list[Event]) -> None:
    photo = claim.photo
    for publication in facts.publications:
        tx.publications.put(photo.id, publication, at)
        events.append(event(photo, at, claim.owner, EventKind.PUBLISHED, publication.target, new=publication.file_name))
    for old, new in facts.moved:
        tx.redirects.put(old, new, photo.id, at)
    tx.names.publish(photo.id, at)


def _writings(claim: Claim, facts: StageFacts, at: datetime) -> Iterator[Event]:
    """Give the events of texts that a stage wrote."""
    for text in facts.texts if isinstance(facts, ExifFacts | CaptionFacts) else ():
        is_model = text.source is Source.MODEL
        actor = f"{text.model} {text.prompt_hash}" if is_model else claim.owner
        kind = Actor.MODEL if is_model else Actor.WORKER
        yield event(
            claim.photo, at, actor, EventKind.FIELD, f"{text.field}.{text.language}", new=text.line, kind_of=kind
        )


def _result_of(error: LightgateError) -> Result:
    if isinstance(error, Rejected):
        return Result.REFUSED
    return Result.TRY_AGAIN if error.is_charged else Result.GIVEN_BACK
