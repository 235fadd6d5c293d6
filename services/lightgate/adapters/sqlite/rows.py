"""How a row of ``review_queue`` becomes a ``Photo``, and facts become columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import singledispatch
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from lightgate.adapters.sqlite.schema import photo_set, photo_text, publication, review_queue
from lightgate.domain.photo import (
    CaptionFacts,
    Component,
    Exif,
    ExifFacts,
    Failure,
    Field,
    HeaderExtra,
    Hint,
    Photo,
    Publication,
    QualityFacts,
    Rights,
    Scores,
    Series,
    SeriesKind,
    Source,
    Text,
)
from lightgate.domain.pipeline import Position, Status

_EXIF_COLUMNS = tuple(each.name for each in fields(Exif))
_SCORE_COLUMNS = tuple(each.name for each in fields(Scores) if each.name not in {"components", "model", "band"})

_LEDGER_FIELDS = tuple(each.name for each in fields(Publication))

#: what a photo is read from: its row and its set's
PHOTO_COLUMNS = (
    *(column for column in review_queue.c if column.name not in {"embedding", "own_id"}),
    photo_set.c.slug.label("set_slug"),
    photo_set.c.brief.label("set_brief"),
    photo_set.c.languages.label("set_languages"),
)

#: built once, since building a statement takes longer than SQLite takes to run it
_PHOTOS = (
    select(*PHOTO_COLUMNS)
    .join_from(review_queue, photo_set)
    .where(review_queue.c.id.in_(bindparam("ids", expanding=True)))
)
_TEXTS = (
    select(photo_text)
    .where(photo_text.c.photo_id.in_(bindparam("ids", expanding=True)))
    .order_by(photo_text.c.language, photo_text.c.field)
)
_PUBLICATIONS = (
    select(publication)
    .where(publication.c.photo_id.in_(bindparam("ids", expanding=True)))
    .order_by(publication.c.target)
)


def load(connection: Connection, ids: Sequence[int]) -> list[Photo]:
    """Read photos with texts and publications, in the order of the ids; three statements whatever the number."""
    if not ids:
        return []
    rows = {row["id"]: row for row in connection.execute(_PHOTOS, {"ids": list(ids)}).mappings()}
    texts = _texts(connection, rows)
    publications = _publications(connection, rows)
    return [_photo(rows[each], texts[each], publications[each]) for each in ids if each in rows]


def _texts(connection: Connection, ids: Iterable[int]) -> Mapping[int, list[Text]]:
    found: dict[int, list[Text]] = defaultdict(list)
    for row in connection.execute(_TEXTS, {"ids": list(ids)}).mappings():
        value = tuple(row["value"]) if isinstance(row["value"], list) else row["value"]
        found[row["photo_id"]].append(
            Text(
                language=row["language"],
                field=Field(row["field"]),
                value=value,
                source=Source(row["source"]),
                locked=row["locked"],
                model=row["model"],
                prompt_hash=row["prompt_hash"],
            )
        )
    return found


def _publications(connection: Connection, ids: Iterable[int]) -> Mapping[int, list[Publication]]:
    found: dict[int, list[Publication]] = defaultdict(list)
    for row in connection.execute(_PUBLICATIONS, {"ids": list(ids)}).mappings():
        found[row["photo_id"]].append(Publication(**{name: row[name] for name in _LEDGER_FIELDS}))
    return found


def _photo(row: RowMapping, texts: Sequence[Text], publications: Sequence[Publication]) -> Photo:
    return Photo(
        id=row["id"],
        set_id=row["set_id"],
        set_slug=row["set_slug"],
        position=Position(row["step"], Status(row["status"]), row["attempt"]),
        version=row["version"],
        original_file_name=row["original_file_name"],
        relative_path=row["relative_path"],
        content_hash=row["content_hash"],
        size_bytes=row["size_bytes"],
        suffix=row["suffix"],
        subject=row["subject"],
        location=row["location"],
        folder=row["folder"],
        brief=row["set_brief"],
        languages=tuple(row["set_languages"]),
        file_name=row["file_name"],
        exif=Exif(**{name: row[name] for name in _EXIF_COLUMNS}),
        rights=Rights(row["creator"], row["copyright"]),
        scores=_scores(row),
        extra=HeaderExtra(**{each.name: row["facts"].get(each.name) for each in fields(HeaderExtra)}),
        hints=tuple(Hint(**each) for each in row["facts"].get("hints", ())),
        series=_series(row),
        qr_by_person=row["qr_by_person"],
        texts=tuple(texts),
        needs_work=row["needs_work"],
        rank=row["rank"],
        error=Failure(row["error_code"], row["error_message"] or "") if row["error_code"] else None,
        crashes=row["crashes"],
        approval_id=row["approval_id"],
        reject_reason=row["reject_reason"],
        publications=tuple(publications),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _series(row: RowMapping) -> Series | None:
    told = row["facts"].get("series")
    if told is None or row["series_key"] is None:
        return None
    return Series(
        key=row["series_key"],
        kind=SeriesKind(told["kind"]),
        position=row["series_position"],
        count=row["series_count"],
        similarity=row["series_similarity"],
        rank=told["rank"],
        reason=told["reason"],
    )


def _scores(row: RowMapping) -> Scores:
    return Scores(
        **{name: row[name] for name in _SCORE_COLUMNS},
        band=row["band"],
        components=tuple(Component(**each) for each in row["score_components"] or ()),
        model=row["score_model"],
    )


@singledispatch
def columns_of(facts: Any) -> dict[str, Any]:
    """Give the columns of ``review_queue`` that facts fill."""
    raise TypeError(f"no columns for {type(facts).__name__}")


@columns_of.register
def _(facts: ExifFacts) -> dict[str, Any]:
    return {
        **asdict(facts.exif),
        "creator": facts.rights.creator,
        "copyright": facts.rights.copyright,
        "facts": asdict(facts.extra),
    }


@columns_of.register
def _(facts: QualityFacts) -> dict[str, Any]:
    scores = facts.scores
    return {
        **{name: getattr(scores, name) for name in _SCORE_COLUMNS},
        "band": scores.band,
        "score_components": [asdict(each) for each in scores.components],
        "score_model": scores.model,
        "width": facts.width,
        "height": facts.height,
        "perceptual_hash": facts.perceptual_hash,
        "difference_hash": facts.difference_hash,
        "embedding": facts.embedding,
        # looked for anew, see ``series_gate``
        "series_position": None,
        "facts": {"sharpest": facts.sharpest, "hints": [asdict(each) for each in facts.hints]},
    }


@columns_of.register
def _(facts: CaptionFacts) -> dict[str, Any]:
    return {}
