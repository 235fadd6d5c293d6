"""``--move``: a source is removed when its row is committed, its copy proven, and it still is what was copied."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from os import W_OK, X_OK, access
from pathlib import Path
from stat import S_ISREG

from lightgate.domain.names.path_text import from_text, to_text
from lightgate.domain.photo import Photo
from lightgate.engine.kill_point import kill_point
from lightgate.errors import InputInvalid, SourceChanged
from lightgate.files.data_folder import DataFolder
from lightgate.files.durable import sync_folder
from lightgate.files.locks import alone, alone_if_free
from lightgate.intake.copies import hash_of, hash_of_file
from lightgate.intake.scan import found_at
from lightgate.store import Actor, Event, Store
from lightgate.store.history import EventKind

#: kind of the events that say what became of a source; ``name`` is a ``Fate``


class Fate(StrEnum):
    """What became of a source that was to be removed."""

    REMOVED = "removed"
    #: it was not there any more
    GONE = "gone"
    #: it stays, with a reason
    KEPT = "kept"
    #: its folder is not there (an unplugged disk): tried again later
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Source:
    """A source and what became of it."""

    photo: Photo
    #: as stored
    path: str
    fate: Fate
    reason: str = ""


def require_removable(files: Iterable[Path]) -> None:
    """Make sure that ``--move`` will be able to remove files.

    Raises:
        InputInvalid: a folder is read-only.
    """
    for parent in sorted({file.parent for file in files}):
        if not access(parent, W_OK | X_OK):
            raise InputInvalid(
                reason=f"{to_text(str(parent))} is read-only, so --move cannot empty it; submit without --move."
            )


def finish_moves(store: Store, folder: DataFolder, at: datetime) -> int:
    """Remove sources that a submit which broke off left behind; give how many are settled."""
    with store.reading() as tx:
        if not tx.photos.sources_to_remove(1):
            return 0
    with alone_if_free(folder.moves_lock) as is_free:
        if not is_free:
            return 0
        with store.reading() as tx:
            pending = tx.photos.sources_to_remove()
        settled = [_settled(folder, photo, path, is_copy_proven=False) for photo, path in pending]
        return _record(store, settled, at)


def remove_sources(
    store: Store, folder: DataFolder, photo_ids: Collection[int], at: datetime, *, kill_at: str | None = None
) -> list[Source]:
    """Remove the sources of photos whose copies were proven a moment ago; say what became of each."""
    with alone(folder.moves_lock):
        with store.reading() as tx:
            everything = tx.photos.sources_to_remove(limit=1_000_000)
        settled = []
        for photo, path in everything:
            if photo.id in photo_ids:
                settled.append(_settled(folder, photo, path, is_copy_proven=True))
                kill_point(kill_at, "after_first_unlink")
        _record(store, settled, at)
    return settled


def _settled(folder: DataFolder, photo: Photo, path: str, *, is_copy_proven: bool) -> Source:
    source = Path(from_text(path))
    if not source.parent.is_dir():
        return Source(photo, path, Fate.LATER)
    try:
        reason = _kept_because(folder, photo, source, is_copy_proven)
        if not reason:
            source.unlink()
    except FileNotFoundError:
        return Source(photo, path, Fate.GONE)
    except OSError as error:
        reason = f"It cannot be removed: {error.strerror}."
    return Source(photo, path, Fate.KEPT if reason else Fate.REMOVED, reason)


def _kept_because(folder: DataFolder, photo: Photo, source: Path, is_copy_proven: bool) -> str:
    """Say why a source must stay; empty where its copy is all that is needed."""
    found = found_at(source, photo.relative_path, source.lstat())
    if not S_ISREG(found.mode):
        return "It is a link."
    if not is_copy_proven and proven_copy(folder, photo) is None:
        return "Its working copy is missing or damaged."
    with contextlib.suppress(SourceChanged):
        is_same = hash_of(found) == photo.content_hash
        if is_same and found_at(source, "", source.lstat()).identity == found.identity:
            return ""
    return "It changed after it was taken in."


def proven_copy(folder: DataFolder, photo: Photo) -> Path | None:
    """Find the working copy of a photo, read whole, or None where no copy has its hash."""
    places = [place(photo.content_hash, photo.suffix) for place in (folder.original, folder.set_aside)]
    return next((path for path in places if hash_of_file(path) == photo.content_hash), None)


def _record(store: Store, sources: Iterable[Source], at: datetime) -> int:
    settled = [each for each in sources if each.fate is not Fate.LATER]
    for parent in {Path(from_text(each.path)).parent for each in settled if each.fate is Fate.REMOVED}:
        # some network file systems cannot; the copy is on the disk in any case
        with contextlib.suppress(OSError):
            sync_folder(parent)
    if settled:
        with store.writing() as tx:
            for each in settled:
                tx.photos.keep_source(each.photo.id)
            tx.events.add(*(_event(each, at) for each in settled))
    return len(settled)


def _event(source: Source, at: datetime) -> Event:
    photo = source.photo
    return Event(
        photo.id,
        photo.set_id,
        at,
        Actor.SYSTEM,
        "intake",
        EventKind.SOURCE,
        source.fate,
        source.path,
        source.reason or None,
    )
