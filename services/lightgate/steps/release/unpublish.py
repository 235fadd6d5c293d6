"""Taking photos off the website, on every target and in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lightgate.domain.photo import DEBTS, LedgerState, Photo
from lightgate.domain.route.pipeline import PUBLISH, Result, Status, advance
from lightgate.errors import HoldLost, LightgateError
from lightgate.steps.release.desk import BUSY, ReleaseDesk
from lightgate.steps.release.outcome import Outcome, move
from lightgate.store import Actor, Transaction
from lightgate.store.history import EventKind, note
from lightgate.website.approval import withdraw
from lightgate.website.debts import make_good, settle
from lightgate.website.live_hold import Hold


def is_to_remove(photo: Photo) -> bool:
    """Does a release take this photo off the site? What is owed goes by itself."""
    is_rejected = photo.position.status is Status.REJECTED
    return is_rejected and any(each.state not in DEBTS for each in photo.publications)


def unpublish(desk: ReleaseDesk, ids: Sequence[int], by: str) -> tuple[Outcome, ...]:
    """Take photos off the site: row first, so that nothing points at a missing file, then files, then the ledger.

    One that stood at ``publish`` goes back to review. What could not be reached is owed: the publish worker settles it.
    """
    return tuple(_alone(desk, photo_id, by) for photo_id in dict.fromkeys(ids))


def _alone(desk: ReleaseDesk, photo_id: int, by: str) -> Outcome:
    """Keep workers from publishing the photo while it is taken off."""
    try:
        with desk.holding(photo_id, by) as hold:
            if hold is None:
                return Outcome(photo_id, is_done=False, message=BUSY)
            return take_off(desk, hold, by)
    except HoldLost as error:
        make_good(desk.books, photo_id)
        return Outcome(photo_id, is_done=False, message=error.message)
    except LightgateError as error:
        return Outcome(photo_id, is_done=False, message=error.message)


def take_off(desk: ReleaseDesk, hold: Hold, by: str) -> Outcome:
    """Take one photo off.

    Raises:
        HoldLost: somebody else goes on with it.
    """
    photo_id = hold.photo_id
    with desk.store.writing() as tx:
        hold.require(tx)
        photo = tx.photos.get(photo_id)
        if reason := _why_not_unpublished(photo):
            return Outcome(photo_id, is_done=False, message=reason)
        _take_back(desk, tx, photo, by)
    name = photo.publications[0].file_name
    if left := settle(desk.books, hold, Actor.PERSON, by):
        return Outcome(photo_id, is_done=False, message=" ".join(left))
    return Outcome(photo_id, is_done=True, message=f"{name} is no longer on the website.")


def _take_back(desk: ReleaseDesk, tx: Transaction, photo: Photo, by: str) -> None:
    """Make sure that no worker publishes the photo again, and write down what is owed from now on."""
    at = desk.now()
    for publication in photo.publications:
        owed = replace(publication, state=LedgerState.TAKING_OFF, paths=publication.touched, earlier=None)
        tx.publications.put(photo.id, owed, at)
    if photo.position.step == PUBLISH and photo.position.status is not Status.REJECTED:
        move(tx, photo, advance(photo.position, Result.REOPENED, desk.route), by, at)
        withdraw(tx, photo, desk.key, at)
    tx.events.add(note(photo, by, at, EventKind.DECISION, "unpublish"))


def _why_not_unpublished(photo: Photo) -> str | None:
    if not photo.publications:
        return "This photo is not on the website."
    if photo.position.step == PUBLISH and photo.position.status is Status.RUNNING:
        return BUSY
    return None
