"""Photos: reading, listing, taking in, and the columns that stages and persons fill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from lightgate.adapters.sqlite.known_texts import KnownTexts
from lightgate.adapters.sqlite.query import conditions as of_query
from lightgate.adapters.sqlite.query import mentions
from lightgate.adapters.sqlite.rows import columns_of, load
from lightgate.adapters.sqlite.schema import metadata_quality, photo_set, photo_text
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.photo import (
    HUMAN_SOURCES,
    CaptionFacts,
    ExifFacts,
    Field,
    Issue,
    Photo,
    QualityFacts,
    Source,
    Text,
    TextValue,
)
from lightgate.domain.pipeline import PUBLISH, RELEASE, REVIEW, Position, Status
from lightgate.domain.risk import rank
from lightgate.domain.words import ReviewStatus
from lightgate.errors import Conflict, DuplicatePhoto, NotFound
from lightgate.store import NewPhoto, Order, PhotoFilter, Place, TextQuality

_IS_LIVE_ROW = row.c.status != Status.REJECTED.value


# Statements are built once, since building one takes longer than SQLite takes to run it.
_RISKY = frozenset({"is_blocked", "needs_work", "confidence", "band"})
_RISKS = select(*(row.c[name] for name in sorted(_RISKY))).where(row.c.id == bindparam("ranked_id"))
#: what a stage's facts are put together with
_KNOWN = select(row.c.facts, row.c.qr_by_person, *(row.c[name] for name in sorted(_RISKY))).where(
    row.c.id == bindparam("known_id")
)

_MOVE = (
    update(row)
    .where(
        row.c.id == bindparam("moved_id"),
        row.c.version == bindparam("seen_version"),
        row.c.step == bindparam("seen_step"),
        row.c.status == bindparam("seen_status"),
        row.c.attempt == bindparam("seen_attempt"),
    )
    .values(
        step=bindparam("next_step"),
        status=bindparam("next_status"),
        attempt=bindparam("next_attempt"),
        crashes=0,
        version=bindparam("next_version"),
        not_before=None,
        lease_owner=None,
        lease_until=None,
        error_code=None,
        error_message=None,
        updated_at=bindparam("moved_at"),
    )
)


@cache
def _writing(names: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(row).where(row.c.id == bindparam("written_id")).values(values)


@cache
def _putting_quality(new: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    names = ("photo_id", "created_at", "updated_at", *new)
    statement = upsert(metadata_quality).values({name: bindparam(name) for name in names})
    replaced = {name: statement.excluded[name] for name in (*changed, "updated_at")}
    return statement.on_conflict_do_update(index_elements=["photo_id"], set_=replaced)


class Photos:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, photo_id: int) -> Photo:
        found = load(self._connection, [photo_id])
        if not found:
            raise NotFound(what="photo", key=photo_id)
        return found[0]

    def many(self, ids: Sequence[int]) -> Sequence[Photo]:
        return load(self._connection, ids)

    def page(
        self,
        wanted: PhotoFilter,
        *,
        after: int | Place | None = None,
        before: int | Place | None = None,
        limit: int = 50,
    ) -> Sequence[Photo]:
        order = [row.c.id] if wanted.order is Order.ID else [row.c.rank, row.c.id]
        query = select(row.c.id).where(*_conditions(wanted)).limit(limit)
        if before is None:
            query = query.where(_beyond(wanted.order, after, is_after=True)).order_by(*order)
            return load(self._connection, list(self._connection.execute(query).scalars()))
        query = query.where(_beyond(wanted.order, before, is_after=False)).order_by(*(each.desc() for each in order))
        return load(self._connection, list(reversed(self._connection.execute(query).scalars().all())))

    def count(self, wanted: PhotoFilter) -> int:
        query = select(func.count()).select_from(row).where(row.c.id > 0, *_conditions(wanted))
        return self._connection.execute(query).scalar_one()

    def count_by_status(self, set_id: int | None = None) -> Mapping[str, int]:
        # grouped in the order of an index, which is many times quicker than by the word itself
        query = select(_WORD, func.count()).group_by(row.c.step, row.c.status, row.c.needs_work)
        if set_id is not None:
            query = query.where(row.c.set_id == set_id)
        found = Counter[str]()
        for status, count in self._connection.execute(query):
            found[status] += count
        return found

    def count_by_set(self) -> Mapping[int, Mapping[str, int]]:
        found: dict[int, Counter[str]] = {}
        parts = (row.c.set_id, row.c.step, row.c.status, row.c.needs_work)
        query = select(row.c.set_id, _WORD, func.count()).group_by(*parts)
        for set_id, status, count in self._connection.execute(query):
            found.setdefault(set_id, Counter())[status] += count
        return found

    def count_by_position(self, set_id: int) -> Mapping[tuple[str, str], int]:
        query = select(row.c.step, row.c.status, func.count()).where(row.c.set_id == set_id)
        grouped = self._connection.execute(query.group_by(row.c.step, row.c.status))
        return {(step, status): count for step, status, count in grouped}

    def add(self, set_id: int, new: NewPhoto, position: Position, at: datetime) -> int:
        of_set = select(photo_set.c.subject, photo_set.c.location, photo_set.c.folder).where(photo_set.c.id == set_id)
        subject, location, folder = self._connection.execute(of_set).one()
        values = {
            **asdict(new),
            "set_id": set_id,
            "step": position.step,
            "status": position.status.value,
            "attempt": position.attempt,
            "subject": subject,
            "location": location,
            "folder": folder,
            "created_at": at,
            "updated_at": at,
        }
        twin = self.with_hash([new.content_hash]).get(new.content_hash)
        if twin is not None:
            raise DuplicatePhoto(photo_id=twin)
        return int(self._connection.execute(insert(row).values(values).returning(row.c.id)).scalar_one())

    def with_hash(self, hashes: Sequence[str]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(hashes), 500):
            query = select(row.c.content_hash, row.c.id).where(
                row.c.content_hash.in_(hashes[start : start + 500]), _IS_LIVE_ROW
            )
            found.update({content_hash: photo_id for content_hash, photo_id in self._connection.execute(query)})
        return found

    def known_sizes(self) -> frozenset[int]:
        return frozenset(self._connection.execute(select(row.c.size_bytes).distinct()).scalars())

    def all_hashes(self) -> frozenset[str]:
        return frozenset(self._connection.execute(select(row.c.content_hash).distinct()).scalars())

    def move(self, photo: Photo, after: Position, at: datetime, *, raise_version: bool = False) -> None:
        before = photo.position
        values = {
            "moved_id": photo.id,
            "seen_version": photo.version,
            "seen_step": before.step,
            "seen_status": before.status.value,
            "seen_attempt": before.attempt,
            "next_step": after.step,
            "next_status": after.status.value,
            "next_attempt": after.attempt,
            "next_version": photo.version + int(raise_version),
            "moved_at": at,
        }
        try:
            count = self._connection.execute(_MOVE, values).rowcount
        except IntegrityError as error:
            if "content_hash" not in str(error.orig):
                raise
            raise DuplicatePhoto(photo_id=self.with_hash([photo.content_hash])[photo.content_hash]) from error
        if count != 1:
            raise Conflict

    def touch(self, photo: Photo, at: datetime) -> None:
        is_same = and_(row.c.id == photo.id, row.c.version == photo.version)
        touched = update(row).where(is_same).values(version=photo.version + 1, updated_at=at)
        if self._connection.execute(touched).rowcount != 1:
            raise Conflict

    def write(self, photo_id: int, values: Mapping[str, Any]) -> None:
        self._write(photo_id, values)
        if not _RISKY.isdisjoint(values):
            self._rank(photo_id)

    def _write(self, photo_id: int, values: Mapping[str, Any]) -> None:
        bound = {f"new_{name}": value for name, value in values.items()}
        self._connection.execute(_writing(tuple(values)), {"written_id": photo_id, **bound})

    def _rank(self, photo_id: int) -> None:
        found = self._connection.execute(_RISKS, {"ranked_id": photo_id}).mappings().first()
        if found is not None:
            self._connection.execute(_writing(("rank",)), {"written_id": photo_id, "new_rank": rank(**found)})

    def write_facts(self, photo_id: int, facts: ExifFacts | QualityFacts | CaptionFacts, at: datetime) -> None:
        columns = columns_of(facts)
        if columns:
            self._write(photo_id, {**self._merged(photo_id, columns), "updated_at": at})
        for text in getattr(facts, "texts", ()):
            if not self._is_kept(photo_id, text):
                self.put_text(photo_id, text, at)
        if isinstance(facts, CaptionFacts):
            self._write_generation(photo_id, facts, at)

    def _merged(self, photo_id: int, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what is known from elsewhere: other stages' facts, and the band of a reviewer's own rating."""
        known = self._connection.execute(_KNOWN, {"known_id": photo_id}).mappings().first()
        merged = dict(columns)
        if known is None:
            return merged
        if "facts" in merged:
            merged["facts"] = (known["facts"] or {}) | merged["facts"]
        if known["qr_by_person"] is not None:
            merged.pop("band", None)
        if not _RISKY.isdisjoint(merged):
            merged["rank"] = rank(**{name: merged.get(name, known[name]) for name in _RISKY})
        return merged

    def _is_kept(self, photo_id: int, text: Text) -> bool:
        """What a person wrote, or locked, is never overwritten by a stage."""
        sources = [source.value for source in HUMAN_SOURCES]
        query = select(photo_text.c.photo_id).where(
            _is_text(photo_id, text), or_(photo_text.c.locked, photo_text.c.source.in_(sources))
        )
        return self._connection.execute(query).first() is not None

    def put_text(self, photo_id: int, text: Text, at: datetime) -> None:
        written = {
            "value": list(text.value) if text.field is Field.KEYWORDS else text.value,
            "source": text.source.value,
            "locked": text.locked,
            "model": text.model,
            "prompt_hash": text.prompt_hash,
            "updated_at": at,
        }
        key = {"photo_id": photo_id, "language": text.language, "field": text.field.value}
        statement = upsert(photo_text).values(**key, **written)
        self._connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=written))
        KnownTexts(self._connection).put(photo_id, text)

    def put_proof(
        self,
        photo_id: int,
        issues: Sequence[Issue],
        score: float,
        at: datetime,
        field_scores: Mapping[str, float] | None = None,
    ) -> None:
        needs_work = any(issue.severity != "note" for issue in issues)
        is_blocked = any(issue.severity == "block" for issue in issues)
        self.write(photo_id, {"needs_work": needs_work, "is_blocked": is_blocked})
        self._put_quality(
            photo_id,
            at,
            issues=[asdict(issue) for issue in issues],
            score=score,
            status="NEEDS_WORK" if needs_work else "PASS",
            **({} if field_scores is None else {"field_scores": dict(field_scores)}),
        )

    def _write_generation(self, photo_id: int, facts: CaptionFacts, at: datetime) -> None:
        mode = next((text.source.value for text in facts.texts), None)
        self.write(photo_id, {"confidence": facts.confidence})
        self._put_quality(
            photo_id,
            at,
            generation_mode=mode,
            attempts=facts.attempts,
            fallback_used=facts.fallback_used,
            confidence=facts.confidence,
            model=next((text.model for text in facts.texts if text.model), None),
            prompt_hash=next((text.prompt_hash for text in facts.texts if text.prompt_hash), None),
            rewrites=facts.rewrites,
            repairs=list(facts.repairs),
            before=_by_name(facts.before),
            after=_by_name(facts.texts),
            verdict=_verdict(facts),
            field_scores=dict(facts.field_scores),
        )

    def _put_quality(self, photo_id: int, at: datetime, **values: Any) -> None:
        new = {"status": "NEEDS_WORK", "issues": [], **values}
        bound = {"photo_id": photo_id, "created_at": at, "updated_at": at, **new}
        self._connection.execute(_putting_quality(tuple(new), tuple(values)), bound)

    def issues(self, photo_id: int) -> Sequence[Issue]:
        query = select(metadata_quality.c.issues).where(metadata_quality.c.photo_id == photo_id)
        stored = self._connection.execute(query).scalar() or []
        return [Issue(**{**each, "field": Field(each["field"]) if each["field"] else None}) for each in stored]

    def quality(self, photo_id: int) -> TextQuality | None:
        query = select(metadata_quality).where(metadata_quality.c.photo_id == photo_id)
        found = self._connection.execute(query).mappings().first()
        if found is None:
            return None
        values = {each.name: found[each.name] for each in fields(TextQuality)}
        texts = {name: _values(values[name]) for name in ("before", "after")}
        return TextQuality(**{**values, **texts, "repairs": tuple(values["repairs"])})

    def file_names(self) -> frozenset[str]:
        query = select(row.c.file_name).where(row.c.file_name.is_not(None))
        return frozenset(self._connection.execute(query).scalars())

    def sources_to_remove(self, limit: int = 100) -> Sequence[tuple[Photo, str]]:
        query = select(row.c.id, row.c.source_path).where(row.c.remove_source).order_by(row.c.id).limit(limit)
        paths = {photo_id: path for photo_id, path in self._connection.execute(query)}
        return [(photo, paths[photo.id]) for photo in load(self._connection, list(paths))]

    def source_path(self, photo_id: int) -> str:
        return str(self._connection.execute(select(row.c.source_path).where(row.c.id == photo_id)).scalar_one())

    def delete(self, photo_id: int) -> None:
        self._connection.execute(delete(row).where(row.c.id == photo_id))


def _by_name(texts: Sequence[Text]) -> dict[str, Any]:
    return {f"{text.field}.{text.language}": text.value for text in texts}


def _values(stored: Mapping[str, Any] | None) -> dict[str, TextValue]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in (stored or {}).items()}


def _verdict(facts: CaptionFacts) -> str:
    if any(text.source is Source.DRAFT for text in facts.texts):
        return "drafted"
    return "rewritten" if facts.rewrites else "repaired" if facts.repairs else "written"


def _is_text(photo_id: int, text: Text) -> ColumnElement[bool]:
    return and_(
        photo_text.c.photo_id == photo_id,
        photo_text.c.language == text.language,
        photo_text.c.field == text.field.value,
    )


def _at(step: str, *statuses: Status) -> ColumnElement[bool]:
    return and_(row.c.step == step, row.c.status.in_([status.value for status in statuses]))


#: ``domain.words.review_status`` as SQL; the order matters, and a test holds both equal
_STATUS_CONDITIONS: dict[ReviewStatus, ColumnElement[bool]] = {
    ReviewStatus.REJECTED: row.c.status == Status.REJECTED.value,
    ReviewStatus.ERROR: row.c.status == Status.FAILED.value,
    ReviewStatus.PUBLISHED: row.c.status == Status.PUBLISHED.value,
    ReviewStatus.RELEASED: _at(PUBLISH, Status.QUEUED, Status.RUNNING),
    ReviewStatus.APPROVED: _at(RELEASE, Status.WAITING),
    ReviewStatus.NEEDS_WORK: and_(_at(REVIEW, Status.WAITING), row.c.needs_work),
    ReviewStatus.PENDING: and_(_at(REVIEW, Status.WAITING), ~row.c.needs_work),
    ReviewStatus.QUEUED: and_(
        row.c.step.not_in([REVIEW, RELEASE, PUBLISH]),
        row.c.status.in_([Status.QUEUED.value, Status.RUNNING.value, Status.WAITING.value]),
    ),
}


_WORD = case(*((condition, literal(status.value)) for status, condition in _STATUS_CONDITIONS.items()))


def _conditions(wanted: PhotoFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.set_id is not None:
        conditions.append(row.c.set_id == wanted.set_id)
    if wanted.review_status is not None:
        conditions.append(_STATUS_CONDITIONS[ReviewStatus(wanted.review_status)])
    if wanted.undecided:
        conditions.append(_at(REVIEW, Status.WAITING))
    if wanted.ids is not None:
        conditions.append(row.c.id.in_(wanted.ids))
    if wanted.band is not None:
        conditions.append(row.c.band == wanted.band)
    if wanted.search:
        conditions.append(mentions(wanted.search))
    conditions.extend(of_query(wanted.query))
    return conditions


def _beyond(order: Order, place: int | Place | None, *, is_after: bool) -> ColumnElement[bool]:
    if place is None:
        # every row, and said so that the primary key is walked
        return row.c.id > 0
    at = place if isinstance(place, Place) else Place(place)
    if order is Order.ID:
        return row.c.id > at.id if is_after else row.c.id < at.id
    other = row.alias()
    now = select(other.c.rank).where(other.c.id == at.id).scalar_subquery()
    here, there = tuple_(row.c.rank, row.c.id), tuple_(now if at.rank is None else literal(at.rank), literal(at.id))
    return here > there if is_after else here < there
