"""Requests for new texts, with leases and a fence of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, func, insert, or_, select, update

from lightgate.adapters.sqlite.schema import text_request as row
from lightgate.domain.photo import Field, Source, Text
from lightgate.errors import AlreadyRequested, NotFound, WorkerLost
from lightgate.store import LONGEST_HOLD, RequestClaim, RequestStatus, TextRequest

_PENDING = (RequestStatus.QUEUED.value, RequestStatus.RUNNING.value)
_SHOWN = (*_PENDING, RequestStatus.PROPOSED.value, RequestStatus.FAILED.value)


class Requests:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, photo_id: int, language: str, fields: Sequence[Field], by: str, at: datetime, *, hint: str = ""
    ) -> TextRequest:
        wanted = set(fields)
        for older in self.of_photo(photo_id):
            if older.language != language or not wanted & set(older.fields):
                continue
            if older.status.value in _PENDING:
                raise AlreadyRequested
            self._write(older.id, {"status": RequestStatus.REPLACED.value})
        values = {
            "photo_id": photo_id,
            "language": language,
            "fields": [field.value for field in Field if field in wanted],
            "hint": hint,
            "requested_by": by,
            "requested_at": at,
        }
        inserted = self._connection.execute(insert(row).values(values).returning(row.c.id)).scalar_one()
        return self.get(inserted)

    def get(self, request_id: int) -> TextRequest:
        found = self._connection.execute(select(row).where(row.c.id == request_id)).mappings().first()
        if found is None:
            raise NotFound(what="request", key=request_id)
        return _request(found)

    def of_photo(self, photo_id: int) -> Sequence[TextRequest]:
        query = select(row).where(row.c.photo_id == photo_id, row.c.status.in_(_SHOWN)).order_by(row.c.id)
        return [_request(each) for each in self._connection.execute(query).mappings()]

    def claim(self, owner: str, at: datetime, lease_until: datetime) -> RequestClaim | None:
        first = select(row.c.id).where(_is_ready(at)).order_by(row.c.id).limit(1).scalar_subquery()
        taken = (
            update(row)
            .where(row.c.id == first)
            .values(
                status=RequestStatus.RUNNING.value,
                attempt=row.c.attempt + 1,
                lease_token=row.c.lease_token + 1,
                lease_owner=owner,
                lease_until=lease_until,
            )
            .returning(*row.c)
        )
        found = self._connection.execute(taken).mappings().first()
        return None if found is None else RequestClaim(_request(found), found["lease_token"], owner)

    def renew(self, claim: RequestClaim, lease_until: datetime) -> bool:
        return self._settle(claim, {"lease_until": lease_until})

    def finish(self, claim: RequestClaim, texts: Sequence[Text], at: datetime) -> bool:
        values = {"status": RequestStatus.PROPOSED.value, "result": [_stored(text) for text in texts]}
        return self._settle(claim, {**values, **_NOBODYS, "finished_at": at, "error_message": None})

    def fail(self, claim: RequestClaim, message: str, at: datetime, *, again_at: datetime | None = None) -> bool:
        status = RequestStatus.FAILED if again_at is None else RequestStatus.QUEUED
        ended = {"status": status.value, "error_message": message, "not_before": again_at}
        return self._settle(claim, {**ended, **_NOBODYS, "finished_at": at if again_at is None else None})

    def _settle(self, claim: RequestClaim, values: Mapping[str, Any]) -> bool:
        is_held = and_(
            row.c.id == claim.request.id,
            row.c.lease_token == claim.token,
            row.c.status == RequestStatus.RUNNING.value,
        )
        return self._connection.execute(update(row).where(is_held).values(**values)).rowcount == 1

    def give_back(self, owner: str, again_at: datetime | None = None) -> int:
        return self._end(row.c.lease_owner == owner, {**_UNCHARGED, "not_before": again_at})

    def lapse(self, owner: str, most_attempts: int, at: datetime) -> int:
        return self._end(row.c.lease_owner == owner, _lost(most_attempts, at))

    def expire(self, at: datetime, lease_s: float, most_attempts: int) -> int:
        return self._end(_is_over(at, lease_s), _lost(most_attempts, at))

    def excuse(self, at: datetime, lease_s: float) -> int:
        return self._end(_is_over(at, lease_s), _UNCHARGED)

    def renew_held(self, owner: str, lease_until: datetime) -> int:
        is_theirs = and_(row.c.status == RequestStatus.RUNNING.value, row.c.lease_owner == owner)
        return self._connection.execute(update(row).where(is_theirs).values(lease_until=lease_until)).rowcount

    def owners(self) -> frozenset[str]:
        is_held = and_(row.c.status == RequestStatus.RUNNING.value, row.c.lease_owner.is_not(None))
        return frozenset(self._connection.execute(select(row.c.lease_owner).where(is_held).distinct()).scalars())

    def holds(self, owner: str) -> bool:
        return self._is_any_running(row.c.lease_owner == owner)

    def is_any_lost(self, at: datetime, lease_s: float) -> bool:
        return self._is_any_running(_is_over(at, lease_s))

    def _is_any_running(self, condition: ColumnElement[bool]) -> bool:
        query = select(row.c.id).where(row.c.status == RequestStatus.RUNNING.value, condition).limit(1)
        return self._connection.execute(query).first() is not None

    def _end(self, condition: ColumnElement[bool], values: Mapping[str, Any]) -> int:
        is_running = row.c.status == RequestStatus.RUNNING.value
        ended = update(row).where(is_running, condition).values(**{**values, **_NOBODYS})
        return self._connection.execute(ended).rowcount

    def count_ready(self, at: datetime) -> int:
        query = select(func.count()).select_from(row).where(_is_ready(at))
        return self._connection.execute(query).scalar_one()

    def decide(self, request_id: int, field: Field, decision: str, at: datetime) -> None:
        request = self.get(request_id)
        decided = {**{each.value: how for each, how in request.decided.items()}, field.value: decision}
        is_over = all(text.field.value in decided for text in request.texts)
        status = RequestStatus.DECIDED if is_over else request.status
        self._write(request_id, {"decided": decided, "status": status.value, "finished_at": at})

    def _write(self, request_id: int, values: Mapping[str, Any]) -> None:
        self._connection.execute(update(row).where(row.c.id == request_id).values(**values))


_UNCHARGED: Mapping[str, Any] = {"attempt": row.c.attempt - 1, "not_before": None, "status": RequestStatus.QUEUED.value}
_NOBODYS: Mapping[str, Any] = {"lease_owner": None, "lease_until": None}


def _lost(most_attempts: int, at: datetime) -> dict[str, Any]:
    is_spent = row.c.attempt >= most_attempts
    return {
        "status": case((is_spent, RequestStatus.FAILED.value), else_=RequestStatus.QUEUED.value),
        "error_message": WorkerLost().message,
        "not_before": at,
    }


def _is_over(at: datetime, lease_s: float) -> ColumnElement[bool]:
    """A lease that lies too far ahead was given by a clock that has been set back."""
    too_far = at + timedelta(seconds=2 * lease_s)
    return or_(row.c.lease_until < at, row.c.lease_until > too_far, row.c.lease_until.is_(None))


def _is_ready(at: datetime) -> ColumnElement[bool]:
    is_due = or_(row.c.not_before.is_(None), row.c.not_before <= at, row.c.not_before > at + LONGEST_HOLD)
    return and_(row.c.status == RequestStatus.QUEUED.value, is_due)


def _stored(text: Text) -> dict[str, Any]:
    value = list(text.value) if isinstance(text.value, tuple) else text.value
    return {
        "language": text.language,
        "field": text.field.value,
        "value": value,
        "source": text.source.value,
        "model": text.model,
        "prompt_hash": text.prompt_hash,
    }


def _text(stored: Mapping[str, Any]) -> Text:
    value = tuple(stored["value"]) if isinstance(stored["value"], list) else stored["value"]
    return Text(
        stored["language"],
        Field(stored["field"]),
        value,
        Source(stored["source"]),
        model=stored["model"],
        prompt_hash=stored["prompt_hash"],
    )


def _request(found: RowMapping) -> TextRequest:
    return TextRequest(
        id=found["id"],
        photo_id=found["photo_id"],
        language=found["language"],
        fields=tuple(Field(each) for each in found["fields"]),
        hint=found["hint"],
        status=RequestStatus(found["status"]),
        attempt=found["attempt"],
        requested_by=found["requested_by"],
        requested_at=found["requested_at"],
        texts=tuple(_text(each) for each in found["result"] or ()),
        decided={Field(field): how for field, how in found["decided"].items()},
        error_message=found["error_message"],
        finished_at=found["finished_at"],
    )
