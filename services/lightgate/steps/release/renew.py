"""Sending live photos again whose files would be made otherwise now: other settings, or a target that came later.

Nobody reviews them anew: the approval covers what a photo says, and that is checked as at every release. Sending again
is a sealed act as a release is.
"""

from __future__ import annotations

from collections.abc import Sequence

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import PUBLISH, Position, Result, Status, advance
from lightgate.domain.route.status_words import why_not_live
from lightgate.errors import SealBroken
from lightgate.steps.release.desk import ReleaseDesk
from lightgate.steps.release.outcome import Outcome, move
from lightgate.store import Transaction
from lightgate.store.history import EventKind, note
from lightgate.website.approval import act_of, is_approved
from lightgate.website.restored import why_held_back
from lightgate.website.rollback_copy import sweep_replaced


def renew(desk: ReleaseDesk, ids: Sequence[int], by: str) -> Sequence[Outcome]:
    """Send live photos to the publish queue again, as one release that can be undone."""
    at = desk.now()
    outcomes: list[Outcome] = []
    sent: list[Photo] = []
    with desk.store.writing() as tx:
        is_held = why_held_back(tx)
        number = tx.releases.next_number()
        for photo in tx.photos.many(ids):
            if reason := is_held or _why_not(desk, tx, photo):
                outcomes.append(Outcome(photo.id, is_done=False, message=reason))
                continue
            sent.append(move(tx, photo, advance(photo.position, Result.RELEASED, desk.route), by, at))
            tx.events.add(note(photo, by, at, EventKind.DECISION, "renew"))
            outcomes.append(Outcome(photo.id, is_done=True, message=f"{photo.file_name} is sent again."))
        tx.releases.add([act_of(photo, number, desk.key, by, at) for photo in sent])
    if sent:
        sweep_replaced(desk.store, desk.folder)
        desk.wake(PUBLISH)
    return outcomes


def _why_not(desk: ReleaseDesk, tx: Transaction, photo: Photo) -> str | None:
    position: Position = photo.position
    if (position.step, position.status) != (PUBLISH, Status.PUBLISHED):
        return f"Only a live photo is sent again. {why_not_live(photo)}"
    return desk.website.why_not(photo) if is_approved(tx, photo, desk.key) else SealBroken().message
