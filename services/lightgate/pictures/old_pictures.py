"""Pictures that an older version made have no hash in their rows: what lies there at the upgrade is hashed, once.

Whether that is unfinished stands in a note, which only an upgrade from before writes: in its own transaction, with the
newest photo of that moment. So a hash that is lost later is not made up for from whatever lies there then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lightgate.files.data_folder import DataFolder
from lightgate.files.picture_proof import TO_PROVE_NOTE, hashes_of
from lightgate.store import Store, Transaction

_AT_ONCE = 100


def prove_old_pictures(
    store: Store, folder: DataFolder, now: Callable[[], datetime], tell: Callable[[str], object]
) -> int:
    """Hash the pictures of photos that came before their hashes were kept, and give of how many.

    Goes on where it was interrupted; nothing is locked for longer than it takes to write some rows.
    """
    with store.reading() as tx:
        span = _span(tx)
        number = len(tx.photos.without_pictures(*span, span[1])) if span else 0
    if number:
        tell(f"The pictures of {number:,} photos are hashed, once; many thousands take some minutes.")
    done = 0
    while span is not None:
        done += _prove_some(store, folder, span, now())
        with store.reading() as tx:
            span = _span(tx)
    return done


def _prove_some(store: Store, folder: DataFolder, span: tuple[int, int], at: datetime) -> int:
    with store.reading() as tx:
        batch = tx.photos.without_pictures(*span, _AT_ONCE)
    found = {key: hashes_of(folder.proxy_files(content_hash)) for key, content_hash in batch}
    with store.writing() as tx:
        if _span(tx) != span:
            # another process goes on with it
            return 0
        for photo_id, content_hash in batch:
            _, known = tx.photos.pictures(photo_id)
            if not known:
                tx.photos.put_pictures(photo_id, content_hash, found[photo_id])
        is_last = len(batch) < _AT_ONCE
        tx.notes.put(TO_PROVE_NOTE, None if is_last else f"{batch[-1][0]} {span[1]}", at)
    return sum(map(bool, found.values()))


def _span(tx: Transaction) -> tuple[int, int] | None:
    """Give the last photo that was hashed, and the last that is to be; None: nothing is left to do."""
    after, _, up_to = (tx.notes.get(TO_PROVE_NOTE) or "").partition(" ")
    return (int(after), int(up_to)) if after.isdigit() and up_to.isdigit() else None
