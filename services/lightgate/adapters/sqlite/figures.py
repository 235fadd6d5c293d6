"""Sums over the whole queue, for the dashboard; each is one statement over an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, Text, distinct, exists, func, select, type_coerce
from sqlalchemy import text as sql

from lightgate.adapters.sqlite.schema import approval, photo_count, photo_event, photo_text, publication
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.pipeline import PUBLISH, RELEASE, Status


class Figures:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def taken_in_by_month(self) -> Mapping[str, int]:
        return self._by_month(row.c.created_at, select(func.count()).select_from(row))

    def published_by_month(self) -> Mapping[str, int]:
        counted = select(func.count(distinct(publication.c.photo_id))).where(publication.c.state == "live")
        return self._by_month(publication.c.published_at, counted)

    def _by_month(self, column: Column[datetime], counted: Select[Any]) -> Mapping[str, int]:
        # as text: the column's own type would read the month back as a time
        month = func.substr(type_coerce(column, Text), 1, 7)
        query = counted.add_columns(month).group_by(month)
        return {str(name): count for count, name in self._connection.execute(query) if name}

    def by_band(self) -> Mapping[str, int]:
        query = select(row.c.band, func.count()).group_by(row.c.band)
        return {band: count for band, count in self._connection.execute(query)}

    def cameras_by_year(self) -> Mapping[str, Mapping[str, int]]:
        year = func.substr(row.c.date_time, 1, 4)
        query = select(row.c.camera, year, func.count()).where(row.c.camera.is_not(None)).group_by(row.c.camera, year)
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for camera, taken, count in self._connection.execute(query):
            if taken and str(taken).isdigit():
                found[str(taken)][camera] = count
        return found

    def sources_of_approved(self, limit: int) -> Mapping[str, Mapping[str, int]]:
        is_approved = row.c.step.in_([RELEASE, PUBLISH]) & (row.c.status != Status.REJECTED.value)
        stands = exists().where(row.c.id == approval.c.photo_id, row.c.approval_id == approval.c.id, is_approved)
        newest = select(approval.c.photo_id).where(approval.c.id > 0, stands)
        newest = newest.order_by(approval.c.id.desc()).limit(limit)
        query = (
            select(photo_text.c.field, photo_text.c.source, func.count())
            .where(photo_text.c.photo_id.in_(newest))
            .group_by(photo_text.c.field, photo_text.c.source)
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for field, source, count in self._connection.execute(query):
            found[field][source] = count
        return found

    def decided_at(self, limit: int) -> Sequence[tuple[str, datetime]]:
        query = (
            select(photo_event.c.actor, photo_event.c.at)
            # as the partial index says it
            .where(sql("kind = 'decision' AND actor_kind = 'person'"), photo_event.c.name.in_(["approve", "reject"]))
            .where(photo_event.c.operation.is_(None))
            .with_hint(photo_event, "INDEXED BY ix_photo_event_decision", "sqlite")
            .order_by(photo_event.c.id.desc())
            .limit(limit)
        )
        return [(actor, at) for actor, at in self._connection.execute(query)]

    def by_position(self) -> Mapping[tuple[str, str], int]:
        position = (photo_count.c.step, photo_count.c.status)
        query = select(*position, func.sum(photo_count.c.number)).where(photo_count.c.set_id > 0).group_by(*position)
        return {(step, status): count for step, status, count in self._connection.execute(query) if count}

    def passed_since(self, since: datetime, set_id: int | None = None) -> Mapping[str, int]:
        done = [photo_event.c.at >= since, photo_event.c.kind == "position", photo_event.c.old.endswith(":running")]
        # the sum keeps SQLite from reading all events of the set: the last minutes hold far fewer
        done += [photo_event.c.set_id + 0 == set_id] if set_id is not None else []
        query = select(photo_event.c.name, func.count()).where(*done, ~photo_event.c.new.contains(":failed"))
        return {step: count for step, count in self._connection.execute(query.group_by(photo_event.c.name))}

    def workers(self) -> Mapping[str, str]:
        query = select(row.c.lease_owner, row.c.step).where(row.c.status == Status.RUNNING.value)
        return {owner: step for owner, step in self._connection.execute(query) if owner}
