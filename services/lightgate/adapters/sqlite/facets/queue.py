"""Claims by one UPDATE … RETURNING, leases, and the fencing token that refuses a worker back from the dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from lightgate.adapters.sqlite.rows import load
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.photo import Claim, Failure, Photo
from lightgate.domain.route.pipeline import NEEDS_APPROVAL, REVIEW, Position, Result, Status, Step, advance
from lightgate.store import LONGEST_HOLD, HeldBack

#: a photo that comes before a person is another one than what was read of it on its way
_VERSION = row.c.version + case((and_(bindparam("next_step") == REVIEW, row.c.step != REVIEW), 1), else_=0)

# Statements are built once, since building one takes longer than SQLite takes to run it.
_SETTLE = (
    update(row)
    .where(
        row.c.id == bindparam("held_id"),
        row.c.lease_token == bindparam("held_token"),
        row.c.status == Status.RUNNING.value,
    )
    .values(
        step=bindparam("next_step"),
        status=bindparam("next_status"),
        attempt=bindparam("next_attempt"),
        version=_VERSION,
        crashes=row.c.crashes * bindparam("keeps_crashes") + bindparam("new_crashes"),
        not_before=bindparam("next_not_before"),
        lease_owner=None,
        lease_until=None,
        error_code=bindparam("code"),
        error_message=bindparam("message"),
        updated_at=bindparam("settled_at"),
    )
)


_AT = bindparam("at", type_=row.c.not_before.type)
_TOO_FAR = bindparam("too_far", type_=row.c.not_before.type)
_IS_DUE = or_(row.c.not_before.is_(None), row.c.not_before <= _AT, row.c.not_before > _TOO_FAR)
_IS_READY = and_(row.c.status == Status.QUEUED.value, _IS_DUE)
_ORDER = (row.c.priority, row.c.not_before, row.c.id)
_COUNT_READY = select(row.c.step, func.count()).where(_IS_READY).group_by(row.c.step)
_IS_HELD_BACK = and_(row.c.status == Status.QUEUED.value, row.c.not_before > _AT, row.c.not_before <= _TOO_FAR)
_WHY = func.coalesce(row.c.error_message, "")
_HELD_BACK = (
    select(func.count(), func.max(row.c.not_before), _WHY)
    .where(_IS_HELD_BACK)
    .group_by(_WHY)
    .order_by(func.count().desc())
)
_SETTLE_DONE = (
    update(row)
    .where(
        tuple_(row.c.id, row.c.lease_token).in_(bindparam("held", expanding=True)),
        row.c.status == Status.RUNNING.value,
    )
    .values(
        step=bindparam("next_step"),
        status=bindparam("next_status"),
        attempt=bindparam("next_attempt"),
        version=_VERSION,
        crashes=0,
        not_before=None,
        lease_owner=None,
        lease_until=None,
        error_code=None,
        error_message=None,
        updated_at=bindparam("settled_at"),
    )
    .returning(row.c.id)
)


def _is_claimable(step: Step) -> ColumnElement[bool]:
    is_ready = and_(row.c.step == step.name, _IS_READY)
    # a row that somebody forged past the CHECK must not stop the queue behind it
    return and_(is_ready, row.c.approval_id.is_not(None)) if step.name in NEEDS_APPROVAL else is_ready


@cache
def _first_attempt(step: Step) -> Select[int]:
    return select(row.c.attempt).where(_is_claimable(step)).order_by(*_ORDER).limit(1)


@cache
def _taking(step: Step, *, is_suspect: bool) -> ReturningUpdate[int, int]:
    wanted = select(row.c.id).where(_is_claimable(step), row.c.attempt < step.max_attempts).order_by(*_ORDER)
    # one that failed before runs alone: it may be what killed its last batch
    wanted = wanted.limit(1) if is_suspect else wanted.where(row.c.attempt == 0).limit(bindparam("most"))
    running = advance(Position(step.name, Status.QUEUED), Result.CLAIMED, (step,)).status
    return (
        update(row)
        .where(row.c.id.in_(wanted))
        .values(
            status=running.value,
            attempt=row.c.attempt + 1,
            lease_token=row.c.lease_token + 1,
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
            updated_at=_AT,
        )
        .returning(row.c.id, row.c.lease_token)
    )


@cache
def _coming(step: Step) -> Select[int]:
    is_running = and_(row.c.step == step.name, row.c.status == Status.RUNNING.value)
    running = select(func.count()).where(is_running).scalar_subquery()
    is_next = and_(_is_claimable(step), row.c.attempt == 0, running <= 1)
    return select(row.c.id).where(is_next).order_by(*_ORDER).limit(1)


class Queue:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def coming(self, step: Step, at: datetime) -> int | None:
        return self._connection.execute(_coming(step), _when(at)).scalar()

    def claim(self, step: Step, owner: str, limit: int, at: datetime, lease_until: datetime) -> Sequence[Claim]:
        first = self._connection.execute(_first_attempt(step), _when(at)).scalar()
        if first is None:
            return []
        is_suspect = first > 0
        given = {**_when(at), "owner": owner, "until": lease_until} | ({} if is_suspect else {"most": limit})
        taken = self._connection.execute(_taking(step, is_suspect=is_suspect), given)
        tokens = {photo_id: token for photo_id, token in taken}
        return [Claim(photo, tokens[photo.id], owner) for photo in load(self._connection, sorted(tokens))]

    def renew(self, claims: Sequence[Claim], lease_until: datetime) -> Sequence[int]:
        held = []
        for claim in claims:
            renewed = update(row).where(_is_held(claim.photo.id, claim.token)).values(lease_until=lease_until)
            if self._connection.execute(renewed).rowcount:
                held.append(claim.photo.id)
        return held

    def is_held(self, claim: Claim) -> bool:
        query = select(row.c.id).where(_is_held(claim.photo.id, claim.token))
        return self._connection.execute(query).first() is not None

    def expired(self, at: datetime, lease_s: float) -> Sequence[tuple[Photo, int]]:
        too_far = at + timedelta(seconds=2 * lease_s)
        is_over = or_(row.c.lease_until < at, row.c.lease_until > too_far, row.c.lease_until.is_(None))
        return self._running(is_over)

    def held_by(self, owner: str) -> Sequence[tuple[Photo, int]]:
        return self._running(row.c.lease_owner == owner)

    def owners(self) -> frozenset[str]:
        query = select(row.c.lease_owner).where(row.c.status == Status.RUNNING.value, row.c.lease_owner.is_not(None))
        return frozenset(self._connection.execute(query.distinct()).scalars())

    def _running(self, condition: ColumnElement[bool]) -> Sequence[tuple[Photo, int]]:
        query = select(row.c.id, row.c.lease_token).where(row.c.status == Status.RUNNING.value, condition)
        tokens = {each.id: each.lease_token for each in self._connection.execute(query)}
        return [(photo, tokens[photo.id]) for photo in load(self._connection, sorted(tokens))]

    def count_ready(self, at: datetime) -> Mapping[str, int]:
        return {step: count for step, count in self._connection.execute(_COUNT_READY, _when(at))}

    def ready_since(self, at: datetime) -> datetime | None:
        return self._connection.execute(select(func.min(row.c.updated_at)).where(_IS_READY), _when(at)).scalar()

    def held_back(self, at: datetime, photo_id: int | None = None) -> Sequence[HeldBack]:
        query = _HELD_BACK if photo_id is None else _HELD_BACK.where(row.c.id == photo_id)
        return [HeldBack(*found) for found in self._connection.execute(query, _when(at))]

    def settle(
        self,
        photo_id: int,
        token: int,
        after: Position,
        at: datetime,
        *,
        not_before: datetime | None = None,
        failure: Failure | None = None,
        crashed: bool = False,
    ) -> bool:
        has_moved_on = failure is None and after.status is not Status.QUEUED
        values = {
            "held_id": photo_id,
            "held_token": token,
            "next_step": after.step,
            "next_status": after.status.value,
            "next_attempt": after.attempt,
            "keeps_crashes": int(not has_moved_on),
            "new_crashes": int(crashed and not has_moved_on),
            "next_not_before": not_before,
            "code": failure.code if failure else None,
            "message": failure.message if failure else None,
            "settled_at": at,
        }
        return self._connection.execute(_SETTLE, values).rowcount == 1

    def settle_done(self, claims: Sequence[Claim], after: Position, at: datetime) -> frozenset[int]:
        given = {
            "held": [(claim.photo.id, claim.token) for claim in claims],
            "next_step": after.step,
            "next_status": after.status.value,
            "next_attempt": after.attempt,
            "settled_at": at,
        }
        return frozenset(self._connection.execute(_SETTLE_DONE, given).scalars())

    def is_past(self, set_id: int, step: str) -> bool:
        unfinished = (Status.QUEUED.value, Status.RUNNING.value)
        query = select(exists().where(row.c.set_id <= set_id, row.c.step == step, row.c.status.in_(unfinished)))
        return not self._connection.execute(query).scalar_one()


def _when(at: datetime) -> dict[str, datetime]:
    return {"at": at, "too_far": at + LONGEST_HOLD}


def _is_held(photo_id: int, token: int) -> ColumnElement[bool]:
    return and_(row.c.id == photo_id, row.c.lease_token == token, row.c.status == Status.RUNNING.value)
