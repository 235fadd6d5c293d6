"""Where the original of a rejected photo lies: set aside, and brought back when the decision is.

The row decides; a move that a crash cut off is finished by ``settle_files``.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from lightgate.domain.photo import Photo
from lightgate.domain.pipeline import Status
from lightgate.folder import DataFolder
from lightgate.store import PhotoFilter, Store

log = logging.getLogger(__name__)

_PAGE = 500


def set_aside(folder: DataFolder, photo: Photo) -> None:
    """Move a rejected photo's original out of the working folder."""
    _move(*_places(folder, photo))


def bring_back(folder: DataFolder, photo: Photo) -> None:
    """Move a rejected photo's original back, so that stages find it."""
    working, aside = _places(folder, photo)
    _move(aside, working)


def _places(folder: DataFolder, photo: Photo) -> tuple[Path, Path]:
    return folder.original(photo.content_hash, photo.suffix), folder.set_aside(photo.content_hash, photo.suffix)


def _move(source: Path, target: Path) -> None:
    """Rename within the data folder; the content hash is the name, so replacing changes nothing."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except FileNotFoundError:
        log.info("%s was moved by somebody else", source.name)


def settle_files(store: Store, folder: DataFolder, at: datetime) -> int:
    """Finish the moves that a crash cut off; give how many."""
    if not folder.rejected.is_dir() and not folder.incoming.is_dir():
        return 0
    settled, after = 0, None
    while True:
        with store.reading() as tx:
            page = tx.photos.page(PhotoFilter(review_status="Rejected"), after=after, limit=_PAGE)
            twins = tx.photos.with_hash([photo.content_hash for photo in page])
        for photo in page:
            working, aside = _places(folder, photo)
            # the same picture may have been taken in again: then the working copy is the new row's
            if photo.position.status is Status.REJECTED and photo.content_hash not in twins and working.exists():
                _move(working, aside)
                settled += 1
        if len(page) < _PAGE:
            return settled
        after = page[-1].id
