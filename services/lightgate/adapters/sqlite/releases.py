"""What each release sent, with what it replaced; and where files of the website moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import redirect as moved
from lightgate.adapters.sqlite.schema import release_item as row
from lightgate.adapters.sqlite.schema import review_queue as photo
from lightgate.domain.photo import Before, Publication
from lightgate.domain.pipeline import PUBLISH, Status
from lightgate.errors import NotFound
from lightgate.store import Release

_IS_LIVE = photo.c.status == Status.PUBLISHED.value
_HAS_FAILED = photo.c.status == Status.FAILED.value
_IS_MOVING = (photo.c.step == PUBLISH) & photo.c.status.in_([Status.QUEUED.value, Status.RUNNING.value])


class Releases:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, ids: Sequence[int], by: str, at: datetime) -> int:
        number = (self.newest_number() or 0) + 1
        items = [{"release_id": number, "photo_id": photo_id, "at": at, "released_by": by} for photo_id in ids]
        if items:
            self._connection.execute(row.insert(), items)
        return number

    def get(self, number: int) -> Release:
        found = self._list(row.c.release_id == number)
        if not found:
            raise NotFound(what="release", key=number)
        return found[0]

    def newest(self, limit: int, before: int | None = None) -> Sequence[Release]:
        numbers = select(row.c.release_id).distinct().order_by(row.c.release_id.desc()).limit(limit)
        return self._list(row.c.release_id.in_(numbers if before is None else numbers.where(row.c.release_id < before)))

    def _list(self, condition: ColumnElement[bool]) -> Sequence[Release]:
        sums = (func.count(photo.c.id), *(func.count().filter(each) for each in (_IS_LIVE, _IS_MOVING, _HAS_FAILED)))
        query = (
            select(row.c.release_id, func.min(row.c.at), func.min(row.c.released_by), *sums)
            .join(photo, photo.c.id == row.c.photo_id)
            .where(condition)
            .group_by(row.c.release_id)
            .order_by(row.c.release_id.desc())
        )
        return [Release(*found) for found in self._connection.execute(query)]

    def photos_of(self, number: int, limit: int, *, only_failed: bool = False) -> Sequence[int]:
        urgency = case((_HAS_FAILED, 0), (_IS_MOVING, 1), else_=2)
        query = select(photo.c.id).join(row, row.c.photo_id == photo.c.id).where(row.c.release_id == number)
        wanted = query.where(_HAS_FAILED) if only_failed else query
        return list(self._connection.execute(wanted.order_by(urgency, photo.c.id).limit(limit)).scalars())

    def newest_number(self) -> int | None:
        return self._connection.execute(select(func.max(row.c.release_id))).scalar()

    def last(self) -> Mapping[int, Before | None]:
        newest = select(func.max(row.c.release_id)).scalar_subquery()
        query = select(row.c.photo_id, row.c.before).where(row.c.release_id == newest).order_by(row.c.photo_id)
        return {each.photo_id: _before(each.before) for each in self._connection.execute(query)}

    def keep(self, photo_id: int, before: Before) -> bool:
        newest = select(func.max(row.c.release_id)).where(row.c.photo_id == photo_id).scalar_subquery()
        is_it = (row.c.photo_id == photo_id, row.c.release_id == newest, row.c.before.is_(None))
        told = {"publications": [_told(each) for each in before.publications], "row": before.row}
        return self._connection.execute(update(row).where(*is_it).values(before=told)).rowcount > 0

    def is_kept(self, photo_id: int) -> bool:
        query = select(row.c.before).where(row.c.photo_id == photo_id).order_by(row.c.release_id.desc()).limit(1)
        found = self._connection.execute(query).first()
        return found is None or found.before is not None

    def forget(self, photo_id: int) -> None:
        self._connection.execute(delete(row).where(row.c.photo_id == photo_id))

    def kept_hashes(self) -> frozenset[str]:
        befores = (before for before in self.last().values() if before)
        return frozenset(each for before in befores for one in before.publications for each in one.hashes.values())


class Redirects:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, old_path: str, new_path: str, photo_id: int, at: datetime) -> None:
        # what lives there again is not elsewhere, and what pointed there points on
        self._connection.execute(delete(moved).where(moved.c.old_path == new_path))
        self._connection.execute(update(moved).where(moved.c.new_path == old_path).values(new_path=new_path))
        written = {"new_path": new_path, "photo_id": photo_id, "at": at}
        statement = upsert(moved).values(old_path=old_path, **written)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["old_path"], set_=written))

    def all(self) -> Mapping[str, str]:
        query = select(moved.c.old_path, moved.c.new_path).order_by(moved.c.old_path)
        return {each.old_path: each.new_path for each in self._connection.execute(query)}


def _told(publication: Publication) -> dict[str, Any]:
    at = publication.published_at
    return {**asdict(publication), "published_at": at.isoformat() if at else None}


def _before(told: dict[str, Any] | None) -> Before | None:
    if told is None:
        return None
    read = [
        Publication(**{**each, "published_at": datetime.fromisoformat(each["published_at"])})
        if each["published_at"]
        else Publication(**each)
        for each in told["publications"]
    ]
    return Before(tuple(read), told["row"])
