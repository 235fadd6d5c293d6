"""What pictures have in common: series, and likeness by their embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, RowMapping, Text, func, select, update

from lightgate.adapters.sqlite.listing.lists import BY_SET_AND_STATE
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.keywords.subject import HintedPhoto
from lightgate.domain.photo import Hint, Series
from lightgate.domain.route.pipeline import REVIEW, Status
from lightgate.domain.series.rank import Place
from lightgate.domain.series.shot import Shot, exposure_seconds, f_number, seconds
from lightgate.store import Judged

_SHOT_COLUMNS = tuple(
    row.c[name]
    for name in (
        "id",
        "content_hash",
        "relative_path",
        "original_file_name",
        "camera",
        "date_time",
        "sub_seconds",
        "width",
        "height",
        "format",
        "turn",
        "exposure",
        "aperture",
        "iso",
        "focal_length_mm",
        "perceptual_hash",
        "difference_hash",
        "embedding",
        "score_model",
        "qr",
        "qr_by_person",
        "score_components",
        "facts",
    )
)
_HINT = (("label", Text), ("share", Float))
_ALONE: dict[str, Any] = {"series_key": None, "series_position": 1, "series_count": 1, "series_similarity": None}


class Pictures:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hinted(self, set_id: int) -> Sequence[HintedPhoto]:
        waits = (row.c.step == REVIEW) & (row.c.status == Status.WAITING.value)
        # read by SQLite: Python would take five times as long for all that the facts hold
        hint = tuple(func.json_extract(row.c.facts, f"$.hints[0].{name}", type_=kind) for name, kind in _HINT)
        query = select(row.c.id, row.c.subject, *hint).where(row.c.set_id == set_id, waits)
        # sorted here: for the order of an index, SQLite would look at what waits in all sets
        found = sorted(self._connection.execute(query.with_hint(row, BY_SET_AND_STATE, "sqlite")), key=itemgetter(0))
        return [
            HintedPhoto(photo_id, subject, (Hint(label, share),) if label is not None else ())
            for photo_id, subject, label, share in found
        ]

    def sets_without_series(self, steps: Sequence[str]) -> Sequence[int]:
        is_new = row.c.series_position.is_(None) & row.c.perceptual_hash.is_not(None)
        query = select(row.c.set_id).distinct().where(row.c.step.in_(steps), is_new).order_by(row.c.set_id)
        return self._connection.execute(query).scalars().all()

    def shots(self, set_id: int, series_key: str | None = None) -> Sequence[Shot]:
        is_known = row.c.perceptual_hash.is_not(None) & (row.c.status != Status.REJECTED.value)
        if series_key is not None:
            is_known &= row.c.series_key == series_key
        query = select(*_SHOT_COLUMNS).where(row.c.set_id == set_id, is_known).order_by(row.c.id)
        return [_shot(found) for found in self._connection.execute(query).mappings()]

    def of_series(self, set_id: int, series_key: str) -> Sequence[int]:
        is_it = (row.c.set_id == set_id) & (row.c.series_key == series_key)
        return self._connection.execute(select(row.c.id).where(is_it).order_by(row.c.id)).scalars().all()

    def put_series(self, set_id: int, found: Mapping[int, Series]) -> None:
        known = select(row.c.id, row.c.facts).where(row.c.set_id == set_id, row.c.perceptual_hash.is_not(None))
        for photo_id, facts in self._connection.execute(known).all():
            place = found.get(photo_id)
            told = {name: value for name, value in facts.items() if name != "series"}
            columns = _ALONE if place is None else _columns(place)
            if place is not None:
                told["series"] = {"kind": place.kind.value, **_rank(place)}
            self._connection.execute(update(row).where(row.c.id == photo_id).values(**columns, facts=told))

    def put_ranks(self, found: Mapping[int, Place]) -> None:
        known = select(row.c.id, row.c.facts).where(row.c.id.in_(found))
        for photo_id, facts in self._connection.execute(known).all():
            if "series" in facts:
                told = {**facts, "series": {**facts["series"], **_rank(found[photo_id])}}
                self._connection.execute(update(row).where(row.c.id == photo_id).values(facts=told))

    def starred(self) -> Sequence[Judged]:
        found = self._judged(row.c.facts["stars"].as_integer().is_not(None))
        return [_judged(each, each["facts"]["stars"]) for each in found]

    def decided(self) -> Sequence[Judged]:
        is_rejected = row.c.status == Status.REJECTED.value
        found = self._judged(is_rejected | row.c.approval_id.is_not(None))
        return [_judged(each, float(each["status"] != Status.REJECTED.value)) for each in found]

    def undecided(self, steps: Sequence[str]) -> Sequence[Judged]:
        waits = row.c.step.in_(steps) & (row.c.status != Status.REJECTED.value) & row.c.approval_id.is_(None)
        return [_judged(each, 0.0) for each in self._judged(waits & row.c.qr_by_person.is_(None))]

    def _judged(self, condition: ColumnElement[bool]) -> Sequence[RowMapping]:
        columns = (
            row.c[name] for name in ("id", "embedding", "score_model", "metrics_version", "qr", "facts", "status")
        )
        is_rated = row.c.embedding.is_not(None) & row.c.qr.is_not(None)
        query = select(*columns, row.c.score_components).where(is_rated, condition).order_by(row.c.id)
        return self._connection.execute(query).mappings().all()

    def similar(self, photo_id: int, limit: int = 20) -> Sequence[tuple[int, float]]:
        # 0.1 s and 20 MB, and only this question needs it
        import numpy as np  # noqa: PLC0415

        query = select(row.c.embedding, row.c.score_model).where(row.c.id == photo_id)
        this = self._connection.execute(query).first()
        if this is None or not this.embedding:
            return ()
        others = select(row.c.id, row.c.embedding).where(
            row.c.score_model == this.score_model,
            row.c.embedding.is_not(None),
            row.c.id != photo_id,
            row.c.status != Status.REJECTED.value,
        )
        found = self._connection.execute(others).all()
        if not found:
            return ()
        vectors = np.frombuffer(b"".join(each.embedding for each in found), dtype="<f2").astype(np.float32)
        likeness = vectors.reshape(len(found), -1) @ np.frombuffer(this.embedding, dtype="<f2").astype(np.float32)
        best = np.argsort(-likeness, kind="stable")[:limit]
        return [(found[at].id, round(float(likeness[at]), 4)) for at in best]


def _judged(found: RowMapping, judgement: float) -> Judged:
    return Judged(
        id=found["id"],
        embedding=found["embedding"],
        model=found["score_model"] or "",
        metrics_version=found["metrics_version"] or "",
        marks=_marks(found["score_components"]),
        qr=found["qr"],
        judgement=float(judgement),
    )


def _marks(components: Sequence[Mapping[str, Any]] | None) -> dict[str, float]:
    return {each["name"]: each["score"] for each in components or () if each["score"] is not None}


def _columns(place: Series) -> dict[str, Any]:
    return {
        "series_key": place.key,
        "series_position": place.position,
        "series_count": place.count,
        "series_similarity": place.similarity,
    }


def _rank(place: Place | Series) -> dict[str, Any]:
    return {"rank": place.rank, "reason": place.reason, "rejection": place.rejection}


def _shot(found: RowMapping) -> Shot:
    # hashes and likeness are of the picture as it came
    size = (found["width"] or 3, found["height"] or 2)
    width, height = reversed(size) if found["turn"] % 2 else size
    return Shot(
        id=found["id"],
        content_hash=found["content_hash"],
        path=found["relative_path"],
        file_name=found["original_file_name"],
        camera=found["camera"],
        taken_s=seconds(found["date_time"], found["sub_seconds"]),
        width=width,
        height=height,
        exposure_s=exposure_seconds(found["exposure"]),
        f_number=f_number(found["aperture"]),
        iso=found["iso"],
        focal_length_mm=found["focal_length_mm"],
        bias=found["facts"].get("exposure_bias"),
        perceptual_hash=_bits(found["perceptual_hash"]),
        difference_hash=_bits(found["difference_hash"]),
        embedding=found["embedding"],
        model=found["score_model"],
        qr=found["qr"] if found["qr_by_person"] is None else found["qr_by_person"],
        is_rated_by_person=found["qr_by_person"] is not None,
        is_preview=found["format"] == "RAW",
        marks=_marks(found["score_components"]),
    )


def _bits(written: str | None) -> int | None:
    return int(written, 16) if written else None
