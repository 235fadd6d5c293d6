"""Rollback: an unpublished set goes back to the state before it was submitted, and its row stays as a tombstone.

The order makes it repeatable: moved sources are put back first, then the rows go in one transaction, then the copies.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Sequence, Set
from datetime import datetime
from itertools import count
from pathlib import Path

from lightgate.domain.names.path_text import from_text, to_text
from lightgate.domain.photo import DEBTS, Photo, PhotoSet
from lightgate.domain.route.pipeline import PUBLISH, Status
from lightgate.engine.kill_point import kill_point
from lightgate.errors import IllegalMove, InputInvalid, LightgateError
from lightgate.files.durable import sync_folder
from lightgate.files.locks import alone
from lightgate.intake.copies import copy, hash_of_file, not_written
from lightgate.intake.desk import IntakeDesk
from lightgate.intake.move_sources import Fate, proven_copy
from lightgate.intake.orphans import remove_unowned, sweep_now
from lightgate.intake.reports import RollbackReport
from lightgate.intake.scan import found_at
from lightgate.store import LONGEST_HOLD, Actor, Event, Transaction
from lightgate.store.history import EventKind

#: while a rollback waits for a worker, the rest of the set is not given to workers for so long
HOLD = LONGEST_HOLD


def rollback(desk: IntakeDesk, slug_or_id: str | int, actor: str) -> RollbackReport:
    """Undo a set; doing it again, also after a crash in between, finishes the work.

    Raises:
        NotFound: there is no such set.
        IllegalMove: a photo is live, about to be published, or in a worker's hands; says which.
        InputInvalid: a moved source cannot be put back.
    """
    with alone(desk.folder.moves_lock):
        with desk.store.reading() as tx:
            wanted = tx.sets.get(slug_or_id)
        if wanted.rolled_back_at:
            is_clean = sweep_now(desk.store, desk.folder)
            return RollbackReport(wanted.slug, removed=0, freed=0, copies_remain=not is_clean)
        photos = _free_photos(desk, wanted)
        restored = tuple(_restored(desk, photos))
        kill_point(desk.kill_at, "after_restore")
        report = _forget(desk, wanted, photos, actor)
        kill_point(desk.kill_at, "after_forget")
    is_clean = remove_unowned(desk.store, desk.folder, [each.content_hash for each in photos])
    return RollbackReport(report.slug, report.removed, report.freed, restored, copies_remain=not is_clean)


def _free_photos(desk: IntakeDesk, wanted: PhotoSet) -> Sequence[Photo]:
    """Give the set's photos, none of which a worker holds.

    Raises:
        IllegalMove: as in ``rollback``; where it is for a worker, the rest is kept from workers meanwhile.
    """
    with desk.store.writing() as tx:
        photos = tx.photos.many(tx.sets.photo_ids(wanted.id))
        fault = _fault(photos, desk.targets)
        if fault and not _is_public(photos):
            until = desk.now() + HOLD
            tx.photos.hold_until([each.id for each in photos if each.position.status is Status.QUEUED], until)
    if fault:
        raise fault
    return photos


def _is_public(photos: Sequence[Photo]) -> bool:
    return any(photo.publications or photo.position.step == PUBLISH for photo in photos)


def _fault(photos: Sequence[Photo], targets: Set[str] | None) -> LightgateError | None:
    for photo in photos:
        for each in photo.publications:
            is_owed = each.state in DEBTS
            if is_owed and targets is not None and each.target not in targets:
                # what lies at a target that is gone can only be left there
                continue
            name = f"Photo {photo.id} ({photo.file_name})"
            if is_owed:
                return IllegalMove(f"{name} is being taken off {each.target}: roll back again when that is done.")
            return IllegalMove(f"{name} is on the website: unpublish it first.")
    for photo in photos:
        if photo.position.step == PUBLISH:
            return IllegalMove(f"Photo {photo.id} ({photo.file_name}) is released: take it back to review first.")
    running = [photo for photo in photos if photo.position.status is Status.RUNNING]
    if running:
        first = running[0]
        return IllegalMove(
            f"Photo {first.id} is being worked on ({first.position.step}; {len(running)} in all). The others of the "
            "set are kept from the workers for ten minutes: roll back again in a moment."
        )
    return None


def _restored(desk: IntakeDesk, photos: Sequence[Photo]) -> Iterator[str]:
    with desk.store.reading() as tx:
        pending = {each.id for each, _ in tx.photos.sources_to_remove(limit=1_000_000)}
        moved = [
            (photo, tx.photos.source_path(photo.id), tx.photos.source_mode(photo.id))
            for photo in photos
            if _was_moved(tx, photo, pending)
        ]
    for photo, text, mode in moved:
        source = Path(from_text(text))
        if not source.is_symlink() and not _is_same(source, photo):
            yield to_text(str(_put_back(desk, photo, source, mode)))


def _was_moved(tx: Transaction, photo: Photo, pending: Set[int]) -> bool:
    """Did ``--move`` remove the source, or may it have, just before a crash?"""
    fates = {each.name for each in tx.events.of_photo(photo.id) if each.kind is EventKind.SOURCE}
    return photo.id in pending or not fates.isdisjoint({Fate.REMOVED, Fate.GONE})


def _is_same(path: Path, photo: Photo) -> bool:
    return path.is_file() and hash_of_file(path) == photo.content_hash


def _put_back(desk: IntakeDesk, photo: Photo, source: Path, mode: int | None) -> Path:
    if not source.parent.is_dir():
        where = to_text(str(source.parent))
        raise InputInvalid(
            reason=f"{photo.relative_path} came from {where}, which is not there: connect that disk or make that "
            "folder, then roll back again. Nothing was changed."
        )
    held = proven_copy(desk.folder, photo)
    if held is None:
        raise InputInvalid(
            reason=f"The working copy of {photo.relative_path} is missing or damaged, so it cannot be put back. "
            "Nothing was changed."
        )
    temporary = source.parent / f".lightgate-{secrets.token_hex(8)}"
    try:
        copy(found_at(held, photo.relative_path, held.lstat()), temporary, mode)
        place = _free_place(temporary, source, photo)
        sync_folder(source.parent)
    except OSError as error:
        raise not_written(error, source.parent) from error
    finally:
        temporary.unlink(missing_ok=True)
    return place


def _free_place(temporary: Path, source: Path, photo: Photo) -> Path:
    """Put a file where it stood, or beside what stands there now; never over anything."""
    for number in count():
        place = source if number == 0 else source.with_name(f"{source.stem}_restored_{number:03d}{source.suffix}")
        if _is_same(place, photo):
            return place
        if _link(temporary, place):
            return place
    raise AssertionError("counting ends")  # pragma: no cover


def _link(temporary: Path, place: Path) -> bool:
    try:
        os.link(temporary, place)
    except FileExistsError:
        return False
    except OSError as error:
        # FAT and some network file systems have no hard links
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}:
            raise
        if os.path.lexists(place):
            return False
        temporary.rename(place)
    return True


def _forget(desk: IntakeDesk, wanted: PhotoSet, photos: Sequence[Photo], actor: str) -> RollbackReport:
    at = desk.now()
    with desk.store.writing() as tx:
        current = tx.photos.many(tx.sets.photo_ids(wanted.id))
        fault = _fault(current, desk.targets)
        if fault or {each.id for each in current} != {each.id for each in photos}:
            raise fault or IllegalMove(f"The set {wanted.slug} changed meanwhile; roll back again.")
        freed = [each for each in current if each.file_name and not tx.names.is_frozen(each.id)]
        for photo in current:
            tx.names.release(photo.id, at)
            tx.photos.delete(photo.id)
        tx.events.add(*(_event(photo, actor, at) for photo in current))
        tx.sets.entomb(wanted.id, at)
    return RollbackReport(wanted.slug, removed=len(current), freed=len(freed))


def _event(photo: Photo, actor: str, at: datetime) -> Event:
    before = f"{photo.position.step}:{photo.position.status}"
    return Event(
        photo.id, photo.set_id, at, Actor.PERSON, actor, EventKind.DECISION, "rolled_back", before, photo.file_name
    )
