"""What was live before a release, kept so that the release can be undone: our own record, the row, and the bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from lightgate.delivery import Change, Delivery
from lightgate.domain.photo import Before, LedgerState, Photo, Publication
from lightgate.folder import DataFolder
from lightgate.site import Website
from lightgate.store import Store


def keep_before(
    store: Store, folder: DataFolder, website: Website, photo: Photo, deliveries: Sequence[Delivery]
) -> None:
    """Write down once a release what the photo has live, with the bytes of every file that is about to go.

    Raises:
        Transient: a target or the catalogue cannot be read; nothing was changed yet.
    """
    with store.reading() as tx:
        if tx.releases.is_kept(photo.id):
            return
    live = tuple(each for each in photo.publications if each.state is LedgerState.LIVE)
    for publication in live:
        for delivery in deliveries:
            if delivery.target.name == publication.target:
                _keep_files(folder, delivery, publication)
    row = website.catalogue.find(live[0].file_name) if live else None
    with store.writing() as tx:
        tx.releases.keep(photo.id, Before(live, asdict(row) if row else None))


def kept_file(folder: DataFolder, content_hash: str) -> bytes | None:
    """Give a replaced file's bytes, or None when they were not kept."""
    try:
        content = (folder.replaced / content_hash).read_bytes()
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == content_hash else None


def sweep_replaced(store: Store, folder: DataFolder) -> None:
    """Remove the files that undoing the newest release does not need."""
    with store.reading() as tx:
        needed = tx.releases.kept_hashes()
    for file in folder.replaced.glob("*"):
        if file.name not in needed:
            file.unlink(missing_ok=True)


def _keep_files(folder: DataFolder, delivery: Delivery, publication: Publication) -> None:
    for path, content_hash in _going(delivery, publication):
        if kept_file(folder, content_hash) is not None:
            continue
        content = delivery.target.read(path)
        if content is not None and hashlib.sha256(content).hexdigest() == content_hash:
            _write(folder.replaced / content_hash, content)


def _going(delivery: Delivery, publication: Publication) -> Iterator[tuple[str, str]]:
    """Yield path and hash of the files that this delivery replaces or removes."""
    replaced = {file.path for file, change in delivery.changes if change is Change.REPLACED}
    for kind, path in publication.paths.items():
        if kind in publication.hashes and (path in replaced or path in delivery.to_remove):
            yield path, publication.hashes[kind]


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        Path(draft).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(draft).unlink()
        raise
