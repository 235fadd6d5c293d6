"""Where the original of a rejected photo lies: set aside, and brought back when the decision is.

The row decides; a move that a crash cut off is finished by ``settle_files``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import Status
from lightgate.files.data_folder import DataFolder
from lightgate.files.locks import alone_if_free
from lightgate.store import PhotoFilter, Store

log = logging.getLogger(__name__)

_PAGE = 500


def set_aside(store: Store, folder: DataFolder, photo: Photo) -> None:
    """Move a rejected photo's original out of the way; while a submit is running, ``settle_files`` does it later."""
    with alone_if_free(folder.intake_lock) as is_free:
        if is_free and not _twins(store, [photo]):
            _move(*_places(folder, photo))


def _twins(store: Store, photos: Sequence[Photo]) -> Mapping[str, int]:
    """Find photos of the same content: the working copy is theirs."""
    with store.reading() as tx:
        return tx.photos.with_hash([photo.content_hash for photo in photos])


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
    """Finish the moves that a crash cut off; give how many, 0 while a submit is running."""
    if not folder.rejected.is_dir() and not folder.incoming.is_dir():
        return 0
    with alone_if_free(folder.intake_lock) as is_free:
        return _settle_all(store, folder) if is_free else 0


def _settle_all(store: Store, folder: DataFolder) -> int:
    settled, after = 0, None
    while True:
        with store.reading() as tx:
            page = tx.photos.page(PhotoFilter(review_status="Rejected"), after=after, limit=_PAGE)
        twins = _twins(store, page)
        for photo in page:
            working, aside = _places(folder, photo)
            if photo.position.status is Status.REJECTED and photo.content_hash not in twins and working.exists():
                _move(working, aside)
                settled += 1
        if len(page) < _PAGE:
            return settled
        after = page[-1].id
