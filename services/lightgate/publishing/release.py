"""Sending approved photos on to the website: the last thing a person does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lightgate.approved import is_approved
from lightgate.domain.photo import Photo
from lightgate.domain.pipeline import PUBLISH, RELEASE, Result, Route, Status, advance
from lightgate.domain.words import ReviewStatus, why_not_live
from lightgate.errors import SealBroken
from lightgate.folder import DataFolder
from lightgate.naming_gate import free_rejected_names
from lightgate.publishing.record import Outcome, move, note
from lightgate.publishing.removal import is_to_remove, unpublish
from lightgate.replaced import sweep_replaced
from lightgate.site import Website
from lightgate.store import PhotoFilter, Store, Transaction


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What a release did."""

    #: on their way to the site
    released: tuple[int, ...] = ()
    #: rejected photos that were live
    removed: tuple[Outcome, ...] = ()
    #: not released, each with the reason
    refused: tuple[Outcome, ...] = ()
    #: its number in the history of releases; None where nothing was sent
    number: int | None = None


def release(
    store: Store,
    route: Route,
    key: bytes,
    ids: Sequence[int],
    by: str,
    at: datetime,
    *,
    folder: DataFolder,
    website: Website,
    wake: Callable[[str], object],
) -> ReleaseReport:
    """Send approved photos to the publish queue, and take rejected ones off the site.

    Args:
        key: seals approvals.
        wake: told the step, once the photos stand there.
    """
    released: list[int] = []
    refused: list[Outcome] = []
    to_remove: list[int] = []
    with store.writing() as tx:
        photos = {photo.id: photo for photo in tx.photos.many(ids)}
        for photo_id in dict.fromkeys(ids):
            photo = photos.get(photo_id)
            if photo is not None and is_to_remove(photo):
                to_remove.append(photo_id)
            elif reason := _why_not_released(tx, photo, key, website):
                refused.append(Outcome(photo_id, is_done=False, message=reason))
            elif photo is not None:
                move(tx, photo, advance(photo.position, Result.RELEASED, route), by, at)
                tx.events.add(note(photo, by, at, "decision", "release"))
                released.append(photo_id)
        free_rejected_names(tx, {photos[photo_id].set_id for photo_id in released}, by, at)
        number = tx.releases.add(released, by, at) if released else None
    if released:
        sweep_replaced(store, folder)
        wake(PUBLISH)
    removed = unpublish(store, folder, route, website, to_remove, by, at)
    return ReleaseReport(tuple(released), removed, tuple(refused), number)


def ready_for_release(store: Store, set_id: int | None = None) -> Sequence[int]:
    """List what a release would act on: approved photos, and rejected ones that are still on the site."""
    with store.reading() as tx:
        approved = tx.photos.ids(PhotoFilter(set_id=set_id, review_status=ReviewStatus.APPROVED))
        return [*approved, *tx.publications.rejected_ids(set_id)]


def _why_not_released(tx: Transaction, photo: Photo | None, key: bytes, website: Website) -> str | None:
    if photo is None:
        return "There is no such photo."
    if photo.position.step != RELEASE or photo.position.status is not Status.WAITING:
        return why_not_live(photo)
    return website.why_not(photo) if is_approved(tx, photo, key) else SealBroken().message
