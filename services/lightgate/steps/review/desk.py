"""What a decision needs, and the few moves that all decisions share."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import WHOLE, LedgerState, Photo
from lightgate.domain.rating.quality import BandLimits
from lightgate.domain.route.pipeline import Position, Result, Route, Status, advance
from lightgate.errors import Conflict
from lightgate.files.data_folder import DataFolder
from lightgate.ports.machine import Dispatch
from lightgate.store import Store, Transaction
from lightgate.store.history import EventKind, note
from lightgate.texts.proofreader import Proofreader


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """Where a person decides."""

    store: Store
    route: Route
    dispatch: Dispatch
    folder: DataFolder
    rule: Rule
    now: Callable[[], datetime]
    #: seals approvals
    key: bytes = field(repr=False)
    bands: BandLimits = field(default_factory=BandLimits)
    proofreader: Proofreader = field(default_factory=Proofreader)
    #: what is done at this desk belongs together under this word, see ``together``
    operation: str | None = None

    def wake(self, photo: Photo) -> None:
        """Wake the workers of a step that a decision just sent a photo to; call it after the commit."""
        if photo.position.status is Status.QUEUED:
            self.dispatch.wake(photo.position.step)


def together(desk: ReviewDesk, prefix: str = "") -> ReviewDesk:
    """Give a desk at which all that is done is one operation; one that is such a desk already stays."""
    return desk if desk.operation else replace(desk, operation=f"{prefix}{secrets.token_hex(8)}")


def fetch(tx: Transaction, photo_id: int, version: int) -> Photo:
    """Read a photo that is still as the person saw it.

    Raises:
        NotFound: no such photo.
        Conflict: its version has moved on.
    """
    photo = tx.photos.get(photo_id)
    if photo.version != version:
        raise Conflict
    return photo


def move(tx: Transaction, desk: ReviewDesk, photo: Photo, result: Result, by: str, at: datetime) -> Position:
    """Move a photo by a person's result, raise its version and write the event.

    Raises:
        IllegalMove: the photo's position does not allow it.
    """
    after = advance(photo.position, result, desk.route)
    if after == photo.position:
        tx.photos.touch(photo, at)
        return after
    tx.photos.move(photo, after, at, raise_version=True)
    before = photo.position
    tx.events.add(
        note(
            photo,
            by,
            at,
            EventKind.POSITION,
            before.step,
            old=f"{before.step}:{before.status}",
            new=f"{after.step}:{after.status}",
            operation=desk.operation,
        )
    )
    return after


def prove(tx: Transaction, desk: ReviewDesk, photo_id: int, at: datetime) -> None:
    """Write the text proof of what stands there now."""
    desk.proofreader.prove(tx, tx.photos.get(photo_id), at)


def mark_whole(tx: Transaction, photo_id: int, state: LedgerState, at: datetime) -> None:
    """Write in the ledger what is to become of a photo's whole versions; what is owed stays owed."""
    for publication in tx.publications.of_photo(photo_id):
        if publication.state in WHOLE:
            tx.publications.put(photo_id, replace(publication, state=state), at)
