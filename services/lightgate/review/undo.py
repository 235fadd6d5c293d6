"""Taking back what a person did, and doing it again: read from ``photo_event``, so that it works days later too.

What was done to many photos at once is one action, and is taken back whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from lightgate.domain.photo import Photo
from lightgate.domain.pipeline import Status
from lightgate.errors import Conflict, InputInvalid, LightgateError, Refused
from lightgate.review.decisions import approve, reject, reopen
from lightgate.review.desk import Desk, note, together
from lightgate.review.editing import edit
from lightgate.review.field_history import changes_to, stands
from lightgate.store import Event, Transaction

#: events that are read at once while the newest action is looked for
_PAGE = 500
_UNDONE, _REDONE = "undo", "redo"
#: marks the event that was undone or redone
_TARGET = "target"
#: marks one that was passed over, since somebody had gone on with its photo
_PASSED_OVER = "passed over"
_DECISIONS = frozenset({"approve", "reject", "reopen"})


class NothingToUndo(Refused):
    """There is nothing of yours left to undo."""


class NothingToRedo(Refused):
    """There is nothing that you undid last."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an action that was taken back, or done again."""

    photos: tuple[Photo, ...]
    #: photo id, and why nothing was done to it
    refused: tuple[tuple[int, LightgateError], ...] = ()


def undo(desk: Desk, by: str) -> Undone:
    """Take back this person's newest decision or edit, of one photo or of many, with new versions and history.

    Raises:
        NothingToUndo: nothing is left.
        Conflict, IllegalMove: somebody has gone on with every photo of it since.
    """
    with desk.store.reading() as tx:
        found = _newest_done(tx, by)
        if found is None:
            raise NothingToUndo
        action = _action_of(tx, found)
    return _carried_out(desk, by, action, _UNDONE, _take_back)


def redo(desk: Desk, by: str) -> Undone:
    """Do again what this person undid last, unless the person has done something else since.

    Raises:
        NothingToRedo: nothing was undone.
        Conflict, IllegalMove: somebody has gone on with every photo of it since.
    """
    with desk.store.reading() as tx:
        found = _newest_undone(tx, by)
        if found is None:
            raise NothingToRedo
        action = _action_of(tx, found)
    return _carried_out(desk, by, action, _REDONE, _do_again)


def restore(desk: Desk, photo_id: int, version: int, event_id: int, by: str) -> Photo:
    """Put back the value that a field had before one edit, whoever made it and however long ago.

    Raises:
        InputInvalid: this event of this photo changed no field.
        Conflict, IllegalMove, NotFound: see ``errors``.
    """
    with desk.store.reading() as tx:
        found = [each for each in tx.events.of_photo(photo_id) if each.id == event_id and each.kind == "field"]
        if not found:
            raise InputInvalid(reason="There is no such change in this photo's history.")
        changes = changes_to(found, lambda event: event.old, tx.photos.quality(photo_id))
    return edit(desk, photo_id, version, changes, by)


_Apply = Callable[[Desk, Photo, Sequence[Event], str], Photo]


def _carried_out(desk: Desk, by: str, action: Sequence[Event], kind: str, apply: _Apply) -> Undone:
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
    if not photos:
        raise refused[0][1]
    _pass_over(at_once, [event for photo_id, _ in refused for event in by_photo[photo_id]], kind)
    return Undone(tuple(photos), tuple(refused))


def _pass_over(desk: Desk, events: Sequence[Event], kind: str) -> None:
    """What is left as it is must not stand in the way of older actions."""
    marks = [
        replace(each, at=desk.now(), kind=kind, name=str(each.id), old=None, new=_PASSED_OVER, operation=desk.operation)
        for each in events
    ]
    with desk.store.writing() as tx:
        tx.events.add(*marks)


def _one(desk: Desk, photo_id: int, events: Sequence[Event], by: str, kind: str, apply: _Apply) -> Photo:
    with desk.store.reading() as tx:
        photo = tx.photos.get(photo_id)
        _refuse_what_others_went_on_with(tx, photo, events, by, kind)
    after = apply(desk, photo, events, by)
    with desk.store.writing() as tx:
        marks = (
            note(after, desk.now(), by, kind, str(event.id), new=_TARGET, operation=desk.operation) for event in events
        )
        tx.events.add(*marks)
    return after


def _refuse_what_others_went_on_with(
    tx: Transaction, photo: Photo, events: Sequence[Event], by: str, kind: str
) -> None:
    """A value that somebody has changed since is theirs.

    Raises:
        Conflict: it is not what this action left.
    """
    fields = [event for event in events if event.kind == "field"]
    if any(not stands(photo, event.name, event.new if kind == _UNDONE else event.old) for event in fields):
        raise Conflict
    if kind == _UNDONE and any(event.kind == "decision" for event in events):
        decided = [event for event in tx.events.of_photo(photo.id) if event.kind == "decision"]
        if decided[-1].actor != by:
            raise Conflict


def _newest_done(tx: Transaction, by: str) -> Event | None:
    """Find the newest event of an action that is not taken back."""
    taken_back: dict[str, bool] = {}
    for event in _backwards(tx, by):
        if event.kind in {_UNDONE, _REDONE}:
            taken_back.setdefault(event.name, event.kind == _UNDONE)
        elif _is_done_by_hand(event) and not taken_back.get(str(event.id)):
            return event
    return None


def _newest_undone(tx: Transaction, by: str) -> Event | None:
    """Find an event of the action that was taken back last; anything else that was done since ends the search."""
    done_again: set[str] = set()
    for event in _backwards(tx, by):
        if event.kind == _REDONE:
            done_again.add(event.name)
        elif event.kind == _UNDONE and event.new == _TARGET and event.name not in done_again:
            return _named(tx, event)
        elif event.kind != _UNDONE and _is_done_by_hand(event):
            return None
    return None


def _named(tx: Transaction, mark: Event) -> Event | None:
    return next((each for each in tx.events.of_photo(mark.photo_id) if str(each.id) == mark.name), None)


def _backwards(tx: Transaction, by: str) -> Iterator[Event]:
    """Walk through what a person did, newest first, leaving out what undoing and redoing wrote themselves."""
    before, written = None, set[str]()
    while page := tx.events.of_person(by, _PAGE, before):
        for event in page:
            is_mark = event.kind in {_UNDONE, _REDONE}
            # databases from before operations name what undoing wrote, one by one
            if is_mark and event.new is None:
                written.add(event.name)
            elif is_mark or str(event.id) not in written:
                yield event
        before = page[-1].id


def _is_done_by_hand(event: Event) -> bool:
    is_change = event.kind == "field" or (event.kind == "decision" and event.name in _DECISIONS)
    return is_change and not (event.operation or "").startswith((f"{_UNDONE}:", f"{_REDONE}:"))


def _action_of(tx: Transaction, event: Event) -> Sequence[Event]:
    """Gather what was done together with an event: its operation, or the fields of one edit."""
    if event.operation:
        return [each for each in tx.events.of_operation(event.operation) if _is_done_by_hand(each)]
    if event.kind != "field":
        return [event]
    beside = [each for each in tx.events.of_photo(event.photo_id) if each.kind != "position"]
    together_with: list[Event] = []
    for each in reversed(beside[: beside.index(event) + 1]):
        if (each.kind, each.actor, each.at) != ("field", event.actor, event.at):
            break
        # one edit changes a field once
        if any(each.name == other.name for other in together_with):
            break
        together_with.insert(0, each)
    return together_with


def _take_back(desk: Desk, photo: Photo, events: Sequence[Event], by: str) -> Photo:
    for event in reversed(events):
        if event.kind == "decision":
            photo = _decision_taken_back(desk, photo, event, by)
    return _with_fields(desk, photo, events, by, lambda event: event.old)


def _do_again(desk: Desk, photo: Photo, events: Sequence[Event], by: str) -> Photo:
    photo = _with_fields(desk, photo, events, by, lambda event: event.new)
    for event in events:
        if event.kind == "decision":
            photo = _decision_done_again(desk, photo, event, by)
    return photo


def _with_fields(
    desk: Desk, photo: Photo, events: Sequence[Event], by: str, wanted: Callable[[Event], str | None]
) -> Photo:
    fields = [event for event in events if event.kind == "field"]
    if not fields:
        return photo
    with desk.store.reading() as tx:
        changes = changes_to(fields, wanted, tx.photos.quality(photo.id))
    return edit(desk, photo.id, photo.version, changes, by)


def _decision_taken_back(desk: Desk, photo: Photo, event: Event, by: str) -> Photo:
    if event.name == "reopen":
        return reject(desk, photo.id, photo.version, by, "undone") if not photo.approval_id else photo
    # a later edit has taken the approval back already
    is_over = photo.approval_id is None if event.name == "approve" else photo.position.status is not Status.REJECTED
    return photo if is_over else reopen(desk, photo.id, photo.version, by)


def _decision_done_again(desk: Desk, photo: Photo, event: Event, by: str) -> Photo:
    if event.name == "approve":
        return approve(desk, photo.id, photo.version, by, event.new)
    if event.name == "reject":
        return reject(desk, photo.id, photo.version, by, event.new or "")
    return reopen(desk, photo.id, photo.version, by)
