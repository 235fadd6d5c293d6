"""Taking back what a person did, and doing it again: read from ``photo_event``, so that it works days later too.

What was done to many photos at once is one action, and is taken back whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from lightgate.domain.names.naming import fold
from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import Status
from lightgate.errors import (
    Conflict,
    DuplicatePhoto,
    GoneToWebsite,
    InputInvalid,
    LightgateError,
    NotFound,
    NothingToRedo,
    NothingToUndo,
    WebsiteNotUndone,
)
from lightgate.steps.review.decisions import approve, give_approval_back, reject, reopen
from lightgate.steps.review.desk import ReviewDesk, together
from lightgate.steps.review.editing import edit
from lightgate.steps.review.field_history import by_hand, changes_to, stands
from lightgate.steps.review.undo_log import (
    action_of,
    is_gone_since,
    is_to_website,
    newest_done,
    newest_undone,
)
from lightgate.store import Event, Transaction
from lightgate.store.history import EventKind, Mark, note

#: refusals that no second try changes; an action that ends in them must not stand in the way of older ones
_FOR_GOOD = (Conflict, DuplicatePhoto, NotFound)

_WEBSITE_WORDS = {
    "release": "a release",
    "renew": "photos sent again",
    "unpublish": "photos taken off",
    "undo_release": "a release taken back",
}


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an action that was taken back, or done again."""

    photos: tuple[Photo, ...]
    #: photo id, and why nothing was done to it
    refused: tuple[tuple[int, LightgateError], ...] = ()
    #: what it was, as the history has it
    events: tuple[Event, ...] = ()


def undo(desk: ReviewDesk, by: str) -> Undone:
    """Take back this person's newest decision or edit, of one photo or of many, with new versions and history.

    Raises:
        NothingToUndo: nothing is left.
        WebsiteNotUndone: the newest was a release or a removal; said once, then older ones are undone.
        Conflict, IllegalMove: somebody has gone on with every photo of it since.
    """
    with desk.store.reading() as tx:
        found = newest_done(tx, by)
        if found is None:
            raise NothingToUndo
        action = [found] if is_to_website(found) else action_of(tx, found)
    if is_to_website(found):
        _pass_over(desk, action, EventKind.UNDO)
        raise WebsiteNotUndone(what=_WEBSITE_WORDS[found.name])
    return _carried_out(desk, by, action, EventKind.UNDO, _take_back)


def redo(desk: ReviewDesk, by: str) -> Undone:
    """Do again what this person undid last, unless the person has done something else since.

    Raises:
        NothingToRedo: nothing was undone.
        Conflict, IllegalMove: somebody has gone on with every photo of it since.
    """
    with desk.store.reading() as tx:
        found = newest_undone(tx, by)
        if found is None:
            raise NothingToRedo
        action = action_of(tx, found)
    return _carried_out(desk, by, action, EventKind.REDO, _do_again)


def restore(desk: ReviewDesk, photo_id: int, version: int, event_id: int, by: str) -> Photo:
    """Put back the value that a field had before one edit, whoever made it and however long ago.

    Raises:
        InputInvalid: this event of this photo changed no field.
        Conflict, IllegalMove, NotFound: see ``errors``.
    """
    with desk.store.reading() as tx:
        found = [each for each in tx.events.of_photo(photo_id) if each.id == event_id and each.kind is EventKind.FIELD]
        if not found:
            raise InputInvalid(reason="There is no such change in this photo's history.")
        changes = changes_to(found, lambda event: event.old, tx.photos.quality(photo_id))
    return edit(desk, photo_id, version, changes, by)


_Apply = Callable[[ReviewDesk, Photo, Sequence[Event], str], Photo]


def _carried_out(desk: ReviewDesk, by: str, action: Sequence[Event], kind: EventKind, apply: _Apply) -> Undone:
    at_once = together(desk, f"{kind}:")
    by_photo: dict[int, list[Event]] = {}
    for event in action:
        by_photo.setdefault(event.photo_id, []).append(event)
    photos: list[Photo] = []
    refused: list[tuple[int, LightgateError]] = []
    for photo_id, events in by_photo.items():
        try:
            photos.append(_one(at_once, photo_id, events, by, kind, apply))
        except LightgateError as error:
            refused.append((photo_id, error))
    over = [photo_id for photo_id, error in refused if photos or isinstance(error, _FOR_GOOD)]
    _pass_over(at_once, [event for photo_id in over for event in by_photo[photo_id]], kind)
    if not photos:
        raise refused[0][1]
    return Undone(tuple(photos), tuple(refused), tuple(action))


def _pass_over(desk: ReviewDesk, events: Sequence[Event], kind: EventKind) -> None:
    """What is left as it is must not stand in the way of older actions."""
    marks = [
        replace(
            each, at=desk.now(), kind=kind, name=str(each.id), old=None, new=Mark.PASSED_OVER, operation=desk.operation
        )
        for each in events
    ]
    with desk.store.writing() as tx:
        tx.events.add(*marks)


def _one(desk: ReviewDesk, photo_id: int, events: Sequence[Event], by: str, kind: EventKind, apply: _Apply) -> Photo:
    with desk.store.reading() as tx:
        photo = tx.photos.get(photo_id)
        _refuse_what_others_went_on_with(tx, photo, events, by, kind)
    after = apply(desk, photo, events, by)
    with desk.store.writing() as tx:
        marks = (
            note(after, by, desk.now(), kind, str(event.id), new=Mark.TARGET, operation=desk.operation)
            for event in events
        )
        tx.events.add(*marks)
    return after


def _refuse_what_others_went_on_with(
    tx: Transaction, photo: Photo, events: Sequence[Event], by: str, kind: EventKind
) -> None:
    """A value that somebody has changed since is theirs, and nobody decides on what another wrote since unseen.

    Raises:
        GoneToWebsite: it was released, or taken off, since.
        Conflict: it is not what this action left.
    """
    if kind is EventKind.UNDO and is_gone_since(tx.events.of_photo(photo.id), events):
        raise GoneToWebsite
    fields = by_hand([event for event in events if event.kind is EventKind.FIELD])
    if any(not stands(photo, event.name, event.new if kind is EventKind.UNDO else event.old) for event in fields):
        raise Conflict
    decisions = [event for event in events if event.kind is EventKind.DECISION]
    if decisions and _has_somebody_gone_on(tx.events.of_photo(photo.id), decisions[-1], by, kind):
        raise Conflict


def _has_somebody_gone_on(history: Sequence[Event], decision: Event, by: str, kind: EventKind) -> bool:
    # a reopening that is taken back, like what is decided again, decides on what stands there now
    is_decided_on = kind is EventKind.REDO or decision.name == "reopen"
    others = {EventKind.FIELD, EventKind.RATING} if is_decided_on else set()
    kinds = {EventKind.DECISION} | others
    since = (each for each in history if (each.id or 0) > (decision.id or 0))
    return any(each.kind in kinds and each.actor != by for each in since)


def _take_back(desk: ReviewDesk, photo: Photo, events: Sequence[Event], by: str) -> Photo:
    for event in reversed(events):
        if event.kind is EventKind.DECISION:
            photo = _decision_taken_back(desk, photo, event, by)
    photo = _with_fields(desk, photo, events, by, lambda event: event.old)
    return give_approval_back(desk, photo, events[0], by)


def _do_again(desk: ReviewDesk, photo: Photo, events: Sequence[Event], by: str) -> Photo:
    photo = _with_fields(desk, photo, events, by, lambda event: event.new)
    for event in events:
        if event.kind is EventKind.DECISION:
            photo = _decision_done_again(desk, photo, event, by)
    return photo


def _with_fields(
    desk: ReviewDesk, photo: Photo, events: Sequence[Event], by: str, wanted: Callable[[Event], str | None]
) -> Photo:
    fields = [event for event in events if event.kind is EventKind.FIELD]
    if not fields:
        return photo
    with desk.store.reading() as tx:
        changes = changes_to(fields, wanted, tx.photos.quality(photo.id))
        if changes.file_name is None:
            changes = replace(changes, file_name=_name_of_then(tx, photo, fields, wanted))
    return edit(desk, photo.id, photo.version, changes, by)


def _name_of_then(
    tx: Transaction, photo: Photo, fields: Sequence[Event], wanted: Callable[[Event], str | None]
) -> str | None:
    """Give the very name that followed subject, location or folder, where no other photo has got it since."""
    name = next((wanted(event) for event in fields if event.name == "file_name"), None)
    if name is None or tx.names.is_frozen(photo.id):
        return None
    holder = tx.names.holder(fold(PurePath(name).stem))
    return name if holder is None or holder.photo_id == photo.id else None


def _decision_taken_back(desk: ReviewDesk, photo: Photo, event: Event, by: str) -> Photo:
    if event.name == "reopen":
        return _decided_as_before(desk, photo, event, by)
    # a later edit has taken the approval back already
    is_over = photo.approval_id is None if event.name == "approve" else photo.position.status is not Status.REJECTED
    return photo if is_over else reopen(desk, photo.id, photo.version, by)


def _decided_as_before(desk: ReviewDesk, photo: Photo, reopened: Event, by: str) -> Photo:
    """Decide again as it was decided before the photo was reopened, with the same reason."""
    photo = give_approval_back(desk, photo, reopened, by)
    if photo.approval_id is not None:
        return photo
    with desk.store.reading() as tx:
        before = [each for each in tx.events.of_photo(photo.id) if (each.id or 0) < (reopened.id or 0)]
    decided = [each for each in before if each.kind is EventKind.DECISION and each.name in {"approve", "reject"}]
    if not decided:
        raise Conflict
    return _decision_done_again(desk, photo, decided[-1], by)


def _decision_done_again(desk: ReviewDesk, photo: Photo, event: Event, by: str) -> Photo:
    if event.name == "approve":
        return approve(desk, photo.id, photo.version, by, event.new)
    if event.name == "reject":
        return reject(desk, photo.id, photo.version, by, event.new or "")
    return reopen(desk, photo.id, photo.version, by)
