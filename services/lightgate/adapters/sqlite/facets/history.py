"""Approvals and events: what was decided, and everything that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, func, insert, select, update

from lightgate.adapters.sqlite.schema import approval, photo_event
from lightgate.domain.approval.seal import SEAL_VERSION
from lightgate.errors import NotFound
from lightgate.store import Actor, Approval, Event
from lightgate.store.history import EventKind

_ADDING = insert(photo_event)
_EVENT_FIELDS = tuple(each.name for each in fields(Event) if each.name != "id")


class Approvals:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        photo_id: int,
        version: int,
        seal: str,
        seal_version: int,
        by: str,
        at: datetime,
        override_reason: str | None = None,
        keyword_paths: Sequence[Sequence[str]] | None = None,
    ) -> int:
        values = {
            "photo_id": photo_id,
            "version": version,
            "seal": seal,
            "seal_version": seal_version,
            "approved_by": by,
            "approved_at": at,
            "override_reason": override_reason,
            "keyword_paths": None if keyword_paths is None else [list(path) for path in keyword_paths],
        }
        inserted = insert(approval).values(values).returning(approval.c.id)
        return int(self._connection.execute(inserted).scalar_one())

    def put_seal(self, approval_id: int, seal: str, withdrawn_at: datetime | None = None) -> None:
        sealed = (
            update(approval)
            .where(approval.c.id == approval_id)
            .values(seal=seal, seal_version=SEAL_VERSION, withdrawn_at=withdrawn_at)
        )
        self._connection.execute(sealed)

    def get(self, approval_id: int) -> Approval:
        row = self._connection.execute(select(approval).where(approval.c.id == approval_id)).mappings().first()
        if row is None:
            raise NotFound(what="approval", key=approval_id)
        return _approval(row)

    def last_of(self, photo_id: int) -> Approval | None:
        query = select(approval).where(approval.c.photo_id == photo_id).order_by(approval.c.id.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _approval(row)


def _approval(row: RowMapping) -> Approval:
    paths = row["keyword_paths"]
    return Approval(**{**row, "keyword_paths": None if paths is None else tuple(map(tuple, paths))})


class Events:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *events: Event) -> None:
        if events:
            self._connection.execute(_ADDING, [_values(event) for event in events])

    def get(self, event_id: int) -> Event | None:
        found = self._list(select(photo_event).where(photo_event.c.id == event_id))
        return found[0] if found else None

    def of_photo(self, photo_id: int) -> Sequence[Event]:
        query = select(photo_event).where(photo_event.c.photo_id == photo_id).order_by(photo_event.c.id)
        return self._list(query)

    def newest(self, limit: int = 50) -> Sequence[Event]:
        return self._list(select(photo_event).order_by(photo_event.c.id.desc()).limit(limit))

    def of_person(self, name: str, limit: int, before: int | None = None) -> Sequence[Event]:
        is_theirs = [photo_event.c.actor_kind == Actor.PERSON.value, photo_event.c.actor == name]
        is_theirs += [photo_event.c.id < before] if before is not None else []
        return self._list(select(photo_event).where(*is_theirs).order_by(photo_event.c.id.desc()).limit(limit))

    def of_operation(self, operation: str) -> Sequence[Event]:
        return self._list(select(photo_event).where(photo_event.c.operation == operation).order_by(photo_event.c.id))

    def _list(self, query: Select[tuple[object]]) -> Sequence[Event]:
        return [_event(row) for row in self._connection.execute(query).mappings()]

    def last_of_set(self, set_id: int) -> int:
        query = select(func.max(photo_event.c.id)).where(photo_event.c.set_id == set_id)
        return self._connection.execute(query).scalar() or 0

    def photos_since(self, set_id: int, event_id: int) -> frozenset[int]:
        is_new = (photo_event.c.set_id == set_id) & (photo_event.c.id > event_id)
        return frozenset(self._connection.execute(select(photo_event.c.photo_id).where(is_new)).scalars())

    def changed_since(self, event_id: int, *, but_by: str | None = None, only_persons: bool = False) -> frozenset[int]:
        is_own = (photo_event.c.actor_kind == Actor.PERSON.value) & (photo_event.c.actor == but_by)
        wanted = [photo_event.c.id > event_id]
        wanted += [] if but_by is None else [~is_own]
        wanted += [photo_event.c.actor_kind == Actor.PERSON.value] if only_persons else []
        return frozenset(self._connection.execute(select(photo_event.c.photo_id).where(*wanted)).scalars())

    def last_id(self) -> int:
        return self._connection.execute(select(func.max(photo_event.c.id))).scalar() or 0


def _values(event: Event) -> dict[str, object]:
    values = {name: getattr(event, name) for name in _EVENT_FIELDS}
    return {**values, "actor_kind": event.actor_kind.value, "kind": event.kind.value}


def _event(row: RowMapping) -> Event:
    return Event(**{**row, "actor_kind": Actor(row["actor_kind"]), "kind": EventKind(row["kind"])})
