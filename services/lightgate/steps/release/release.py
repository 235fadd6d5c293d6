"""Sending approved photos on to the website: the last thing a person does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import PUBLISH, RELEASE, Result, Status, advance
from lightgate.domain.route.status_words import ReviewStatus, why_not_live
from lightgate.errors import SealBroken
from lightgate.names.reserve import free_rejected_names
from lightgate.steps.release.desk import ReleaseDesk
from lightgate.steps.release.outcome import Outcome, move
from lightgate.steps.release.unpublish import is_to_remove, unpublish
from lightgate.store import PhotoFilter, Store, Transaction
from lightgate.store.history import EventKind, note
from lightgate.website.approval import act_of, is_approved
from lightgate.website.restored import require_newest, why_held_back
from lightgate.website.rollback_copy import sweep_replaced


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


def release(desk: ReleaseDesk, ids: Sequence[int], by: str) -> ReleaseReport:
    """Send approved photos to the publish queue, each by a sealed act, and take rejected ones off the site."""
    at = desk.now()
    require_newest(desk.store, desk.folder, desk.route, at)
    released: list[Photo] = []
    refused: list[Outcome] = []
    to_remove: list[int] = []
    with desk.store.writing() as tx:
        is_held = why_held_back(tx)
        photos = {photo.id: photo for photo in tx.photos.many(ids)}
        number = tx.releases.next_number()
        for photo_id in dict.fromkeys(ids):
            photo = photos.get(photo_id)
            if photo is not None and is_to_remove(photo):
                to_remove.append(photo_id)
            elif reason := (is_held or _why_not_released(desk, tx, photo)):
                refused.append(Outcome(photo_id, is_done=False, message=reason))
            elif photo is not None:
                moved = move(tx, photo, advance(photo.position, Result.RELEASED, desk.route), by, at)
                tx.events.add(note(photo, by, at, EventKind.DECISION, "release"))
                released.append(moved)
        free_rejected_names(tx, {photo.set_id for photo in released}, by, at)
        tx.releases.add([act_of(photo, number, desk.key, by, at) for photo in released])
    if released:
        sweep_replaced(desk.store, desk.folder)
        desk.wake(PUBLISH)
    removed = unpublish(desk, to_remove, by)
    ids_released = tuple(photo.id for photo in released)
    return ReleaseReport(ids_released, removed, tuple(refused), number if released else None)


def ready_for_release(store: Store, set_id: int | None = None) -> Sequence[int]:
    """List what a release would act on: approved photos, and rejected ones that are still on the site."""
    with store.reading() as tx:
        approved = tx.photos.ids(PhotoFilter(set_id=set_id, review_status=ReviewStatus.APPROVED))
        return [*approved, *tx.publications.rejected_ids(set_id)]


def _why_not_released(desk: ReleaseDesk, tx: Transaction, photo: Photo | None) -> str | None:
    if photo is None:
        return "There is no such photo."
    if photo.position.step != RELEASE or photo.position.status is not Status.WAITING:
        return why_not_live(photo)
    return desk.website.why_not(photo) if is_approved(tx, photo, desk.key) else SealBroken().message
