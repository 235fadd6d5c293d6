"""Sums over the whole queue, each one statement over an index; and the small notes of the installation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, delete, distinct, exists, func, select, type_coerce
from sqlalchemy import text as sql
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.listing.liveness import in_states, sums
from lightgate.adapters.sqlite.schema import approval, note, photo_count, photo_event, photo_text, publication
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.photo import WHOLE
from lightgate.domain.route.liveness import Liveness
from lightgate.domain.route.pipeline import PUBLISH, RELEASE, Status

# Both walk an index from one month or year to the next and count between: cutting the month out of fifty thousand
# times takes five times as long. ``:end`` sorts behind whatever follows a month or a year; UNION ends one that stands.
_END = "\U0010ffff"
_TAKEN_IN_BY_MONTH = sql(
    """
    WITH RECURSIVE months (month) AS (
      SELECT substr(min(created_at), 1, 7) FROM review_queue
      UNION
      SELECT (SELECT substr(min(created_at), 1, 7) FROM review_queue WHERE created_at > month || :end)
      FROM months WHERE month IS NOT NULL
    )
    SELECT month, (SELECT count(*) FROM review_queue WHERE created_at BETWEEN month AND month || :end)
    FROM months WHERE month IS NOT NULL
    """
).bindparams(end=_END)
_CAMERAS_BY_YEAR = sql(
    """
    WITH RECURSIVE cameras (camera) AS (
      SELECT min(camera) FROM review_queue
      UNION
      SELECT (SELECT min(r.camera) FROM review_queue r WHERE r.camera > cameras.camera)
      FROM cameras WHERE camera IS NOT NULL
    ),
    years (camera, first) AS (
      SELECT c.camera, (SELECT min(r.date_time) FROM review_queue r WHERE r.camera = c.camera) FROM cameras c
      UNION
      SELECT y.camera, (SELECT min(r.date_time) FROM review_queue r WHERE r.camera = y.camera AND r.date_time >
                        CASE WHEN length(first) < 4 THEN first ELSE substr(first, 1, 4) || :end END)
      FROM years y WHERE first IS NOT NULL
    )
    SELECT y.camera, substr(first, 1, 4), (
      SELECT count(*) FROM review_queue r WHERE r.camera = y.camera AND r.date_time BETWEEN substr(first, 1, 4)
        AND CASE WHEN length(first) < 4 THEN first ELSE substr(first, 1, 4) || :end END
    )
    FROM years y WHERE first IS NOT NULL
    """
).bindparams(end=_END)


class Figures:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def taken_in_by_month(self) -> Mapping[str, int]:
        return {str(month): count for month, count in self._connection.execute(_TAKEN_IN_BY_MONTH)}

    def published_by_month(self) -> Mapping[str, int]:
        counted = select(func.count(distinct(publication.c.photo_id))).where(in_states(WHOLE))
        # as text: the column's own type would read the month back as a time
        month = func.substr(type_coerce(publication.c.published_at, Text), 1, 7)
        query = counted.add_columns(month).group_by(month)
        return {str(name): count for count, name in self._connection.execute(query) if name}

    def whole(self) -> int:
        query = select(func.count(distinct(publication.c.photo_id))).where(in_states(WHOLE))
        return self._connection.execute(query).scalar() or 0

    def by_liveness(self, set_id: int | None = None) -> Mapping[int, Mapping[Liveness, int]]:
        found: dict[int, dict[Liveness, int]] = defaultdict(dict)
        for of_set, word, number in self._connection.execute(sums(set_id)):
            found[of_set][Liveness(word)] = number
        return found

    def by_band(self) -> Mapping[str, int]:
        query = select(row.c.band, func.count()).group_by(row.c.band)
        return {band: count for band, count in self._connection.execute(query)}

    def cameras_by_year(self) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for camera, taken, count in self._connection.execute(_CAMERAS_BY_YEAR):
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


class Notes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        return self._connection.execute(select(note.c.value).where(note.c.key == key)).scalar()

    def put(self, key: str, value: str | None, at: datetime) -> None:
        if value is None:
            self._connection.execute(delete(note).where(note.c.key == key))
            return
        statement = upsert(note).values(key=key, value=value, at=at)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": value, "at": at})
        )

    def all(self) -> Mapping[str, tuple[str, datetime]]:
        return {each.key: (each.value, each.at) for each in self._connection.execute(select(note))}
