"""What becomes of the working copy of a photo that is live: kept, moved to an archive, or given up for the source.

In its place stays a link, so that whoever needs the original again finds it by the same path; publishing compares its
hash, whatever it leads to.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from lightgate.domain.names.layout import part, year_of
from lightgate.domain.photo import LedgerState, Photo
from lightgate.domain.route.pipeline import Status
from lightgate.files.data_folder import DataFolder
from lightgate.files.durable import sync_folder
from lightgate.store import Store
from lightgate.website.live_hold import held

log = logging.getLogger(__name__)

#: ``keep``, ``archive`` or ``release``
Retention = Literal["keep", "archive", "release"]

_AT_ONCE = 200


def tidy_originals(
    store: Store, folder: DataFolder, retention: Retention, archive: Path | None, undated: str, at: datetime
) -> int:
    """Apply the owner's choice to working copies of live photos; give how many. Repeatable, safe at any crash."""
    if retention == "keep":
        return 0
    done, archive = 0, archive if retention == "archive" else None
    copies = {file.stem: file for file in folder.incoming.glob("??/*") if not file.is_symlink() and file.is_file()}
    for photo in _live(store, list(copies)):
        with held(store, photo.id, "retention", lambda: at) as hold:
            if hold is None:
                continue
            try:
                place = _place(store, photo, copies[photo.content_hash], archive, undated)
                if place is not None:
                    _link(copies[photo.content_hash], place)
            except OSError as error:
                log.warning("photo %s: its working copy was left: %s", photo.id, error.strerror or error)
                continue
            if place is not None:
                done += 1
    return done


def _live(store: Store, hashes: list[str]) -> Iterator[Photo]:
    for start in range(0, len(hashes), _AT_ONCE):
        with store.reading() as tx:
            ids = tx.photos.with_hash(hashes[start : start + _AT_ONCE]).values()
            photos = tx.photos.many(list(ids))
        for photo in photos:
            is_live = bool(photo.publications) and all(each.state is LedgerState.LIVE for each in photo.publications)
            if photo.position.status is Status.PUBLISHED and is_live:
                yield photo


def _place(store: Store, photo: Photo, copy: Path, archive: Path | None, undated: str) -> Path | None:
    """Find or make the file that stands for the copy from now on."""
    return _archived(photo, copy, archive, undated) if archive else _source(store, photo)


def _source(store: Store, photo: Photo) -> Path | None:
    """Give the file it was taken in from, if it still is that file."""
    with store.reading() as tx:
        source = Path(tx.photos.source_path(photo.id))
    return source if source.is_absolute() and source.is_file() and _hash(source) == photo.content_hash else None


def _archived(photo: Photo, copy: Path, archive: Path, undated: str) -> Path:
    """Copy to the archive, to the disk, and compare; a file of another content there is never touched."""
    name = Path(photo.file_name or photo.content_hash).stem
    folder = archive.expanduser().absolute() / (year_of(photo) or part(undated)) / part(photo.folder)
    place = folder / f"{name}{photo.suffix}"
    if place.exists() and _hash(place) != photo.content_hash:
        place = folder / f"{name}-{photo.content_hash[:8]}{photo.suffix}"
    if place.exists() and _hash(place) == photo.content_hash:
        return place
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{place.name}.{secrets.token_hex(4)}"
    try:
        shutil.copy2(copy, draft)
        with draft.open("rb") as opened:
            os.fsync(opened.fileno())
        if _hash(draft) != photo.content_hash:
            raise OSError(None, f"the copy in {archive} reads back differently")
        draft.rename(place)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(folder)
    return place


def _link(copy: Path, place: Path) -> None:
    """Put a link where the copy is, in one step."""
    draft = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}")
    draft.symlink_to(place)
    try:
        draft.replace(copy)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(copy.parent)


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
