"""Texts that were written before, in the queue and on the website, by likeness: ``domain/proof/near_duplicates.py``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import known_text, known_text_key, photo_text
from lightgate.domain.photo import Field, Text
from lightgate.domain.proof.near_duplicates import keys_of, keys_to_ask, shared, word_set
from lightgate.domain.proof.proof import TOO_ALIKE
from lightgate.domain.route.pipeline import Status
from lightgate.store import CatalogueText, Likeness

#: texts that share a key and are compared; a crowd beyond that is not needed to say that there is one
_COMPARED = 400
#: above every id
_NEVER = 2**63 - 1
_SENTENCES = (Field.CAPTION.value, Field.ALT_TEXT.value)

#: as the driver takes it: every text of every photo asks this, and building a statement takes as long as running it.
#: One parameter for all keys: writing out hundreds would take longer than the search
_CANDIDATES = """
    SELECT id, words FROM known_text
    WHERE id IN (SELECT text_id FROM known_text_key WHERE "key" IN (SELECT value FROM json_each(:keys)))
      AND language = :language AND field = :field AND (photo_id < :before OR file_name <> :own)
    ORDER BY id LIMIT :most
"""
#: those of the same words, in the order of their index, so that of a crowd only the first are read
_SAME = """
    SELECT t.id, t.words FROM known_text_key x CROSS JOIN known_text t ON t.id = x.text_id
    WHERE x."key" = :whole AND t.language = :language AND t.field = :field
      AND (t.photo_id < :before OR t.file_name <> :own)
    ORDER BY x.text_id LIMIT :most
"""
#: rows that are fetched together: mostly all there are
_AT_ONCE = 100
#: whose texts they are; a rejected photo's do not count
_OWNERS = """
    SELECT k.id, k.photo_id, coalesce(k.file_name, r.file_name, r.original_file_name), r.series_key
    FROM known_text k LEFT JOIN review_queue r ON r.id = k.photo_id
    WHERE k.id IN (SELECT value FROM json_each(:ids)) AND (k.photo_id IS NULL OR r.status <> :rejected)
"""


class KnownTexts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def alike(
        self, text: Text, *, before: int | None, file_name: str | None = None, limit: int = 3
    ) -> Sequence[Likeness]:
        words = word_set(text.value) if isinstance(text.value, str) else ()
        if not words:
            return ()
        whole, *others = keys_to_ask(words)
        asked = {
            "whole": whole,
            "keys": json.dumps(others),
            "language": text.language,
            "field": text.field.value,
            "before": _NEVER if before is None else before,
            "own": file_name or "",
            "most": _COMPARED,
        }
        own = frozenset(words)
        # of five hundred frames with one caption the first few say it all
        found = self._alike(_SAME, asked, own, limit)
        if len(found) < limit:
            found += [each for each in self._alike(_CANDIDATES, asked, own, limit) if each.likeness < 1]
        return sorted(found, key=lambda each: (-each.likeness, each.name))[:limit]

    def _alike(self, statement: str, asked: dict[str, Any], words: frozenset[str], limit: int) -> list[Likeness]:
        rows = chain.from_iterable(self._connection.exec_driver_sql(statement, asked).partitions(_AT_ONCE))
        found: list[Likeness] = []
        while near := _near(words, rows, limit):
            owners = self._connection.exec_driver_sql(
                _OWNERS, {"ids": json.dumps(list(near)), "rejected": Status.REJECTED.value}
            )
            found += [Likeness(photo_id, name, near[text_id], series) for text_id, photo_id, name, series in owners]
            if sum(each.likeness == 1 for each in found) >= limit:
                break
        return found

    def put(self, photo_id: int, text: Text) -> None:
        if isinstance(text.value, str) and text.field.value in _SENTENCES:
            self._put({"photo_id": photo_id, "file_name": None}, text.language, text.field.value, text.value)

    def put_catalogue(self, texts: Iterable[CatalogueText]) -> None:
        rows = [
            {"file_name": each.file_name, "language": each.language, "field": field, "words": " ".join(word_set(value))}
            for each in texts
            for field, value in zip(_SENTENCES, (each.caption, each.alt_text), strict=True)
        ]
        self.forget_catalogue(dict.fromkeys(row["file_name"] for row in rows))
        if not rows:
            return
        inserted = insert(known_text).returning(known_text.c.id, sort_by_parameter_order=True)
        ids = self._connection.execute(inserted, rows).scalars().all()
        keys = [
            {"key": key, "text_id": text_id}
            for text_id, row in zip(ids, rows, strict=True)
            if row["words"]
            for key in dict.fromkeys(keys_of(row["words"].split(" ")))
        ]
        if keys:
            self._connection.execute(insert(known_text_key), keys)

    def _put(self, owner: dict[str, Any], language: str, field: str, value: str) -> None:
        words = word_set(value)
        column = "photo_id" if owner["photo_id"] is not None else "file_name"
        statement = upsert(known_text).values(**owner, language=language, field=field, words=" ".join(words))
        kept = statement.on_conflict_do_update(
            index_elements=[column, "language", "field"], set_={"words": statement.excluded.words}
        )
        text_id = self._connection.execute(kept.returning(known_text.c.id)).scalar_one()
        self._connection.execute(delete(known_text_key).where(known_text_key.c.text_id == text_id))
        if words:
            rows = [{"key": key, "text_id": text_id} for key in dict.fromkeys(keys_of(words))]
            self._connection.execute(insert(known_text_key), rows)

    def put_missing(self, limit: int = 500) -> int:
        is_known = (
            select(known_text.c.id)
            .where(
                known_text.c.photo_id == photo_text.c.photo_id,
                known_text.c.language == photo_text.c.language,
                known_text.c.field == photo_text.c.field,
            )
            .exists()
        )
        query = select(photo_text).where(photo_text.c.field.in_(_SENTENCES), ~is_known).limit(limit)
        missing = self._connection.execute(query).mappings().all()
        for row in missing:
            self._put({"photo_id": row["photo_id"], "file_name": None}, row["language"], row["field"], row["value"])
        return len(missing)

    def catalogue_names(self) -> frozenset[str]:
        query = select(known_text.c.file_name).where(known_text.c.file_name.is_not(None)).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def forget_catalogue(self, file_names: Iterable[str]) -> None:
        for file_name in file_names:
            self._connection.execute(delete(known_text).where(known_text.c.file_name == file_name))


def _near(own: frozenset[str], rows: Iterator[Row[int, str]], most: int) -> dict[int, float]:
    """Read on until so many texts are the same, and give the likeness of those that are alike, by id."""
    near: dict[int, float] = {}
    same = 0
    for text_id, said in rows:
        likeness = shared(own, said.split(" "))
        if likeness >= TOO_ALIKE:
            near[text_id] = likeness
            same += likeness == 1
        if same >= most:
            break
    return near
