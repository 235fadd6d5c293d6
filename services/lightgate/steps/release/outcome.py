"""What release and removal share: an answer a photo, and the history of what a person did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import Position
from lightgate.store import Transaction
from lightgate.store.history import EventKind, note


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo."""

    photo_id: int
    is_done: bool
    #: a sentence for the person who asked
    message: str


def move(tx: Transaction, photo: Photo, after: Position, by: str, at: datetime) -> Photo:
    """Move a photo for a person, raising its version, with its event; gives it as it is then."""
    before = photo.position
    tx.photos.move(photo, after, at, raise_version=True)
    old, new = f"{before.step}:{before.status}", f"{after.step}:{after.status}"
    tx.events.add(note(photo, by, at, EventKind.POSITION, before.step, old=old, new=new))
    return replace(photo, position=after, version=photo.version + 1)
