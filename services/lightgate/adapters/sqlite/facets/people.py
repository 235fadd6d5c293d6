"""Persons who may sign in, sessions that are over, and wrong passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from unicodedata import normalize

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, distinct, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import ended_session, person, sign_in_failure
from lightgate.domain.people.roles import Role
from lightgate.store import Failures, User

_USER_COLUMNS = tuple(person.c[each.name] for each in fields(User))


def name_key(name: str) -> str:
    """Fold a sign-in name: two that look the same are one person."""
    return normalize("NFKC", name).casefold().strip()


class Users:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> User | None:
        return self._first(person.c.name_key == name_key(name))

    def by_id(self, user_id: int) -> User | None:
        return self._first(person.c.id == user_id)

    def _first(self, is_it: ColumnElement[bool]) -> User | None:
        row = self._connection.execute(select(*_USER_COLUMNS).where(is_it)).mappings().first()
        return None if row is None else _user(row)

    def put(self, name: str, password_hash: str, at: datetime) -> User:
        new = {"name": name.strip(), "name_key": name_key(name), "password_hash": password_hash, "created_at": at}
        changed = {"password_hash": password_hash, "session_epoch": person.c.session_epoch + 1}
        statement = upsert(person).values(new).on_conflict_do_update(index_elements=["name_key"], set_=changed)
        return _user(self._connection.execute(statement.returning(*_USER_COLUMNS)).mappings().one())

    def change(self, user_id: int, *, role: Role, is_active: bool) -> None:
        changed = update(person).where(person.c.id == user_id).values(role=role.value, is_active=is_active)
        self._connection.execute(changed)

    def all(self) -> Sequence[User]:
        rows = self._connection.execute(select(*_USER_COLUMNS).order_by(person.c.name_key)).mappings()
        return [_user(row) for row in rows]

    def end_sessions(self, user_id: int, *, steps: int = 1) -> None:
        raised = update(person).where(person.c.id == user_id).values(session_epoch=person.c.session_epoch + steps)
        self._connection.execute(raised)

    def note_failure(self, name: str, source: str, at: datetime) -> None:
        self._connection.execute(insert(sign_in_failure).values(name_key=name_key(name), address=source, at=at))

    def names_failed_from(self, source: str, since: datetime) -> Failures:
        counted = func.count(distinct(sign_in_failure.c.name_key))
        return self._failures(counted, since, sign_in_failure.c.address == source)

    def failures_for(self, name: str, since: datetime, source: str | None = None) -> Failures:
        here = () if source is None else (sign_in_failure.c.address == source,)
        return self._failures(func.count(), since, sign_in_failure.c.name_key == name_key(name), *here)

    def _failures(self, counted: ColumnElement[int], since: datetime, *is_it: ColumnElement[bool]) -> Failures:
        query = select(counted, func.max(sign_in_failure.c.at))
        count, newest = self._connection.execute(query.where(*is_it, sign_in_failure.c.at >= since)).one()
        return Failures(count, newest)

    def forget_failures(self, name: str, source: str) -> None:
        is_it = (sign_in_failure.c.name_key == name_key(name), sign_in_failure.c.address == source)
        self._connection.execute(delete(sign_in_failure).where(*is_it))

    def forget_failures_before(self, at: datetime) -> None:
        self._connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at < at))

    def end_session(self, key: str, now: datetime, until: datetime) -> None:
        self._connection.execute(delete(ended_session).where(ended_session.c.until < now))
        over = upsert(ended_session).values(key=key, until=until).on_conflict_do_nothing()
        self._connection.execute(over)

    def has_ended(self, key: str) -> bool:
        query = select(ended_session.c.key).where(ended_session.c.key == key)
        return self._connection.execute(query).first() is not None


def _user(row: RowMapping) -> User:
    return User(**{**row, "role": Role(row["role"])})
