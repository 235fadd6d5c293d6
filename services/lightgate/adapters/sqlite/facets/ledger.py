"""What is live: one row a photo and target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.listing.lists import BY_SET_AND_STATE
from lightgate.adapters.sqlite.rows import LEDGER_COLUMNS, publication_of
from lightgate.adapters.sqlite.schema import publication as row
from lightgate.adapters.sqlite.schema import review_queue as photo
from lightgate.domain.approval.kept import as_told
from lightgate.domain.photo import Publication
from lightgate.domain.route.pipeline import PUBLISH, Status

_IS_DEBT = text("publication.state IN ('taking_off', 'putting_back')")

_IS_NO_DEBT = text("publication.state NOT IN ('taking_off', 'putting_back')")

#: a time further ahead was written before the clock was set back
_LONGEST_PUT_OFF = timedelta(hours=1)


class Publications:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, photo_id: int, publication: Publication, at: datetime) -> None:
        written = {
            "state": publication.state.value,
            "file_name": publication.file_name,
            "paths": publication.paths,
            "hashes": publication.hashes,
            "remote_id": publication.remote_id,
            "published_at": publication.published_at,
            "updated_at": at,
            "profile": publication.profile,
            "pixels": publication.pixels,
            "checks": publication.checks,
            "earlier": {**as_told(before), "seal": before.seal} if (before := publication.earlier) else None,
            "writers": list(publication.writers),
            "retry_at": None,
        }
        statement = upsert(row).values(photo_id=photo_id, target=publication.target, **written)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["photo_id", "target"], set_=written))

    def of_photo(self, photo_id: int) -> Sequence[Publication]:
        query = select(*LEDGER_COLUMNS).where(row.c.photo_id == photo_id).order_by(row.c.target)
        return [publication_of(*each) for each in self._connection.execute(query)]

    def debts_due(self, at: datetime, limit: int) -> Sequence[int]:
        is_due = or_(row.c.retry_at.is_(None), row.c.retry_at <= at, row.c.retry_at > at + _LONGEST_PUT_OFF)
        is_at_work = (photo.c.step == PUBLISH, photo.c.status == Status.RUNNING.value)
        is_held = exists().where(photo.c.id == row.c.photo_id, *is_at_work)
        query = select(row.c.photo_id).distinct().where(_IS_DEBT, is_due, ~is_held)
        return self._connection.execute(query.order_by(row.c.photo_id).limit(limit)).scalars().all()

    def put_off(self, photo_id: int, target: str, until: datetime) -> None:
        is_it = (row.c.photo_id == photo_id, row.c.target == target, _IS_DEBT)
        self._connection.execute(update(row).where(*is_it).values(retry_at=until))

    def file_names(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in self._connection.execute(select(row.c.file_name)).scalars())

    def photo_ids(self) -> Sequence[int]:
        return self._connection.execute(select(row.c.photo_id).distinct().order_by(row.c.photo_id)).scalars().all()

    def rejected_ids(self, set_id: int | None = None) -> Sequence[int]:
        # what is owed goes by itself
        is_there = select(row).where(row.c.photo_id == photo.c.id, _IS_NO_DEBT).exists()
        query = select(photo.c.id).where(photo.c.status == Status.REJECTED.value, is_there).order_by(photo.c.id)
        if set_id is not None:
            # holds all that is asked, so that no row of the set is read
            query = query.where(photo.c.set_id == set_id).with_hint(photo, BY_SET_AND_STATE, "sqlite")
        return self._connection.execute(query).scalars().all()

    def remove(self, photo_id: int, target: str) -> None:
        is_it = (row.c.photo_id == photo_id, row.c.target == target)
        self._connection.execute(delete(row).where(*is_it))
