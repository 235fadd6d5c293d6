"""How a row of ``review_queue`` becomes a ``Photo``, and facts become columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import singledispatch
from typing import Any

from sqlalchemy import Connection, bindparam, select

from lightgate.adapters.sqlite.schema import photo_set, photo_text, publication, review_queue
from lightgate.domain.approval.kept import from_told
from lightgate.domain.photo import (
    CaptionFacts,
    Component,
    Exif,
    ExifFacts,
    Failure,
    Field,
    HeaderExtra,
    Hint,
    LedgerState,
    OtherFacts,
    Photo,
    Publication,
    QualityFacts,
    Rights,
    Scores,
    Series,
    SeriesKind,
    Sidecar,
    Source,
    Text,
)
from lightgate.domain.route.pipeline import Position, Status

_EXIF_COLUMNS = tuple(each.name for each in fields(Exif))
_SCORE_COLUMNS = tuple(each.name for each in fields(Scores) if each.name not in {"components", "model", "band"})
#: in front of a stage's name, where its facts stand among others in ``facts``
_STAGE = "stage."
_EXTRA = tuple(each.name for each in fields(HeaderExtra))
#: the columns of a ``Publication``, in the order of its fields
_LEDGER_FIELDS = tuple(each.name for each in fields(Publication))
LEDGER_COLUMNS = tuple(publication.c[name] for name in _LEDGER_FIELDS)

_PLAIN_COLUMNS = (
    "id",
    "set_id",
    "step",
    "status",
    "attempt",
    "version",
    "original_file_name",
    "relative_path",
    "content_hash",
    "size_bytes",
    "suffix",
    "subject",
    "location",
    "folder",
    "file_name",
    "creator",
    "copyright",
    "turn",
    "pictures_turn",
    "turn_error",
    "band",
    "score_components",
    "score_model",
    "facts",
    "series_key",
    "series_position",
    "series_count",
    "series_similarity",
    "qr_by_person",
    "needs_work",
    "rank",
    "error_code",
    "error_message",
    "crashes",
    "approval_id",
    "reject_reason",
    "created_at",
    "updated_at",
)
#: built once, since building a statement takes longer than SQLite takes to run it
_PHOTOS = (
    select(
        *(review_queue.c[name] for name in (*_PLAIN_COLUMNS, *_EXIF_COLUMNS, *_SCORE_COLUMNS)),
        photo_set.c.slug.label("set_slug"),
        photo_set.c.brief.label("set_brief"),
        photo_set.c.languages.label("set_languages"),
    )
    .join_from(review_queue, photo_set)
    .where(review_queue.c.id.in_(bindparam("ids", expanding=True)))
)
_PHOTO_NAMES = tuple(_PHOTOS.selected_columns.keys())
_TEXTS = (
    select(
        *(
            photo_text.c[name]
            for name in ("photo_id", "language", "field", "value", "source", "locked", "model", "prompt_hash")
        )
    )
    .where(photo_text.c.photo_id.in_(bindparam("ids", expanding=True)))
    .order_by(photo_text.c.language, photo_text.c.field)
)
_PUBLICATIONS = (
    select(publication.c.photo_id, *LEDGER_COLUMNS)
    .where(publication.c.photo_id.in_(bindparam("ids", expanding=True)))
    .order_by(publication.c.target)
)


def load(connection: Connection, ids: Sequence[int]) -> list[Photo]:
    """Read photos with texts and publications, in the order of the ids; three statements whatever the number."""
    if not ids:
        return []
    # a dict: reading a column of SQLAlchemy's own row takes ten times as long
    rows = {
        row[0]: dict(zip(_PHOTO_NAMES, row, strict=True)) for row in connection.execute(_PHOTOS, {"ids": list(ids)})
    }
    texts = _texts(connection, rows)
    publications = _publications(connection, rows)
    return [_photo(rows[each], texts.get(each, ()), publications.get(each, ())) for each in ids if each in rows]


def _texts(connection: Connection, ids: Iterable[int]) -> Mapping[int, list[Text]]:
    found: dict[int, list[Text]] = defaultdict(list)
    for photo_id, language, name, value, source, locked, model, prompt_hash in connection.execute(
        _TEXTS, {"ids": list(ids)}
    ):
        told = tuple(value) if isinstance(value, list) else value
        found[photo_id].append(Text(language, Field(name), told, Source(source), locked, model, prompt_hash))
    return found


def publication_of(*told: Any) -> Publication:
    """Read the values of ``LEDGER_COLUMNS``."""
    named = dict(zip(_LEDGER_FIELDS, told, strict=True))
    state, earlier, writers = LedgerState(named["state"]), from_told(named["earlier"]), tuple(named["writers"])
    return Publication(**{**named, "state": state, "earlier": earlier, "writers": writers})


def _publications(connection: Connection, ids: Iterable[int]) -> Mapping[int, list[Publication]]:
    found: dict[int, list[Publication]] = defaultdict(list)
    for photo_id, *told in connection.execute(_PUBLICATIONS, {"ids": list(ids)}):
        found[photo_id].append(publication_of(*told))
    return found


def _photo(row: Mapping[str, Any], texts: Sequence[Text], publications: Sequence[Publication]) -> Photo:
    facts = row["facts"]
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
        extra=HeaderExtra(*map(facts.get, _EXTRA)),
        rights=Rights(row["creator"], row["copyright"]),
        sidecar=_sidecar(facts.get("sidecar")),
        scores=_scores(row),
        hints=tuple(Hint(**each) for each in facts.get("hints", ())),
        series=_series(row),
        qr_by_person=row["qr_by_person"],
        texts=tuple(texts),
        needs_work=row["needs_work"],
        rank=row["rank"],
        error=Failure(row["error_code"], row["error_message"] or "") if row["error_code"] else None,
        crashes=row["crashes"],
        pictures=facts.get("pictures", {}),
        turn=row["turn"],
        pictures_turn=row["pictures_turn"],
        turn_error=row["turn_error"],
        facts={name.removeprefix(_STAGE): value for name, value in facts.items() if name.startswith(_STAGE)},
        approval_id=row["approval_id"],
        reject_reason=row["reject_reason"],
        publications=tuple(publications),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _sidecar(told: Mapping[str, Any] | None) -> Sidecar | None:
    if told is None:
        return None
    # rows of older versions have no languages
    languages = {name: tuple(map(tuple, told.get(name, ()))) for name in ("captions", "alt_texts", "copyrights")}
    return Sidecar(**{**told, **languages, "keywords": tuple(told["keywords"])})


def _series(row: Mapping[str, Any]) -> Series | None:
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
        # sets that were looked at by an older version have none
        rejection=told.get("rejection", ""),
    )


def _scores(row: Mapping[str, Any]) -> Scores:
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
        # pictures of an original that was there before prove nothing of this one
        "facts": {**asdict(facts.extra), "pictures": {}}
        | ({"sidecar": asdict(facts.sidecar)} if facts.sidecar else {}),
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
        "pictures_turn": facts.turn,
        "turn_error": None,
        # looked for anew, see ``pictures.series``
        "series_position": None,
        "facts": {
            "sharpest": facts.sharpest,
            "hints": [asdict(each) for each in facts.hints],
            "pictures": facts.pictures,
        },
    }


@columns_of.register
def _(facts: OtherFacts) -> dict[str, Any]:
    return {"facts": {_STAGE + facts.stage: dict(facts.values)}}


@columns_of.register
def _(facts: CaptionFacts) -> dict[str, Any]:
    return {}
