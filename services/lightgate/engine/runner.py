"""Claim, work, record, pass on; and reconcile what was lost on the way.

The row is the truth. A message only wakes a worker; what it does is decided by the claim, and what it did counts only
if the claim's token still is the row's when it is recorded.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lightgate.domain.photo import Claim, Facts, Failure, Photo, PublishFacts, Source, StageFacts
from lightgate.domain.route.pipeline import Result, advance
from lightgate.engine import text_requests
from lightgate.engine.attempt import Pool, TookTooLong, Unexpected, attempt
from lightgate.engine.context import Line, event, moved, not_before, wake_waiting
from lightgate.engine.kill_point import kill_point
from lightgate.engine.stage import Debtor, Finding, Scribe, Stage, Work
from lightgate.errors import (
    LightgateError,
    Misconfigured,
    Rejected,
    StorageFull,
    StoreBusy,
    Transient,
    WorkerLost,
)
from lightgate.store import Actor, Event, Transaction
from lightgate.store.lease import Heartbeat

__all__ = [
    "DrainReport",
    "Failed",
    "Line",
    "Pool",
    "ReconcileReport",
    "drain",
    "give_back",
    "lapse",
    "lapse_predecessors",
    "reconcile",
]

log = logging.getLogger(__name__)

#: while the database cannot be written, handing back is tried so often, and for longer than a message may take
HAND_BACK_EVERY_S, HAND_BACK_FOR_S = 2.0, 120.0


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
    #: ready rows are left for another message
    left: bool = False
    why_not_ready: str | None = None


#: a run that no pool of processes started: nothing stops it
_NO_POOL = Pool()


def drain(line: Line, stage: Stage, work: Work, owner: str, pool: Pool = _NO_POOL) -> DrainReport:
    """Work on ready photos of a stage until there are none, or the message's time is over.

    Args:
        owner: names this run in the leases, so that its claims can be found when it dies.

    Raises:
        Misconfigured: the stage cannot work at all; its photos were handed back.
    """
    report = DrainReport()
    for earlier in sorted(line.outage.owing):
        _hand_back(line, earlier, pool)
    until = time.monotonic() + stage.drain_s
    try:
        if isinstance(work, Debtor):
            report.settled.extend(work.settle_debts(line.route, owner))
        while not pool.is_stopping():
            report.why_not_ready = work.why_not_ready()
            limit = getattr(work, "batch", stage.batch)
            claims = [] if report.why_not_ready else _claim(line, stage, owner, limit)
            if not claims:
                if report.why_not_ready is None and isinstance(work, Scribe):
                    report.answered.extend(text_requests.drain(line, work, owner, until, pool))
                break
            _run(line, stage, work, claims, report, pool)
            if time.monotonic() >= until:
                report.left = True
                break
    finally:
        # first what others may go on with: closing may load a model, or fail
        try:
            _hand_back(line, owner, pool)
        finally:
            work.close()
    if report.left:
        line.dispatch.wake(stage.name)
    return report


def _claim(line: Line, stage: Stage, owner: str, limit: int) -> Sequence[Claim]:
    at = line.now()
    with line.store.writing() as tx:
        claims = tx.queue.claim(stage.step, owner, limit, at, at + timedelta(seconds=line.lease_s))
        tx.events.add(*(moved(claim.photo, "queued", claim.photo.position, at, owner) for claim in claims))
    return claims


def _run(line: Line, stage: Stage, work: Work, claims: Sequence[Claim], report: DrainReport, pool: Pool) -> None:
    kill_point(line.kill_at, f"{stage.name}_claimed")
    with Heartbeat(line.store, line.now, line.lease_s, lambda tx, lease_until: tx.queue.renew(claims, lease_until)):
        findings = _find(work, claims, pool)
    kill_point(line.kill_at, f"{stage.name}_worked")
    _record(line, stage, claims, findings, report, pool)
    kill_point(line.kill_at, f"{stage.name}_recorded")
    for hook in line.hooks.get(stage.name, ()):
        hook(line.now())
    wake_waiting(line)
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
    line: Line,
    stage: Stage,
    claims: Sequence[Claim],
    findings: Sequence[Finding],
    report: DrainReport,
    pool: Pool,
) -> None:
    """Write a batch; when the database refuses what was found, write each alone, so that only the culprit fails."""
    kept = attempt(lambda: _settle(line, claims, findings), pool)
    if isinstance(kept, Unexpected):
        if len(claims) > 1:
            for claim, finding in zip(claims, findings, strict=True):
                _record(line, stage, [claim], [finding], report, pool)
            return
        findings, kept = [kept], _settle(line, claims, [kept])
    if isinstance(kept, LightgateError):
        raise kept
    _report(stage, claims, findings, kept, report)


def _settle(line: Line, claims: Sequence[Claim], findings: Sequence[Finding]) -> frozenset[int]:
    """Write findings and the positions that follow; give the photos whose claims were still ours."""
    at = line.now()
    events: list[Event] = []
    with line.store.writing() as tx:
        kept = _settle_done(tx, line, _done(claims, findings), at, events)
        kept |= {
            claim.photo.id
            for claim, finding in zip(claims, findings, strict=True)
            if isinstance(finding, LightgateError) and _settle_failed(tx, line, claim, finding, at, events)
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


def _settle_done(tx: Transaction, line: Line, done: _Done, at: datetime, events: list[Event]) -> frozenset[int]:
    """Write facts and the position that follows, for the claims that are still ours; ``events`` takes their history."""
    if not done:
        return frozenset()
    # a batch stands at one step, so what follows is the same for all of it
    after = advance(done[0][0].photo.position, Result.DONE, line.route)
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
    tx: Transaction, line: Line, claim: Claim, error: LightgateError, at: datetime, events: list[Event]
) -> bool:
    """Write one failure and the position that follows, if the claim is still ours."""
    photo, owner = claim.photo, claim.owner
    result = _result_of(error)
    after = advance(photo.position, result, line.route)
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
        events.append(event(photo, at, claim.owner, "published", publication.target, new=publication.file_name))
    for old, new in facts.moved:
        tx.redirects.put(old, new, photo.id, at)
    tx.names.publish(photo.id, at)


def _writings(claim: Claim, facts: StageFacts, at: datetime) -> Iterator[Event]:
    """Give the events of texts that a stage wrote."""
    for text in getattr(facts, "texts", ()):
        is_model = text.source is Source.MODEL
        actor = f"{text.model} {text.prompt_hash}" if is_model else claim.owner
        value = ", ".join(text.value) if isinstance(text.value, tuple) else text.value
        kind = Actor.MODEL if is_model else Actor.WORKER
        yield event(claim.photo, at, actor, "field", f"{text.field}.{text.language}", new=value, kind_of=kind)


def _result_of(error: LightgateError) -> Result:
    if isinstance(error, Rejected):
        return Result.REFUSED
    is_free = isinstance(error, Misconfigured) or (isinstance(error, Transient) and not error.is_charged)
    return Result.GIVEN_BACK if is_free else Result.TRY_AGAIN


def give_back(line: Line, owner: str) -> int:
    """Hand back, uncharged, what an owner that stops in good order still holds; give how many."""
    return _end_claims(line, owner, Result.GIVEN_BACK)


def _hand_back(line: Line, owner: str, pool: Pool) -> None:
    """Hand back what a run holds as soon as the database can be written; else this process's next run does it first.

    Raises:
        StoreBusy, StorageFull: it could not be written for ``HAND_BACK_FOR_S``.
    """
    line.outage.owing.add(owner)
    try:
        give_back(line, owner)
    except (StoreBusy, StorageFull) as error:
        log.warning("claims of %s are not handed back yet: %s", owner, error.message)
        with Heartbeat(line.store, line.now, line.lease_s, lambda tx, lease_until: _renew_held(tx, owner, lease_until)):
            _keep_trying(line, owner, pool)
    line.outage.owing.discard(owner)


def _keep_trying(line: Line, owner: str, pool: Pool) -> None:
    """The pool ends a run whose time is up; one that nobody ends stops by itself."""
    waited_s = 0.0
    while True:
        line.pause(HAND_BACK_EVERY_S)
        waited_s += HAND_BACK_EVERY_S
        try:
            give_back(line, owner)
        except (StoreBusy, StorageFull):
            if waited_s >= HAND_BACK_FOR_S or pool.is_stopping():
                raise
        else:
            return


def _renew_held(tx: Transaction, owner: str, lease_until: datetime) -> None:
    tx.queue.renew([Claim(photo, token, owner) for photo, token in tx.queue.held_by(owner)], lease_until)
    tx.requests.renew_held(owner, lease_until)


def lapse(line: Line, owner: str) -> int:
    """Take back, charged, what an owner that died held; give how many."""
    return _end_claims(line, owner, Result.LAPSED)


def lapse_predecessors(line: Line, worker: str) -> int:
    """Take back, charged, what earlier workers of this name held: they were killed; give how many."""
    with line.store.reading() as tx:
        owners = tx.queue.owners() | tx.requests.owners()
    return sum(lapse(line, owner) for owner in sorted(owners) if owner.startswith(f"{worker}:"))


def _end_claims(line: Line, owner: str, result: Result) -> int:
    with line.store.reading() as tx:
        has_requests = tx.requests.holds(owner)
        if not tx.queue.held_by(owner) and not has_requests:
            return 0
    at = line.now()
    with line.store.writing() as tx:
        if has_requests and result is Result.LAPSED:
            tx.requests.lapse(owner, text_requests.MOST_ATTEMPTS, at)
        elif has_requests:
            tx.requests.give_back(owner)
        return sum(_end(tx, line, photo, token, result, at) for photo, token in tx.queue.held_by(owner))


def _end(tx: Transaction, line: Line, photo: Photo, token: int, result: Result, at: datetime) -> bool:
    after = advance(photo.position, result, line.route)
    is_crash = result is Result.LAPSED
    failure = Failure(WorkerLost.code, WorkerLost().message) if is_crash else None
    due = not_before(result, photo.position.attempt, at) if is_crash else None
    ended = tx.queue.settle(photo.id, token, after, at, not_before=due, failure=failure, crashed=is_crash)
    if ended:
        tx.events.add(moved(photo, "running", after, at, "reconcile" if is_crash else "worker", failure))
    return ended


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What one look put right."""

    #: photos taken back from workers that were lost
    lapsed: int
    #: claimable photos by step
    ready: Mapping[str, int]


def reconcile(line: Line) -> ReconcileReport:
    """Take back what was lost, open gates that are due, and wake steps that have work and no message.

    Leases that nobody could renew, since the database could not be written, cost no attempt.
    """
    try:
        report = _reconcile(line)
    except (StoreBusy, StorageFull):
        line.outage.began()
        raise
    line.outage.is_over(line.now(), line.lease_s)
    return report


def _reconcile(line: Line) -> ReconcileReport:
    at = line.now()
    is_excused = line.outage.excuses(at)
    with line.store.reading() as tx:
        is_anything_lost = bool(tx.queue.expired(at, line.lease_s))
        is_request_lost = tx.requests.is_any_lost(at, line.lease_s)
    lapsed = 0
    if is_anything_lost:
        with line.store.writing() as tx:
            expired = tx.queue.expired(at, line.lease_s)
            result = Result.GIVEN_BACK if is_excused else Result.LAPSED
            lapsed = sum(_end(tx, line, photo, token, result, at) for photo, token in expired)
    if is_request_lost:
        (text_requests.excuse if is_excused else text_requests.expire)(line, at)
    for chore in (*(hook for hooks in line.hooks.values() for hook in hooks), *line.chores):
        chore(at)
    wake_waiting(line)
    with line.store.writing() as tx:
        tx.notes.put("reconcile.at", at.isoformat(), at)
        return ReconcileReport(lapsed, tx.queue.count_ready(at))
