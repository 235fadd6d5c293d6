"""Taking photos off the website, on every target and in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lightgate.domain.photo import LedgerState, Photo, Publication
from lightgate.domain.pipeline import PUBLISH, Result, Route, Status, advance
from lightgate.errors import LightgateError
from lightgate.file_lock import alone_if_free
from lightgate.folder import DataFolder
from lightgate.publishing.record import Outcome, move, note
from lightgate.site import Website
from lightgate.store import Store, Transaction

BUSY = "This photo is being published right now; try again in a moment."


def is_to_remove(photo: Photo) -> bool:
    """Does a release take this photo off the site?"""
    return photo.position.status is Status.REJECTED and bool(photo.publications)


def target_is_gone(name: str) -> str:
    """Say that files lie where nothing can be removed."""
    return f"The target {name} is not in the settings any more; its files were left."


def unpublish(
    store: Store, folder: DataFolder, route: Route, website: Website, ids: Sequence[int], by: str, at: datetime
) -> tuple[Outcome, ...]:
    """Take photos off the site: row first, so that nothing points at a missing file, then files, then the ledger.

    One that stood at ``publish`` goes back to review. What could not be reached stays in the ledger, to be removed.
    """
    return tuple(_alone(store, folder, route, website, photo_id, by, at) for photo_id in dict.fromkeys(ids))


def _alone(
    store: Store, folder: DataFolder, route: Route, website: Website, photo_id: int, by: str, at: datetime
) -> Outcome:
    """Keep workers from publishing the photo while it is taken off."""
    with alone_if_free(folder.live_lock(photo_id)) as is_free:
        if not is_free:
            return Outcome(photo_id, is_done=False, message=BUSY)
        return take_off(store, route, website, photo_id, by, at)


def take_off(store: Store, route: Route, website: Website, photo_id: int, by: str, at: datetime) -> Outcome:
    """Take one photo off; the caller holds its lock."""
    try:
        with store.writing() as tx:
            photo = tx.photos.get(photo_id)
            if reason := _why_not_unpublished(photo):
                return Outcome(photo_id, is_done=False, message=reason)
            _take_back(tx, photo, route, by, at)
        for publication in photo.publications:
            website.catalogue.remove(publication.file_name)
    except LightgateError as error:
        return Outcome(photo_id, is_done=False, message=error.message)
    failures = [_remove_files(store, website, photo, each, by, at) for each in photo.publications]
    if message := " ".join(filter(None, failures)):
        return Outcome(photo_id, is_done=False, message=message)
    return Outcome(photo_id, is_done=True, message=f"{photo.publications[0].file_name} is no longer on the website.")


def _take_back(tx: Transaction, photo: Photo, route: Route, by: str, at: datetime) -> None:
    """Make sure that no worker publishes the photo again, and note what is to go."""
    for publication in photo.publications:
        tx.publications.put(photo.id, replace(publication, state=LedgerState.TO_REMOVE), at)
    if photo.position.step == PUBLISH and photo.position.status is not Status.REJECTED:
        move(tx, photo, advance(photo.position, Result.REOPENED, route), by, at)
        tx.photos.write(photo.id, {"approval_id": None})
    tx.events.add(note(photo, by, at, "decision", "unpublish"))


def _remove_files(
    store: Store, website: Website, photo: Photo, publication: Publication, by: str, at: datetime
) -> str | None:
    """Remove one target's files and forget them; gives what went wrong, if anything did."""
    target = next((each for each in website.targets if each.name == publication.target), None)
    if target is None:
        return target_is_gone(publication.target)
    try:
        for path in publication.paths.values():
            target.remove(path)
    except LightgateError as error:
        return error.message
    with store.writing() as tx:
        if any(each.state is LedgerState.TO_REMOVE for each in tx.publications.of_photo(photo.id) if each.target == target.name):
            tx.publications.remove(photo.id, target.name)
            tx.events.add(note(photo, by, at, "published", target.name, old=publication.file_name))
    return None


def _why_not_unpublished(photo: Photo) -> str | None:
    if not photo.publications:
        return "This photo is not on the website."
    if photo.position.step == PUBLISH and photo.position.status is Status.RUNNING:
        return BUSY
    return None
