"""Sending live photos again whose files would be made otherwise now: other settings, or a target that came later.

Nobody reviews them anew: the approval covers what a photo says, and that is checked as at every release.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from lightgate.approved import is_approved
from lightgate.domain.photo import Photo
from lightgate.domain.pipeline import PUBLISH, Position, Result, Route, Status, advance
from lightgate.domain.words import why_not_live
from lightgate.errors import SealBroken
from lightgate.folder import DataFolder
from lightgate.publishing.record import Outcome, move, note
from lightgate.replaced import sweep_replaced
from lightgate.site import Website
from lightgate.store import Store, Transaction


def renew(
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
) -> Sequence[Outcome]:
    """Send live photos to the publish queue again, as one release that can be undone.

    Args:
        key: seals approvals.
        wake: told the step, once the photos stand there.
    """
    outcomes: list[Outcome] = []
    with store.writing() as tx:
        for photo in tx.photos.many(ids):
            if reason := _why_not(tx, photo, key, website):
                outcomes.append(Outcome(photo.id, is_done=False, message=reason))
                continue
            move(tx, photo, advance(photo.position, Result.RELEASED, route), by, at)
            tx.events.add(note(photo, by, at, "decision", "renew"))
            outcomes.append(Outcome(photo.id, is_done=True, message=f"{photo.file_name} is sent again."))
        if sent := [each.photo_id for each in outcomes if each.is_done]:
            tx.releases.add(sent, by, at)
    if sent:
        sweep_replaced(store, folder)
        wake(PUBLISH)
    return outcomes


def _why_not(tx: Transaction, photo: Photo, key: bytes, website: Website) -> str | None:
    position: Position = photo.position
    if (position.step, position.status) != (PUBLISH, Status.PUBLISHED):
        return f"Only a live photo is sent again. {why_not_live(photo)}"
    return website.why_not(photo) if is_approved(tx, photo, key) else SealBroken().message
