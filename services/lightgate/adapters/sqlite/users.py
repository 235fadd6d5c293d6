"""Persons who may sign in, and wrong passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from unicodedata import normalize

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import person, sign_in_failure
from lightgate.domain.roles import Role
from lightgate.store import User

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

    def end_sessions(self, user_id: int) -> None:
        raised = update(person).where(person.c.id == user_id).values(session_epoch=person.c.session_epoch + 1)
        self._connection.execute(raised)

    def note_failure(self, name: str, address: str, at: datetime) -> None:
        self._connection.execute(insert(sign_in_failure).values(name_key=name_key(name), address=address, at=at))

    def failures_from(self, address: str, since: datetime) -> int:
        return self._count(sign_in_failure.c.address == address, since)

    def failures_for(self, name: str, since: datetime) -> int:
        return self._count(sign_in_failure.c.name_key == name_key(name), since)

    def _count(self, is_it: ColumnElement[bool], since: datetime) -> int:
        query = select(func.count()).select_from(sign_in_failure).where(is_it, sign_in_failure.c.at >= since)
        return self._connection.execute(query).scalar_one()

    def forget_failures(self, name: str, address: str) -> None:
        is_it = (sign_in_failure.c.name_key == name_key(name), sign_in_failure.c.address == address)
        self._connection.execute(delete(sign_in_failure).where(*is_it))


def _user(row: RowMapping) -> User:
    return User(**{**row, "role": Role(row["role"])})
