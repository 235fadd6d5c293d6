"""Approve, reject, reopen, retry, skip: a person's word on one photo, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from lightgate.domain.photo import LedgerState, Photo
from lightgate.domain.proof import proof as proofs
from lightgate.domain.route.pipeline import NAMING, NEEDS_APPROVAL, PUBLISH, REVIEW, Result, Status, steps_before
from lightgate.errors import InputInvalid, ProofBlocks, RawNotDeveloped
from lightgate.names.reserve import give_names
from lightgate.pictures.series import rank_again
from lightgate.steps.review.desk import ReviewDesk, fetch, mark_whole, move, prove
from lightgate.steps.review.proven_picture import look
from lightgate.steps.review.set_aside import bring_back, set_aside
from lightgate.store import Actor, Event
from lightgate.store.history import EventKind, note
from lightgate.website.approval import approve as give_word
from lightgate.website.approval import give_back, withdraw

MAX_REASON = 2000


def approve(desk: ReviewDesk, photo_id: int, version: int, by: str, override_reason: str | None = None) -> Photo:
    """Approve exactly what the photo shows at this version.

    Raises:
        ProofBlocks: the text proof blocks, and no reason was given.
        PictureUnproven: the view on the disk is not the one that was made from the original.
        PictureTurning: it was turned, and the view is still to be.
        RawNotDeveloped: what the reviewer sees is the camera's preview of a RAW file.
        Conflict, IllegalMove, NotFound: see ``errors``.
    """
    at, looked = desk.now(), look(desk, photo_id)
    with desk.store.writing() as tx:
        photo = fetch(tx, photo_id, version)
        if photo.exif.is_preview:
            raise RawNotDeveloped
        looked.require(photo)
        blocks = proofs.blocking(tx.photos.issues(photo_id))
        reason = _checked(override_reason)
        if blocks and not reason:
            raise ProofBlocks(issues="; ".join(issue.message.rstrip(".") for issue in blocks))
        approval_id = give_word(tx, photo, version + 1, desk.key, by, at, reason if blocks else None)
        tx.photos.put_approval(photo_id, approval_id)
        move(tx, desk, photo, Result.APPROVED, by, at)
        tx.events.add(
            note(photo, by, at, EventKind.DECISION, "approve", new=reason if blocks else None, operation=desk.operation)
        )
        return tx.photos.get(photo_id)


def reject(desk: ReviewDesk, photo_id: int, version: int, by: str, reason: str) -> Photo:
    """Put a photo aside with the reason, its name and file with it; a live version is marked to remove.

    The next release of its set, or the set's rollback, frees the name; until then the photo comes back under it.
    """
    at = desk.now()
    with desk.store.writing() as tx:
        photo = fetch(tx, photo_id, version)
        why = _checked(reason)
        move(tx, desk, photo, Result.REJECTED, by, at)
        withdraw(tx, photo, desk.key, at)
        tx.photos.put_reject_reason(photo_id, why)
        mark_whole(tx, photo_id, LedgerState.TO_REMOVE, at)
        rank_again(tx, photo)
        tx.events.add(note(photo, by, at, EventKind.DECISION, "reject", new=why, operation=desk.operation))
        rejected = tx.photos.get(photo_id)
    set_aside(desk.store, desk.folder, rejected)
    return rejected


def reopen(desk: ReviewDesk, photo_id: int, version: int, by: str) -> Photo:
    """Take a decision back: to review, or, for one rejected before review, to the step where it stood.

    Raises:
        DuplicatePhoto: the same picture came in again in the meantime.
    """
    with desk.store.reading() as tx:
        bring_back(desk.folder, fetch(tx, photo_id, version))
    at = desk.now()
    with desk.store.writing() as tx:
        photo = fetch(tx, photo_id, version)
        after = move(tx, desk, photo, Result.REOPENED, by, at)
        withdraw(tx, photo, desk.key, at)
        if photo.position.status is Status.REJECTED:
            tx.photos.put_reject_reason(photo_id, None)
            mark_whole(tx, photo_id, LedgerState.LIVE, at)
            has_passed_naming = any(step.name == NAMING for step in steps_before(desk.route, after.step))
            if has_passed_naming and photo.file_name is None:
                give_names(tx, [tx.photos.get(photo_id)], desk.rule, at, Actor.PERSON, by)
        rank_again(tx, photo)
        tx.events.add(note(photo, by, at, EventKind.DECISION, "reopen", operation=desk.operation))
        reopened = tx.photos.get(photo_id)
    desk.wake(reopened)
    return reopened


def give_approval_back(desk: ReviewDesk, photo: Photo, taken_back: Event, by: str) -> Photo:
    """Put the approval in force again that was in force before something was done which is taken back now.

    It stays the word of whoever gave it; the history says who gave it back. What was live then, and still is, is live
    again without a release. Nothing is done to a photo that was not approved then, or that is not exactly what was
    approved.
    """
    at = desk.now()
    with desk.store.writing() as tx:
        history = tx.events.of_photo(photo.id)
        approval = tx.approvals.last_of(photo.id)
        if approval is None or photo.position.step != REVIEW or not _was_approved(history, taken_back):
            return photo
        fresh = fetch(tx, photo.id, photo.version)
        if not give_back(tx, fresh, approval.id, desk.key):
            return photo
        move(tx, desk, fresh, Result.APPROVED, by, at)
        again = note(
            fresh, by, at, EventKind.DECISION, "approve", new=approval.override_reason, operation=desk.operation
        )
        tx.events.add(again)
        approved = tx.photos.get(photo.id)
        is_whole = bool(approved.publications) and all(each.state is LedgerState.LIVE for each in approved.publications)
        if is_whole and _stood_at(history, taken_back) == f"{PUBLISH}:{Status.PUBLISHED}":
            # no act of release is made for it, so that nothing could send it in between
            for result in (Result.RELEASED, Result.LEFT_LIVE):
                move(tx, desk, tx.photos.get(photo.id), result, by, at)
        return tx.photos.get(photo.id)


def _was_approved(history: Sequence[Event], done: Event) -> bool:
    """Did the photo leave a step that needs an approval by what was done?"""
    return _stood_at(history, done).partition(":")[0] in NEEDS_APPROVAL


def _stood_at(history: Sequence[Event], done: Event) -> str:
    """Give the position that a photo left by what was done, as the history has it; empty where it stayed."""
    moves = [each for each in history if each.kind is EventKind.POSITION and (each.id or 0) < (done.id or 0)]
    if not moves or (moves[-1].at, moves[-1].operation) != (done.at, done.operation):
        return ""
    return moves[-1].old or ""


def retry(desk: ReviewDesk, photo_id: int, version: int, by: str) -> Photo:
    """Send a failed photo through its step again, with all attempts."""
    return _leave_failure(desk, photo_id, version, by, Result.RETRIED)


def skip(desk: ReviewDesk, photo_id: int, version: int, by: str) -> Photo:
    """Send a failed photo on without the facts of its step."""
    return _leave_failure(desk, photo_id, version, by, Result.SKIPPED)


def _leave_failure(desk: ReviewDesk, photo_id: int, version: int, by: str, result: Result) -> Photo:
    at = desk.now()
    with desk.store.writing() as tx:
        photo = fetch(tx, photo_id, version)
        after = move(tx, desk, photo, result, by, at)
        if after.step == REVIEW:
            prove(tx, desk, photo_id, at)
        tx.events.add(note(photo, by, at, EventKind.DECISION, result.value))
        left = tx.photos.get(photo_id)
    desk.wake(left)
    return left


def _checked(reason: str | None) -> str:
    reason = (reason or "").strip()
    if len(reason) > MAX_REASON:
        raise InputInvalid(reason=f"A reason has at most {MAX_REASON} characters.")
    return reason
