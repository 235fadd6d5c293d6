"""Files in the data folder that no row knows: left by a crash or a rollback, and removed when nobody is submitting."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from lightgate.files.data_folder import DataFolder
from lightgate.files.locks import alone_if_free
from lightgate.intake.copies import remove_tree
from lightgate.store import Store

#: younger files may belong to work that is under way
MIN_AGE = timedelta(hours=1)
#: note with the time of the last sweep
_SWEPT = "swept.at"
STAGING_PREFIX = ".staging-"
_BUCKET = re.compile("[0-9a-f]{2}")
_HASH = re.compile("[0-9a-f]{64}")


def sweep_when_due(store: Store, folder: DataFolder, at: datetime) -> int:
    """Sweep once in ``MIN_AGE``; give how many files went."""
    with store.reading() as tx:
        swept = tx.notes.get(_SWEPT)
    if swept and timedelta(0) <= at - datetime.fromisoformat(swept) < MIN_AGE:
        return 0
    return sweep(store, folder, at)


def sweep(store: Store, folder: DataFolder, at: datetime) -> int:
    """Remove files without a row that have been there for ``MIN_AGE``; give how many, 0 while a submit is running."""
    removed = _clear(store, folder, at - MIN_AGE)
    if removed is not None:
        with store.writing() as tx:
            tx.notes.put(_SWEPT, at.isoformat(), at)
    return removed or 0


def sweep_now(store: Store, folder: DataFolder) -> bool:
    """Remove files without a row, however young; False while a submit is running."""
    return _clear(store, folder, before=None) is not None


def _clear(store: Store, folder: DataFolder, before: datetime | None) -> int | None:
    with alone_if_free(folder.intake_lock) as is_free:
        if not is_free:
            return None
        with store.reading() as tx:
            owned = tx.photos.all_hashes()
        orphans = [path for path in _hashed_files(folder) if path.name[:64] not in owned]
        old = [path for path in (*orphans, *_staging(folder)) if before is None or _is_older(path, before)]
        if before is not None:
            # young ones are being written
            old += [path for path in _drafts(folder) if _is_older(path, before)]
        for path in old:
            _remove(path)
    return len(old)


def remove_unowned(store: Store, folder: DataFolder, hashes: Collection[str]) -> bool:
    """Remove the files of these contents where no row has them; False while a submit is running: a sweep does it."""
    with alone_if_free(folder.intake_lock) as is_free:
        if not is_free:
            return False
        with store.reading() as tx:
            unowned = set(hashes) - tx.photos.all_hashes()
        for content_hash in unowned:
            for place in _places(folder):
                for path in (place / content_hash[:2]).glob(f"{content_hash}*"):
                    _remove(path)
    return True


def _places(folder: DataFolder) -> tuple[Path, Path, Path]:
    return folder.incoming, folder.proxies, folder.rejected


def _hashed_files(folder: DataFolder) -> Iterator[Path]:
    for place in _places(folder):
        for bucket in place.iterdir() if place.is_dir() else ():
            if _BUCKET.fullmatch(bucket.name) and bucket.is_dir():
                yield from (path for path in bucket.iterdir() if _HASH.match(path.name))


def _drafts(folder: DataFolder) -> Iterator[Path]:
    """Yield pictures that somebody was killed while writing, and whose photo nobody tried again."""
    yield from folder.proxies.glob("*/.*.part")


def _staging(folder: DataFolder) -> Iterator[Path]:
    yield from folder.incoming.glob(f"{STAGING_PREFIX}*")


def _is_older(path: Path, than: datetime) -> bool:
    """Compare the time a file came to its place: its content may be years old."""
    try:
        return path.lstat().st_ctime < than.timestamp()
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir():
        remove_tree(path)
    else:
        path.unlink(missing_ok=True)
