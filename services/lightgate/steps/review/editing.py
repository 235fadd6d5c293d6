"""Editing a photo: every field a person may change, in one transaction, with its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lightgate.domain.keywords.line import keywords_in
from lightgate.domain.language.characters import is_printable
from lightgate.domain.photo import Field, Photo, Source, Text, TextValue, one_line
from lightgate.domain.rating.quality import BandLimits, band
from lightgate.domain.route.pipeline import QUALITY, Result
from lightgate.errors import InputInvalid, NoPicture
from lightgate.names.reserve import choose_name, rename
from lightgate.pictures.series import rank_again
from lightgate.steps.review.desk import ReviewDesk, fetch, move, prove
from lightgate.store import Actor, Identity, Transaction
from lightgate.store.history import EventKind, note
from lightgate.website.approval import withdraw

MAX_TEXT = 5000
MAX_NAME_PART = 200
MAX_KEYWORDS = 100
QR_RANGE = (1.0, 10.0)


@dataclass(frozen=True, slots=True)
class TextChange:
    language: str
    field: Field
    value: TextValue
    #: who wrote it: a proposal that a person takes stays the model's
    source: Source = Source.PERSON
    model: str | None = None
    prompt_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    language: str
    field: Field
    locked: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What a person wants different; None leaves a field as it is."""

    subject: str | None = None
    location: str | None = None
    folder: str | None = None
    file_name: str | None = None
    texts: tuple[TextChange, ...] = ()
    #: the reviewer's own rating, 1 to 10
    qr: float | None = None
    #: go back to the computed rating
    clear_qr: bool = False
    #: quarter turns clockwise of the upright picture, 0 to 3
    turn: int | None = None
    locks: tuple[Lock, ...] = ()


def edit(desk: ReviewDesk, photo_id: int, version: int, changes: Changes, by: str) -> Photo:
    """Change a photo; an approved or live one goes back to review, while a live version stays live.

    Raises:
        InputInvalid: a value that no field can hold.
        NoPicture: it is to be turned, and there is no picture of it yet.
        Conflict, IllegalMove, NotFound: see ``errors``.
    """
    at = desk.now()
    with desk.store.writing() as tx:
        edited = apply_changes(tx, desk, fetch(tx, photo_id, version), changes, by, at)
    if changes.turn is not None and edited.is_turning:
        desk.dispatch.wake(QUALITY)
    return edited


def apply_changes(tx: Transaction, desk: ReviewDesk, photo: Photo, changes: Changes, by: str, at: datetime) -> Photo:
    """Change a photo inside a transaction that does more; see ``edit``."""
    applied = [
        *_edit_identity(tx, desk, photo, changes, by, at),
        *_edit_texts(tx, photo, changes, at),
        *_edit_qr(tx, photo, changes, desk.bands),
        *_edit_turn(tx, photo, changes),
    ]
    if applied:
        move(tx, desk, photo, Result.EDITED, by, at)
        withdraw(tx, photo, desk.key, at)
        tx.events.add(
            *(
                note(photo, by, at, EventKind.FIELD, name, old=old, new=new, operation=desk.operation)
                for name, old, new in applied
            )
        )
        prove(tx, desk, photo.id, at)
    locked = _edit_locks(tx, photo.id, changes, at)
    if locked and not applied:
        tx.photos.touch(photo, at)
    tx.events.add(
        *(note(photo, by, at, EventKind.LOCK, name, new=new, operation=desk.operation) for name, new in locked)
    )
    return tx.photos.get(photo.id)


#: field, old, new, as they stand in the history
_Applied = tuple[str, str | None, str | None]


def _edit_identity(
    tx: Transaction, desk: ReviewDesk, photo: Photo, changes: Changes, by: str, at: datetime
) -> Iterator[_Applied]:
    wanted: Mapping[Identity, str | None] = {
        "subject": changes.subject,
        "location": changes.location,
        "folder": changes.folder,
    }
    new = {name: _line(name, value) for name, value in wanted.items() if value is not None}
    changed = {name: value for name, value in new.items() if value != getattr(photo, name)}
    if changed:
        tx.photos.put_identity(photo.id, changed)
        yield from ((name, getattr(photo, name), value) for name, value in changed.items())
    before = photo.file_name
    if changes.file_name is not None and changes.file_name != before:
        choose_name(tx, tx.photos.get(photo.id), changes.file_name, desk.rule, at, Actor.PERSON, by)
    elif changed and before is not None and not tx.names.is_frozen(photo.id):
        rename(tx, [tx.photos.get(photo.id)], desk.rule, at, Actor.PERSON, by)
    after = tx.photos.get(photo.id).file_name
    if after != before:
        yield "file_name", before, after


def _edit_texts(tx: Transaction, photo: Photo, changes: Changes, at: datetime) -> Iterator[_Applied]:
    for change in changes.texts:
        if change.language not in photo.languages:
            raise InputInvalid(reason=f"This set has no texts in “{change.language[:20]}”.")
        value = _keywords(change.value) if change.field is Field.KEYWORDS else _prose(change)
        old = photo.text(change.language, change.field)
        if old is not None and old.value == value:
            continue
        locked = old.locked if old else False
        tx.photos.put_text(photo.id, _text(change, value, locked), at)
        yield f"{change.field}.{change.language}", old.line if old else None, one_line(value)


def _text(change: TextChange, value: TextValue, locked: bool) -> Text:
    return Text(change.language, change.field, value, change.source, locked, change.model, change.prompt_hash)


def _edit_qr(tx: Transaction, photo: Photo, changes: Changes, limits: BandLimits) -> Iterator[_Applied]:
    if changes.qr is None and not changes.clear_qr:
        return
    low, high = QR_RANGE
    if changes.qr is not None and not low <= changes.qr <= high:
        raise InputInvalid(reason=f"A rating lies between {low:g} and {high:g}.")
    new = None if changes.qr is None else round(changes.qr, 2)
    if new != photo.qr_by_person:
        rating = photo.scores.qr if new is None else new
        tx.photos.put_own_rating(photo.id, new, band(rating, limits))
        rank_again(tx, photo)
        yield "qr", number_shown(photo.qr_by_person), number_shown(new)


def _edit_turn(tx: Transaction, photo: Photo, changes: Changes) -> Iterator[_Applied]:
    if changes.turn is None or changes.turn == photo.turn:
        return
    if changes.turn not in range(4):
        raise InputInvalid(reason="A photo is turned by 0 to 3 quarters.")
    if not photo.pictures:
        raise NoPicture
    tx.photos.put_turn(photo.id, changes.turn)
    yield "turn", turn_shown(photo.turn), turn_shown(changes.turn)


def _edit_locks(tx: Transaction, photo_id: int, changes: Changes, at: datetime) -> list[tuple[str, str]]:
    """Lock texts, or let models write them again; give which, as the history says it."""
    photo = tx.photos.get(photo_id)
    changed = []
    for lock in changes.locks:
        text = photo.text(lock.language, lock.field)
        if text is not None and text.locked != lock.locked:
            tx.photos.put_text(photo_id, replace(text, locked=lock.locked), at)
            changed.append((f"{lock.field}.{lock.language}", "locked" if lock.locked else "unlocked"))
    return changed


def _line(name: str, value: str) -> str:
    value = " ".join(value.split())
    if not value or len(value) > MAX_NAME_PART or not is_printable(value):
        raise InputInvalid(reason=f"The {name} has 1 to {MAX_NAME_PART} printable characters.")
    return value


def _prose(change: TextChange) -> str:
    value = change.value if isinstance(change.value, str) else " ".join(change.value)
    return _checked(" ".join(value.split()), f"The {change.field.replace('_', ' ')}")


def _keywords(value: TextValue) -> tuple[str, ...]:
    given = keywords_in(value) if isinstance(value, str) else value
    cleaned = dict.fromkeys(" ".join(_checked(each, "A keyword").split()) for each in given)
    keywords = tuple(each for each in cleaned if each)
    if len(keywords) > MAX_KEYWORDS:
        raise InputInvalid(reason=f"A photo has at most {MAX_KEYWORDS} keywords.")
    return keywords


def _checked(value: str, what: str) -> str:
    if len(value) > MAX_TEXT:
        raise InputInvalid(reason=f"{what} has at most {MAX_TEXT} characters.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputInvalid(reason=f"{what} contains a character that is not valid Unicode.") from error
    return value.replace("\x00", "")


def turn_shown(turn: int) -> str:
    """Write quarter turns as the history does."""
    return f"{90 * turn}\u00b0"


def turn_from(shown: str | None) -> int | None:
    """Read quarter turns as the history has them."""
    return int(shown.removesuffix("\u00b0")) // 90 if shown else None


def number_shown(value: float | None) -> str | None:
    """Write a rating as the history does."""
    return None if value is None else f"{value:g}"
