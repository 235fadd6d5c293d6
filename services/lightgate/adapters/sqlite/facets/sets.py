"""Sets of photographs."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import count

from sqlalchemy import Connection, RowMapping, exists, insert, select, update

from lightgate.adapters.sqlite.schema import photo_set, photo_text, review_queue
from lightgate.domain.photo import Field, PhotoSet, TextValue
from lightgate.domain.proof.prefill import Described, texts_of
from lightgate.domain.route.pipeline import NAMING, Status
from lightgate.errors import NotFound
from lightgate.store import NewSet

_SLUG_LENGTH = 60


class Sets:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: NewSet, at: datetime) -> PhotoSet:
        values = {
            "slug": self._free_slug(new.title),
            "title": new.title,
            "subject": new.subject,
            "location": new.location,
            "folder": new.folder,
            "brief": new.brief,
            "source": new.source,
            "languages": list(new.languages),
            "on_error": new.on_error,
            "created_at": at,
        }
        row = self._connection.execute(insert(photo_set).values(values).returning(*photo_set.c)).mappings().one()
        return _photo_set(row)

    def _free_slug(self, title: str) -> str:
        words = re.sub(r"[^\w]+", "-", title.casefold()).strip("-_")[:_SLUG_LENGTH].strip("-_") or "set"
        # a slug of digits alone would read as an id
        stem = f"set-{words}" if words.isdigit() else words
        query = select(photo_set.c.slug).where(photo_set.c.slug.startswith(stem, autoescape=True))
        taken = set(self._connection.execute(query).scalars())
        candidates = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
        return next(slug for slug in candidates if slug not in taken)

    def get(self, slug_or_id: str | int) -> PhotoSet:
        key = str(slug_or_id)
        is_it = (
            photo_set.c.id == int(key) if key.isascii() and key.isdigit() and len(key) < 19 else photo_set.c.slug == key
        )
        row = self._connection.execute(select(photo_set).where(is_it)).mappings().first()
        if row is None:
            raise NotFound(what="set", key=slug_or_id)
        return _photo_set(row)

    def all(self, *, with_rolled_back: bool = False) -> Sequence[PhotoSet]:
        query = select(photo_set).order_by(photo_set.c.id)
        if not with_rolled_back:
            query = query.where(photo_set.c.rolled_back_at.is_(None))
        return [_photo_set(row) for row in self._connection.execute(query).mappings()]

    def photo_ids(self, set_id: int) -> Sequence[int]:
        query = select(review_queue.c.id).where(review_queue.c.set_id == set_id).order_by(review_queue.c.id)
        return self._connection.execute(query).scalars().all()

    def described(self, set_id: int, language: str, ids: Collection[int] | None = None) -> Sequence[Described]:
        row, text = review_queue.c, photo_text.c
        wanted = [row.set_id == set_id, *([row.id.in_(ids)] if ids is not None else [])]
        of_set = select(row.id).where(*wanted)
        said: dict[int, dict[Field, TextValue]] = {}
        query = select(text.photo_id, text.language, text.field, text.value).where(text.photo_id.in_(of_set))
        for photo_id, spoken, field, value in self._connection.execute(query):
            values = said.setdefault(photo_id, {})
            if spoken == language:
                values[Field(field)] = tuple(value) if isinstance(value, list) else value
        names = (row.file_name, row.original_file_name)
        photos = select(row.id, *names, row.subject, row.location, row.folder).where(*wanted)
        found = self._connection.execute(photos.order_by(row.id))
        return [
            Described(photo_id, name or original_name, subject, location, folder, *texts_of(said[photo_id]))
            for photo_id, name, original_name, subject, location, folder in found
            if photo_id in said
        ]

    def waiting_for_names(self) -> Sequence[PhotoSet]:
        waits = exists().where(
            review_queue.c.set_id == photo_set.c.id,
            review_queue.c.step == NAMING,
            review_queue.c.status == Status.WAITING.value,
        )
        query = select(photo_set).where(waits).order_by(photo_set.c.id)
        return [_photo_set(row) for row in self._connection.execute(query).mappings()]

    def entomb(self, set_id: int, at: datetime) -> None:
        self._connection.execute(update(photo_set).where(photo_set.c.id == set_id).values(rolled_back_at=at))


def _photo_set(row: RowMapping) -> PhotoSet:
    return PhotoSet(**{**row, "languages": tuple(row["languages"])})
