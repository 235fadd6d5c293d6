"""Photos: reading, listing, taking in, and the columns that stages and persons fill."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from lightgate.adapters.sqlite import facts
from lightgate.adapters.sqlite.listing.lists import List
from lightgate.adapters.sqlite.listing.places import status_conditions
from lightgate.adapters.sqlite.rows import load
from lightgate.adapters.sqlite.schema import metadata_quality, photo_count, photo_set
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.photo import Failure, Field, Issue, Photo, StageFacts, Text, TextValue
from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import Conflict, DuplicatePhoto, NotFound
from lightgate.store import Around, Identity, NewPhoto, Original, PhotoFilter, Place, TextQuality, Total

#: a photo's ``ReviewStatus``, of the rows of ``photo_count``
_WORD = case(*((condition, literal(status.value)) for status, condition in status_conditions(photo_count).items()))

# built once, since building a statement takes longer than SQLite takes to run it
_NUMBER = func.sum(photo_count.c.number)
_POSITION = (photo_count.c.step, photo_count.c.status)
_IN_ANY_SET, _IN_SET = photo_count.c.set_id > 0, photo_count.c.set_id == bindparam("set_id")
_BY_STATUS = select(_WORD, _NUMBER).where(_IN_ANY_SET).group_by(_WORD)
_BY_STATUS_IN_SET = select(_WORD, _NUMBER).where(_IN_SET).group_by(_WORD)
_BY_SET = select(photo_count.c.set_id, _WORD, _NUMBER).where(_IN_ANY_SET).group_by(photo_count.c.set_id, _WORD)
_BY_POSITION = select(*_POSITION, _NUMBER).where(_IN_ANY_SET).group_by(*_POSITION)
_BY_POSITION_IN_SET = select(*_POSITION, _NUMBER).where(_IN_SET).group_by(*_POSITION)

_IS_LIVE_ROW = row.c.status != Status.REJECTED.value

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


class Photos:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, photo_id: int) -> Photo:
        found = load(self._connection, [photo_id])
        if not found:
            raise NotFound(what="photo", key=photo_id)
        return found[0]

    def pictures(self, photo_id: int) -> tuple[str, Mapping[str, str]]:
        query = select(row.c.content_hash, row.c.facts).where(row.c.id == photo_id)
        found = self._connection.execute(query).first()
        if found is None:
            raise NotFound(what="photo", key=photo_id)
        return found.content_hash, (found.facts or {}).get("pictures", {})

    def put_pictures(
        self,
        photo_id: int,
        content_hash: str,
        hashes: Mapping[str, str],
        turn: int = 0,
        sharpest: tuple[float, float] | None = None,
    ) -> bool:
        is_it = (row.c.id == photo_id, row.c.content_hash == content_hash)
        told = {"pictures": dict(hashes)} | ({} if sharpest is None else {"sharpest": sharpest})
        pairs = [part for name, value in told.items() for part in (f"$.{name}", func.json(json.dumps(value)))]
        made = func.json_set(func.coalesce(row.c.facts, "{}"), *pairs)
        written = update(row).where(*is_it).values(facts=made, pictures_turn=turn, turn_error=None)
        return self._connection.execute(written).rowcount == 1

    def put_turn(self, photo_id: int, turn: int) -> None:
        lies_down = (row.c.turn + turn) % 2 == 1
        size = {
            "width": case((lies_down, row.c.height), else_=row.c.width),
            "height": case((lies_down, row.c.width), else_=row.c.height),
        }
        self._connection.execute(update(row).where(row.c.id == photo_id).values(turn=turn, turn_error=None, **size))

    def put_turn_error(self, photo_id: int, turn: int, why: str) -> None:
        is_it = (row.c.id == photo_id, row.c.turn == turn)
        self._connection.execute(update(row).where(*is_it).values(turn_error=why))

    def to_be_turned(self, limit: int) -> Sequence[int]:
        is_due = (row.c.turn != row.c.pictures_turn, row.c.turn_error.is_(None))
        has_some = func.coalesce(func.json_extract(row.c.facts, "$.pictures"), "{}") != "{}"
        query = select(row.c.id).where(*is_due, has_some).order_by(row.c.id).limit(limit)
        return self._connection.execute(query).scalars().all()

    def without_pictures(self, after: int, up_to: int, limit: int) -> Sequence[tuple[int, str]]:
        known = func.coalesce(func.json_extract(row.c.facts, "$.pictures"), "{}")
        query = select(row.c.id, row.c.content_hash).where(row.c.id > after, row.c.id <= up_to, known == "{}")
        return [
            (each.id, each.content_hash) for each in self._connection.execute(query.order_by(row.c.id).limit(limit))
        ]

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
        return load(self._connection, List(wanted).page(self._connection, _place(after), _place(before), limit))

    def ids(self, wanted: PhotoFilter, limit: int | None = None) -> Sequence[int]:
        return List(wanted).page(self._connection, None, None, limit)

    def counted_page(
        self, wanted: PhotoFilter, *, after: Place | None = None, before: Place | None = None, limit: int = 50
    ) -> tuple[Sequence[Photo], Total]:
        ids, total = List(wanted).counted_page(self._connection, after, before, limit)
        return load(self._connection, ids), total

    def around(self, wanted: PhotoFilter, place: Place) -> Around:
        return List(wanted).around(self._connection, place)

    def count(self, wanted: PhotoFilter) -> int:
        return List(wanted).count(self._connection)

    def count_by_status(self, set_id: int | None = None) -> Mapping[str, int]:
        query = _BY_STATUS if set_id is None else _BY_STATUS_IN_SET
        return {status: number for status, number in self._connection.execute(query, _given(set_id)) if number}

    def count_by_set(self) -> Mapping[int, Mapping[str, int]]:
        found: dict[int, dict[str, int]] = {}
        for set_id, status, number in self._connection.execute(_BY_SET):
            if number:
                found.setdefault(set_id, {})[status] = number
        return found

    def count_by_position(self, set_id: int | None = None) -> Mapping[tuple[str, str], int]:
        query = _BY_POSITION if set_id is None else _BY_POSITION_IN_SET
        found = self._connection.execute(query, _given(set_id))
        return {(step, status): number for step, status, number in found if number}

    def add(self, set_id: int, new: NewPhoto, position: Position, at: datetime) -> int:
        of_set = select(photo_set.c.subject, photo_set.c.location, photo_set.c.folder).where(photo_set.c.id == set_id)
        subject, location, folder = self._connection.execute(of_set).one()
        told = asdict(new)
        sidecar = told.pop("sidecar")
        values = {
            **told,
            "facts": {"sidecar": sidecar} if sidecar else {},
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
        self.move_all([(photo, after)], at, raise_version=raise_version)

    def move_all(self, moves: Sequence[tuple[Photo, Position]], at: datetime, *, raise_version: bool = False) -> None:
        if not moves:
            return
        try:
            count = self._connection.execute(_MOVE, [_move(*each, at, raise_version) for each in moves]).rowcount
        except IntegrityError as error:
            if "content_hash" not in str(error.orig):
                raise
            taken = self.with_hash([photo.content_hash for photo, _ in moves])
            raise DuplicatePhoto(photo_id=next(iter(taken.values()))) from error
        if count != len(moves):
            raise Conflict

    def touch(self, photo: Photo, at: datetime) -> None:
        is_same = and_(row.c.id == photo.id, row.c.version == photo.version)
        touched = update(row).where(is_same).values(version=photo.version + 1, updated_at=at)
        if self._connection.execute(touched).rowcount != 1:
            raise Conflict

    def put_names(self, names: Mapping[int, str | None]) -> None:
        self._write({photo_id: {"file_name": name} for photo_id, name in names.items()})

    def put_identity(self, photo_id: int, changed: Mapping[Identity, str]) -> None:
        self._write({photo_id: {str(name): value for name, value in changed.items()}})

    def put_failures(self, found: Mapping[int, Failure]) -> None:
        self._write({key: {"error_code": each.code, "error_message": each.message} for key, each in found.items()})

    def put_approval(self, photo_id: int, approval_id: int | None) -> None:
        self._write({photo_id: {"approval_id": approval_id}})

    def put_reject_reason(self, photo_id: int, why: str | None) -> None:
        self._write({photo_id: {"reject_reason": why}})

    def put_own_rating(self, photo_id: int, qr: float | None, band: str) -> None:
        self._write({photo_id: {"qr_by_person": qr, "band": band}})

    def put_rating(self, photo_id: int, qr: float, mode: str, band: str, at: datetime) -> None:
        self._write({photo_id: {"qr": qr, "qr_mode": mode, "band": band, "updated_at": at}})

    def put_original(self, photo_id: int, original: Original) -> None:
        # the turn was that of other pixels
        self._write({photo_id: {**asdict(original), "turn": 0, "pictures_turn": 0, "turn_error": None}})

    def keep_source(self, photo_id: int) -> None:
        self._write({photo_id: {"remove_source": False}})

    def hold_until(self, photo_ids: Sequence[int], until: datetime) -> None:
        self._write({photo_id: {"not_before": until} for photo_id in photo_ids})

    def _write(self, values: Mapping[int, Mapping[str, Any]]) -> None:
        facts.write_columns(self._connection, values)
        for photo_id, written in values.items():
            if not facts.RISKY.isdisjoint(written):
                facts.weigh_again(self._connection, photo_id)

    def write_facts(self, photo_id: int, found: StageFacts, at: datetime) -> None:
        self.write_all_facts({photo_id: found}, at)

    def write_all_facts(self, found: Mapping[int, StageFacts], at: datetime) -> None:
        facts.write_facts(self._connection, found, at)

    def put_text(self, photo_id: int, text: Text, at: datetime) -> None:
        facts.put_texts(self._connection, [(photo_id, text)], at)

    def put_proof(
        self,
        photo_id: int,
        issues: Sequence[Issue],
        score: float,
        at: datetime,
        field_scores: Mapping[str, float] | None = None,
    ) -> None:
        self._write({photo_id: facts.proof_columns(issues)})
        graded = {} if field_scores is None else {"field_scores": dict(field_scores)}
        facts.put_quality(self._connection, {photo_id: {**facts.proof_quality(issues, score), **graded}}, at)

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

    def named(self, file_names: Sequence[str]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for start in range(0, len(file_names), 500):
            is_named = row.c.file_name.in_(file_names[start : start + 500])
            found.update(
                {name: key for name, key in self._connection.execute(select(row.c.file_name, row.c.id).where(is_named))}
            )
        return found

    def file_names(self) -> frozenset[str]:
        query = select(row.c.file_name).where(row.c.file_name.is_not(None))
        return frozenset(self._connection.execute(query).scalars())

    def sources_to_remove(self, limit: int = 100) -> Sequence[tuple[Photo, str]]:
        query = select(row.c.id, row.c.source_path).where(row.c.remove_source).order_by(row.c.id).limit(limit)
        paths = {photo_id: path for photo_id, path in self._connection.execute(query)}
        return [(photo, paths[photo.id]) for photo in load(self._connection, list(paths))]

    def source_path(self, photo_id: int) -> str:
        return str(self._connection.execute(select(row.c.source_path).where(row.c.id == photo_id)).scalar_one())

    def source_mode(self, photo_id: int) -> int | None:
        mode: int | None = self._connection.execute(select(row.c.source_mode).where(row.c.id == photo_id)).scalar_one()
        return mode

    def keep_source_modes(self, modes: Mapping[str, int]) -> None:
        unknown = update(row).where(row.c.content_hash == bindparam("of_hash"), row.c.source_mode.is_(None))
        if modes:
            told = [{"of_hash": content_hash, "found": mode} for content_hash, mode in modes.items()]
            self._connection.execute(unknown.values(source_mode=bindparam("found")), told)

    def delete(self, photo_id: int) -> None:
        self._connection.execute(delete(row).where(row.c.id == photo_id))


def _place(at: int | Place | None) -> Place | None:
    return Place(at) if isinstance(at, int) else at


def _given(set_id: int | None) -> dict[str, int]:
    return {} if set_id is None else {"set_id": set_id}


def _move(photo: Photo, after: Position, at: datetime, raise_version: bool) -> dict[str, Any]:
    before = photo.position
    return {
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


def _values(stored: Mapping[str, Any] | None) -> dict[str, TextValue]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in (stored or {}).items()}
