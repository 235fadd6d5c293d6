"""What is live before it is changed, kept so that it can be put back: our own record, the row, and the bytes."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from lightgate.domain.approval.seal import seal_earlier
from lightgate.domain.photo import WHOLE, Before, LedgerState, Photo, Publication
from lightgate.files.data_folder import DataFolder
from lightgate.files.durable import write_whole
from lightgate.ports.website import Website
from lightgate.store import Store
from lightgate.website.diff import Change, Delivery

#: a file that nothing needs yet may be about to be needed: its publisher writes it down right after it was kept
_SPARED_S = 3600.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What a photo has live now, each part sealed."""

    #: for the ledger: what a debt puts back, by target
    at: Mapping[str, Before]
    #: for the release: all of it, without a seal
    whole: Before
    #: for targets that had nothing: the row all the same, which speaks of what is elsewhere
    nothing: Mapping[str, Before]


def keep_before(folder: DataFolder, website: Website, photo: Photo, deliveries: Sequence[Delivery], key: bytes) -> Kept:
    """Keep the bytes of every live file that is about to go, and give what the rest of it is.

    Of what is half-sent counts what was live before it: a second try may replace what the first found as it was.

    Raises:
        Transient: a target or the catalogue cannot be read; nothing was changed yet.
    """
    whole = [each for each in photo.publications if each.state in WHOLE]
    by_target = {delivery.target.name: delivery for delivery in deliveries}
    for each in photo.publications:
        live = [each] if each.state in WHOLE else each.earlier.publications if each.earlier else ()
        if each.target in by_target:
            for publication in live:
                _keep_files(folder, by_target[each.target], publication)
    row = website.catalogue.find(whole[0].file_name) if whole else None
    told = asdict(row) if row else None
    kept = {each.target: each.earlier for each in photo.publications if each.earlier}
    kept |= {each.target: earlier_at(photo.id, each.target, (_alone(each),), told, key) for each in whole}
    everything = tuple(each for before in kept.values() for each in before.publications)
    row_before = next((before.row for before in kept.values()), None)
    nothing = {name: earlier_at(photo.id, name, (), row_before, key) for name in by_target} if kept else {}
    return Kept(kept, Before(everything, row_before), nothing)


def earlier_of(photo_id: int, before: Before, key: bytes) -> Mapping[str, Before]:
    """Give what was live before a release target by target, sealed for the ledger."""
    return {each.target: earlier_at(photo_id, each.target, (each,), before.row, key) for each in before.publications}


def earlier_at(
    photo_id: int, target: str, live: tuple[Publication, ...], row: Mapping[str, Any] | None, key: bytes
) -> Before:
    """Write down for the ledger, sealed, what was live at a target."""
    before = Before(live, dict(row) if row is not None else None)
    return replace(before, seal=seal_earlier(photo_id, target, before, key))


def _alone(publication: Publication) -> Publication:
    return replace(publication, state=LedgerState.LIVE, earlier=None, writers=())


def kept_file(folder: DataFolder, content_hash: str) -> bytes | None:
    """Give a replaced file's bytes, or None when they were not kept."""
    try:
        content = (folder.replaced / content_hash).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == content_hash else None


def sweep_replaced(store: Store, folder: DataFolder) -> None:
    """Remove the files that neither a debt nor undoing the newest release needs."""
    with store.reading() as tx:
        needed = tx.releases.kept_hashes()
    for file in folder.replaced.glob("*"):
        with suppress(FileNotFoundError):
            if file.name not in needed and abs(time.time() - file.stat().st_mtime) > _SPARED_S:
                file.unlink()


def _keep_files(folder: DataFolder, delivery: Delivery, publication: Publication) -> None:
    for path, content_hash in _going(delivery, publication):
        if kept_file(folder, content_hash) is not None:
            os.utime(folder.replaced / content_hash)
            continue
        content = delivery.target.read(path)
        if content is not None and hashlib.sha256(content).hexdigest() == content_hash:
            place = folder.replaced / content_hash
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, content)


def _going(delivery: Delivery, publication: Publication) -> Iterator[tuple[str, str]]:
    """Yield path and hash of the files that this delivery replaces or removes."""
    replaced = {file.path for file, change in delivery.changes if change is Change.REPLACED}
    for kind, path in publication.paths.items():
        if kind in publication.hashes and (path in replaced or path in delivery.to_remove):
            yield path, publication.hashes[kind]
