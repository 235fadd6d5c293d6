"""Another original for a photo that is in review or live: the same name, new pixels, and a person looks again."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from lightgate.adapters.metadata.formats import KINDS, endings
from lightgate.domain.names.path_text import to_text
from lightgate.domain.photo import ExifFacts, Photo, Sidecar, Source
from lightgate.domain.route.pipeline import Position, Result, advance
from lightgate.errors import DuplicatePhoto, IllegalMove, InputInvalid
from lightgate.files.locks import shared
from lightgate.intake.copies import copy
from lightgate.intake.desk import IntakeDesk
from lightgate.intake.scan import found_at
from lightgate.pictures.file_facts import facts_of
from lightgate.store import Actor, Event, Original, Transaction
from lightgate.store.history import EventKind
from lightgate.website.approval import withdraw

#: who the words in the new file are written by, in the history
_ACTOR = "replace"


def replace_original(desk: IntakeDesk, photo_id: int, file: Path, by: str) -> None:
    """Take in another original in a photo's place; what is live stays until a person releases the new one.

    Raises:
        NotFound: no such photo.
        IllegalMove: the photo has not come to review yet, was rejected, or a worker holds it.
        DuplicatePhoto: a photo of the queue has these pixels already.
        Rejected: the file is not a photograph that is taken in.
        InputInvalid: there is no such file.
    """
    if file.suffix.lower() not in endings():
        raise InputInvalid(reason=f"{file.name} has the ending of no file that is taken in.")
    header = desk.headers.read(file)
    if header.format not in KINDS:
        raise InputInvalid(reason=f"{header.format} files are not taken in.")
    try:
        found = found_at(file, file.name, file.stat())
    except OSError as error:
        raise InputInvalid(reason=f"{file} cannot be read: {error.strerror}.") from error
    sidecar = desk.sidecar(file)
    desk.folder.incoming.mkdir(parents=True, exist_ok=True)
    staged = desk.folder.incoming / f".replacing-{secrets.token_hex(8)}"
    with shared(desk.folder.intake_lock):
        try:
            content_hash = copy(found, staged)
            place = desk.folder.original(content_hash, KINDS[header.format].endings[0])
            place.parent.mkdir(exist_ok=True)
            staged.replace(place)
        finally:
            staged.unlink(missing_ok=True)
        with desk.store.writing() as tx:
            photo = tx.photos.get(photo_id)
            # one without a file beside it says nothing any more
            facts = facts_of(header, sidecar or Sidecar(), photo.languages)
            original = Original(content_hash, found.size_bytes, place.suffix, to_text(str(file.absolute())))
            after = _replace(tx, desk, photo, original, facts, by)
    desk.dispatch.wake(after.step)


def _replace(
    tx: Transaction, desk: IntakeDesk, photo: Photo, original: Original, facts: ExifFacts, by: str
) -> Position:
    at = desk.now()
    twin = tx.photos.with_hash([original.content_hash])
    if twin:
        raise DuplicatePhoto(photo_id=next(iter(twin.values())))
    if photo.file_name is None:
        raise IllegalMove(f"Photo {photo.id} has no name yet; reject it and submit the other file.")
    after = advance(photo.position, Result.REPLACED, desk.route)
    tx.photos.move(photo, after, at, raise_version=True)
    # nobody gives back a word for other pixels
    withdraw(tx, photo, None, at)
    tx.photos.put_original(photo.id, original)
    tx.photos.write_facts(photo.id, facts, at)
    _write_texts(tx, photo, facts, at)
    before, new = f"{photo.position.step}:{photo.position.status}", f"{after.step}:{after.status}"
    who = (photo.id, photo.set_id, at, Actor.PERSON, by)
    tx.events.add(
        Event(*who, EventKind.POSITION, photo.position.step, before, new),
        Event(*who, EventKind.DECISION, "replace_original", photo.content_hash, original.content_hash),
    )
    return after


def _write_texts(tx: Transaction, photo: Photo, facts: ExifFacts, at: datetime) -> None:
    """Write the file's own words; those that a person wrote or locked here stay."""
    for text in facts.texts:
        old = photo.text(text.language, text.field)
        if old is not None and (old.locked or old.source is Source.PERSON or old.value == text.value):
            continue
        tx.photos.put_text(photo.id, text, at)
        before = None if old is None else old.line
        who = (photo.id, photo.set_id, at, Actor.SYSTEM, _ACTOR)
        tx.events.add(Event(*who, EventKind.FIELD, f"{text.field}.{text.language}", before, text.line))
