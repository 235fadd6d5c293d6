"""Taking back what a person did, and doing it again: read from ``photo_event``, so that it works days later too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lightgate.domain.photo import Field, Photo
from lightgate.errors import InputInvalid, Refused
from lightgate.review.decisions import approve, reject, reopen
from lightgate.review.desk import Desk, note
from lightgate.review.editing import Changes, TextChange, edit
from lightgate.store import Event

#: how far back a person's own actions are looked for
_HORIZON = 2000
_IDENTITY = {"subject", "location", "folder"}
_UNDONE, _REDONE = "undo", "redo"
#: marks the event that was undone or redone; the events that doing so wrote are named beside it
_TARGET = "target"

_Action = tuple[Event, ...]


class NothingToUndo(Refused):
    """There is nothing of yours left to undo."""


class NothingToRedo(Refused):
    """There is nothing that you undid last."""


@dataclass(slots=True)
class _Stacks:
    done: list[_Action] = field(default_factory=list)
    undone: list[_Action] = field(default_factory=list)


def undo(desk: Desk, by: str) -> Photo:
    """Take back this person's newest approval, rejection, reopening or edit, with a new version and history.

    Raises:
        NothingToUndo: nothing is left.
        Conflict, IllegalMove: somebody has gone on with the photo since.
    """
    stacks = _stacks_of(desk, by)
    if not stacks.done:
        raise NothingToUndo
    return _carried_out(desk, by, stacks.done[-1], _UNDONE, _take_back)


def redo(desk: Desk, by: str) -> Photo:
    """Do again what this person undid last, unless the person has done something else since.

    Raises:
        NothingToRedo: nothing was undone.
        Conflict, IllegalMove: somebody has gone on with the photo since.
    """
    stacks = _stacks_of(desk, by)
    if not stacks.undone:
        raise NothingToRedo
    return _carried_out(desk, by, stacks.undone[-1], _REDONE, _do_again)


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
    return edit(desk, photo_id, version, _changes(found, lambda event: event.old), by)


def _carried_out(
    desk: Desk, by: str, action: _Action, kind: str, apply: Callable[[Desk, Photo, _Action, str], Photo]
) -> Photo:
    with desk.store.reading() as tx:
        photo = tx.photos.get(action[-1].photo_id)
        before = tx.events.last_id()
    after = apply(desk, photo, action, by)
    with desk.store.writing() as tx:
        written = [event for event in tx.events.of_photo(photo.id) if (event.id or 0) > before and event.actor == by]
        tx.events.add(
            *(note(after, desk.now(), by, kind, str(event.id), new=_TARGET) for event in action),
            *(note(after, desk.now(), by, kind, str(event.id)) for event in written),
        )
    return after


def _stacks_of(desk: Desk, by: str) -> _Stacks:
    with desk.store.reading() as tx:
        newest = tx.events.of_person(by, _HORIZON)
    events = list(reversed(newest))
    # what undoing and redoing wrote is no action of its own
    hidden = {event.name for event in events if event.kind in {_UNDONE, _REDONE} and event.new != _TARGET}
    stacks = _Stacks()
    for event in events:
        if event.kind in {_UNDONE, _REDONE}:
            if event.new == _TARGET:
                _move(stacks, event)
        elif _can_be_undone(event) and str(event.id) not in hidden:
            _push(stacks, event)
    return stacks


def _push(stacks: _Stacks, event: Event) -> None:
    stacks.undone.clear()
    if stacks.done and _is_one_action(stacks.done[-1][-1], event):
        stacks.done[-1] = (*stacks.done[-1], event)
    else:
        stacks.done.append((event,))


def _move(stacks: _Stacks, event: Event) -> None:
    source, target = (stacks.done, stacks.undone) if event.kind == _UNDONE else (stacks.undone, stacks.done)
    found = next((action for action in source if any(str(each.id) == event.name for each in action)), None)
    if found is not None:
        source.remove(found)
        target.append(found)


def _can_be_undone(event: Event) -> bool:
    return event.kind == "field" or (event.kind == "decision" and event.name in {"approve", "reject", "reopen"})


def _is_one_action(one: Event, other: Event) -> bool:
    return one.kind == other.kind == "field" and (one.photo_id, one.at) == (other.photo_id, other.at)


def _take_back(desk: Desk, photo: Photo, action: _Action, by: str) -> Photo:
    last = action[-1]
    if last.kind == "field":
        return edit(desk, photo.id, photo.version, _changes(action, lambda event: event.old), by)
    if last.name == "reopen":
        return reject(desk, photo.id, photo.version, by, "undone") if not photo.approval_id else photo
    return reopen(desk, photo.id, photo.version, by)


def _do_again(desk: Desk, photo: Photo, action: _Action, by: str) -> Photo:
    last = action[-1]
    if last.kind == "field":
        return edit(desk, photo.id, photo.version, _changes(action, lambda event: event.new), by)
    if last.name == "approve":
        return approve(desk, photo.id, photo.version, by, last.new)
    if last.name == "reject":
        return reject(desk, photo.id, photo.version, by, last.new or "")
    return reopen(desk, photo.id, photo.version, by)


def _changes(action: Iterable[Event], wanted: Callable[[Event], str | None]) -> Changes:
    values = {event.name: wanted(event) for event in action}
    rating = values.get("qr")
    return Changes(
        subject=values.get("subject"),
        location=values.get("location"),
        folder=values.get("folder"),
        # a name follows subject, location and folder, unless it was itself what changed
        file_name=values.get("file_name") if not _IDENTITY & values.keys() else None,
        texts=tuple(_texts(values.items())),
        qr=float(rating) if rating else None,
        clear_qr="qr" in values and rating is None,
    )


def _texts(values: Iterable[tuple[str, str | None]]) -> Sequence[TextChange]:
    texts = []
    for name, value in values:
        field_name, _, language = name.partition(".")
        if language:
            is_list = field_name == Field.KEYWORDS
            texts.append(TextChange(language, Field(field_name), _words(value) if is_list else value or ""))
    return texts


def _words(value: str | None) -> tuple[str, ...]:
    return tuple(each for each in (value or "").split(", ") if each)
