"""Undoing a release: what it replaced is put back, what it added is taken off, and its photos go back to review.

What was only sent again, by ``renew``, said the same before: it stays live and approved. A release that still runs can
be stopped, too: what was not sent yet goes back to where it is released from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lightgate.domain.approval.seal import is_replaced_sealed
from lightgate.domain.photo import Before, LedgerState, Photo
from lightgate.domain.route.pipeline import PUBLISH, Result, Status, advance
from lightgate.errors import HoldLost, LightgateError, NotFound, NotTheNewest, TargetUnreachable
from lightgate.steps.release.desk import BUSY, ReleaseDesk
from lightgate.steps.release.outcome import Outcome, move
from lightgate.steps.release.unpublish import take_off
from lightgate.store import Actor, Transaction
from lightgate.store.history import EventKind, note
from lightgate.website.approval import owe, withdraw
from lightgate.website.debts import make_good, settle, target_is_gone
from lightgate.website.live_hold import Hold
from lightgate.website.rollback_copy import earlier_of, kept_file

_SENDING = frozenset({(EventKind.DECISION, "release"), (EventKind.DECISION, "renew")})


def undo_release(desk: ReleaseDesk, by: str, *, number: int | None = None) -> Sequence[Outcome]:
    """Undo the newest release, photo by photo; what could not be put back is a debt that the publish worker settles.

    Files come first, the row second, our record last, so that a crash at any point leaves what is finished later.

    Args:
        number: the release that is meant; None: whichever is the newest.

    Raises:
        NotTheNewest: another was made since, or this one was undone.
    """
    with desk.store.reading() as tx:
        newest = tx.releases.newest_number()
        if number is not None and number != newest:
            raise NotTheNewest(number=number, newest=newest or "none")
        last = tx.releases.last()
    return [_alone(desk, newest or 0, photo_id, before, by) for photo_id, before in last.items()]


def stop_release(desk: ReleaseDesk, number: int, by: str) -> Sequence[Outcome]:
    """Stop what a release has not sent yet, failed photos too; what is under way is finished, and stays as it is then.

    The rest goes back to be released anew, still approved; what was only sent again stays live as it is. Of a half-sent
    photo whose next try is stopped nothing stays: that is a debt.

    Raises:
        NotFound: no such release.
    """
    at = desk.now()
    outcomes = []
    with desk.store.writing() as tx:
        tx.releases.get(number)
        photos = tx.photos.many(tx.releases.photos_of(number, limit=-1))
        for photo in photos:
            act = tx.releases.act(photo.id)
            is_of_it = act is not None and act.number == number and photo.position.step == PUBLISH
            if not is_of_it or photo.position.status not in {Status.QUEUED, Status.FAILED}:
                continue
            is_renewal = _was_sent_again(tx, photo.id)
            result = Result.LEFT_LIVE if is_renewal else Result.HELD_BACK
            move(tx, photo, advance(photo.position, result, desk.route), by, at)
            tx.releases.forget(photo.id, at)
            owe(tx, photo.id, at)
            tx.events.add(note(photo, by, at, EventKind.DECISION, "stop_release"))
            message = "It stays live as it was." if is_renewal else "It was not sent, and waits to be released again."
            outcomes.append(Outcome(photo.id, is_done=True, message=message))
        running = (PUBLISH, Status.RUNNING)
        under_way = [photo for photo in photos if (photo.position.step, photo.position.status) == running]
    outcomes += [Outcome(photo.id, is_done=False, message="It is under way, and is finished.") for photo in under_way]
    if outcomes:
        desk.wake(PUBLISH)
    return outcomes


def _alone(desk: ReleaseDesk, number: int, photo_id: int, before: Before | None, by: str) -> Outcome:
    try:
        with desk.holding(photo_id, by) as hold:
            if hold is None:
                return Outcome(photo_id, is_done=False, message=BUSY)
            return _undo_one(desk, hold, number, before, by)
    except HoldLost as error:
        make_good(desk.books, photo_id)
        return Outcome(photo_id, is_done=False, message=error.message)
    except LightgateError as error:
        return Outcome(photo_id, is_done=False, message=error.message)


def _undo_one(desk: ReleaseDesk, hold: Hold, number: int, before: Before | None, by: str) -> Outcome:
    photo_id = hold.photo_id
    try:
        photo = _called_back(desk, photo_id, by)
        if photo is None:
            return Outcome(photo_id, is_done=False, message=BUSY)
        if before is None or not photo.publications:
            is_live = photo.position.status is Status.PUBLISHED
            message = "It stays live as it is." if is_live else "It was not published by this release."
        elif before.publications:
            _require_kept(desk, number, photo, before)
            left = _put_back(desk, hold, photo, before, by)
            if left:
                return Outcome(photo_id, is_done=False, message=" ".join(left))
            message = f"{before.publications[0].file_name} is as it was before."
        else:
            outcome = take_off(desk, hold, by)
            if not outcome.is_done:
                return outcome
            message = outcome.message
    except NotFound:
        message = "The photo is not in the queue any more."
    with desk.store.writing() as tx:
        tx.releases.forget(photo_id, desk.now())
    return Outcome(photo_id, is_done=True, message=message)


def _called_back(desk: ReleaseDesk, photo_id: int, by: str) -> Photo | None:
    """Bring the photo back to review, so that no worker publishes it again; None while one does.

    One that was sent again as it was comes back to live: nobody has to approve it anew.
    """
    at = desk.now()
    with desk.store.writing() as tx:
        photo = tx.photos.get(photo_id)
        status = photo.position.status
        if photo.position.step != PUBLISH or status is Status.REJECTED:
            return photo
        if status is Status.RUNNING:
            return None
        if _was_sent_again(tx, photo_id):
            if status is not Status.PUBLISHED:
                move(tx, photo, advance(photo.position, Result.LEFT_LIVE, desk.route), by, at)
                owe(tx, photo_id, at)
        else:
            move(tx, photo, advance(photo.position, Result.REOPENED, desk.route), by, at)
            withdraw(tx, photo, desk.key, at)
        tx.events.add(note(photo, by, at, EventKind.DECISION, "undo_release"))
        return tx.photos.get(photo_id)


def _was_sent_again(tx: Transaction, photo_id: int) -> bool:
    sent = [each.name for each in tx.events.of_photo(photo_id) if (each.kind, each.name) in _SENDING]
    return sent[-1:] == ["renew"]


def _put_back(desk: ReleaseDesk, hold: Hold, photo: Photo, before: Before, by: str) -> Sequence[str]:
    """Owe the website what was live before, and settle that at once; gives what could not be done."""
    kept, at = earlier_of(photo.id, before, desk.key), desk.now()
    with desk.store.writing() as tx:
        hold.require(tx)
        for each in tx.publications.of_photo(photo.id):
            earlier = kept.get(each.target)
            state = LedgerState.PUTTING_BACK if earlier else LedgerState.TAKING_OFF
            tx.publications.put(photo.id, replace(each, state=state, earlier=earlier), at)
    return settle(desk.books, hold, Actor.PERSON, by)


def _require_kept(desk: ReleaseDesk, number: int, photo: Photo, before: Before) -> None:
    """What is whole now is only given up for what can be proven and is there.

    Raises:
        TargetUnreachable: it is not, or the target is gone.
    """
    targets = {target.name: target for target in desk.website.targets}
    if not is_replaced_sealed(number, photo.id, before, desk.key):
        reason = "what was live before the release was not written down by this installation"
        raise TargetUnreachable(target=before.publications[0].target, reason=reason)
    for publication in before.publications:
        target = targets.get(publication.target)
        if target is None:
            raise TargetUnreachable(target_is_gone(publication.target))
        for kind, path in publication.paths.items():
            wanted = publication.hashes.get(kind)
            is_kept = wanted is None or kept_file(desk.folder, wanted) is not None
            if not is_kept and target.digest(path) != wanted:
                raise TargetUnreachable(target=target.name, reason=f"what {path} was before the release was not kept")
