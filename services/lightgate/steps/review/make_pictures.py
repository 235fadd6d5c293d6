"""Making a photo's pictures anew, from the original that its row knows by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lightgate.domain.photo import Photo
from lightgate.errors import Conflict, LightgateError, OriginalMissing
from lightgate.ports.pictures import Darkroom
from lightgate.steps.review.desk import ReviewDesk
from lightgate.store.history import EventKind, note


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one photo's pictures."""

    photo_id: int
    #: SHA-256, hex, by kind; empty where none was made
    pictures: dict[str, str]
    #: why none was made, in words
    error: str | None = None


def make_pictures(desk: ReviewDesk, darkroom: Darkroom, ids: Sequence[int], by: str) -> Sequence[Made]:
    """Make the pictures of photos anew; one that cannot be does not stop the rest."""
    return [_one(desk, darkroom, photo_id, by) for photo_id in dict.fromkeys(ids)]


def _one(desk: ReviewDesk, darkroom: Darkroom, photo_id: int, by: str) -> Made:
    try:
        with desk.store.reading() as tx:
            photo = tx.photos.get(photo_id)
        hashes = darkroom.develop(_proven(desk, photo), desk.folder.proxy_files(photo.content_hash)).hashes
        at = desk.now()
        with desk.store.writing() as tx:
            if not tx.photos.put_pictures(photo_id, photo.content_hash, hashes):
                raise Conflict
            tx.events.add(note(photo, by, at, EventKind.PICTURES, "made"))
    except LightgateError as error:
        return Made(photo_id, {}, error.message)
    return Made(photo_id, hashes)


def _proven(desk: ReviewDesk, photo: Photo) -> Path:
    """Give the original, wherever it lies.

    Raises:
        OriginalMissing: there is none, or it is not what was taken in.
    """
    places = desk.folder.original, desk.folder.set_aside
    file = next((each for place in places if (each := place(photo.content_hash, photo.suffix)).is_file()), None)
    if file is None:
        raise OriginalMissing
    with file.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != photo.content_hash:
            raise OriginalMissing
    return file
