"""A photo's pictures made anew, turned as its reviewer turned it, from the original that its row knows by hash."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lightgate.domain.photo import Photo
from lightgate.errors import Conflict, LightgateError, OriginalMissing, Rejected
from lightgate.files.data_folder import DataFolder
from lightgate.files.locks import alone, alone_if_free
from lightgate.ports.pictures import Darkroom
from lightgate.store import Actor, Event, Store
from lightgate.store.history import EventKind

log = logging.getLogger(__name__)

#: photos that are looked for at once
_AT_ONCE = 20


def remake(
    store: Store, folder: DataFolder, darkroom: Darkroom, photo_id: int, tell: Callable[[Photo], Event]
) -> Mapping[str, str]:
    """Make a photo's pictures anew; gives their SHA-256, hex, by kind.

    Args:
        tell: makes the line of history.

    Raises:
        OriginalMissing: there is none, or it is not what was taken in.
        Conflict: another original was put in its place meanwhile.
        Rejected, StorageFull: it cannot be developed.
    """
    # two who write one photo's files would leave some of each
    with alone(folder.pictures_lock):
        return _remade(store, folder, darkroom, photo_id, tell)


def turn_pictures(
    store: Store, folder: DataFolder, darkroom: Darkroom, now: Callable[[], datetime], owner: str, until: float
) -> list[int]:
    """Make the pictures of photos that were turned, until there are none or the time is over; give the photos.

    What cannot be made says so in its row, and is tried again once the photo is turned otherwise. Nobody waits for
    another process that is at it.

    Args:
        until: by ``time.monotonic``.
    """
    done: list[int] = []
    with store.reading() as tx:
        due = tx.photos.to_be_turned(_AT_ONCE)
    if not due:
        return done
    with alone_if_free(folder.pictures_lock) as is_ours:
        while is_ours and due:
            for photo_id in due:
                if time.monotonic() >= until:
                    return done
                error = _turned(store, folder, darkroom, now, owner, photo_id)
                if error is None:
                    done.append(photo_id)
                elif not isinstance(error, Rejected | Conflict):
                    return done
            with store.reading() as tx:
                due = tx.photos.to_be_turned(_AT_ONCE)
    return done


def _turned(
    store: Store, folder: DataFolder, darkroom: Darkroom, now: Callable[[], datetime], owner: str, photo_id: int
) -> LightgateError | None:
    """Make one photo's pictures; gives why not, which is written down where no second try changes it."""

    def told(photo: Photo) -> Event:
        return Event(photo.id, photo.set_id, now(), Actor.WORKER, owner, EventKind.PICTURES, "turned")

    with store.reading() as tx:
        turn = tx.photos.get(photo_id).turn
    try:
        _remade(store, folder, darkroom, photo_id, told)
    except LightgateError as error:
        log.warning("photo %s: its pictures are not turned: %s", photo_id, error.message)
        if isinstance(error, Rejected):
            with store.writing() as tx:
                tx.photos.put_turn_error(photo_id, turn, error.message)
                tx.events.add(replace(told(tx.photos.get(photo_id)), new=error.message))
        return error
    return None


def _remade(
    store: Store, folder: DataFolder, darkroom: Darkroom, photo_id: int, tell: Callable[[Photo], Event]
) -> Mapping[str, str]:
    with store.reading() as tx:
        photo = tx.photos.get(photo_id)
    files = folder.proxy_files(photo.content_hash)
    made = darkroom.develop(_proven(folder, photo), files, photo.turn, photo.exif.orientation)
    place = made.measured.sharpest
    with store.writing() as tx:
        # one that was turned on meanwhile is due again
        if not tx.photos.put_pictures(photo_id, photo.content_hash, made.hashes, photo.turn, place):
            raise Conflict
        tx.events.add(tell(photo))
    return made.hashes


def _proven(folder: DataFolder, photo: Photo) -> Path:
    """Give the original, wherever it lies.

    Raises:
        OriginalMissing: there is none, or it is not what was taken in.
    """
    places = folder.original, folder.set_aside
    file = next((each for place in places if (each := place(photo.content_hash, photo.suffix)).is_file()), None)
    if file is None:
        raise OriginalMissing
    try:
        with file.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise OriginalMissing from error
    if found != photo.content_hash:
        raise OriginalMissing
    return file
