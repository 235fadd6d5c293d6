"""What the review site keeps for itself: saved views, and who did what apart from photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import audit, saved_view
from lightgate.store import AuditLine, SavedView


class Views:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> Sequence[SavedView]:
        rows = self._connection.execute(select(saved_view).order_by(saved_view.c.name)).mappings()
        return [SavedView(row["id"], row["name"], dict(row["params"]), row["created_by"]) for row in rows]

    def put(self, name: str, params: Mapping[str, str], by: str, at: datetime) -> None:
        values = {"name": name, "params": dict(params), "created_by": by, "created_at": at}
        statement = upsert(saved_view).values(values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

    def remove(self, view_id: int) -> None:
        self._connection.execute(delete(saved_view).where(saved_view.c.id == view_id))


class Audit:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, actor: str, action: str, at: datetime, *, about: str = "", address: str = "") -> None:
        values = {"actor": actor, "action": action, "at": at, "about": about, "address": address}
        self._connection.execute(insert(audit).values(values))

    def newest(self, limit: int = 100, before: int | None = None) -> Sequence[AuditLine]:
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        query = query.where(audit.c.id > 0 if before is None else audit.c.id < before)
        return [AuditLine(**row) for row in self._connection.execute(query).mappings()]
