"""Making a photo's pictures anew, from the original that its row knows by hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lightgate.domain.photo import Photo
from lightgate.errors import LightgateError
from lightgate.pictures.remade import remake
from lightgate.ports.pictures import Darkroom
from lightgate.steps.review.desk import ReviewDesk
from lightgate.store import Event
from lightgate.store.history import EventKind, note


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one photo's pictures."""

    photo_id: int
    #: SHA-256, hex, by kind; empty where none was made
    pictures: Mapping[str, str]
    #: why none was made, in words
    error: str | None = None


def make_pictures(desk: ReviewDesk, darkroom: Darkroom, ids: Sequence[int], by: str) -> Sequence[Made]:
    """Make the pictures of photos anew, turned as they are; one that cannot be does not stop the rest."""

    def told(photo: Photo) -> Event:
        return note(photo, by, desk.now(), EventKind.PICTURES, "made")

    found = []
    for photo_id in dict.fromkeys(ids):
        try:
            found.append(Made(photo_id, remake(desk.store, desk.folder, darkroom, photo_id, told)))
        except LightgateError as error:
            found.append(Made(photo_id, {}, error.message))
    return found
