"""Taking back what a person did last."""

from __future__ import annotations

from collections.abc import Sequence

from lightgate.domain.photo import Field, Photo
from lightgate.errors import Refused
from lightgate.review.decisions import reject, reopen
from lightgate.review.desk import Desk, note
from lightgate.review.editing import Changes, TextChange, edit
from lightgate.store import Actor, Event

#: how far back a person's own actions are looked for
_HORIZON = 500
_IDENTITY = {"subject", "location", "folder"}


class NothingToUndo(Refused):
    """There is nothing of yours left to undo."""


def undo(desk: Desk, by: str) -> Photo:
    """Take back this person's newest approval, rejection, reopening or edit, with a new version and history.

    Raises:
        NothingToUndo: nothing is left, or what followed cannot be taken back this way.
        Conflict, IllegalMove: somebody has gone on with the photo since.
    """
    with desk.store.reading() as tx:
        recent = [
            event for event in tx.events.newest(_HORIZON) if event.actor == by and event.actor_kind is Actor.PERSON
        ]
        undone = {event.name for event in recent if event.kind == "undo"}
        last = next((event for event in recent if _can_be_undone(event) and str(event.id) not in undone), None)
        if last is None:
            raise NothingToUndo
        photo = tx.photos.get(last.photo_id)
    after = _inverse(desk, photo, last, [event for event in recent if _is_one_action(event, last)], by)
    with desk.store.writing() as tx:
        done_by_undo = [
            event
            for event in tx.events.newest(_HORIZON)
            if event.photo_id == photo.id and event.actor == by and event.at > last.at and _can_be_undone(event)
        ]
        names = {str(event.id) for event in done_by_undo} | {str(last.id)}
        names |= {str(event.id) for event in recent if _is_one_action(event, last)}
        tx.events.add(*(note(after, desk.now(), by, "undo", name) for name in sorted(names)))
    return after


def _can_be_undone(event: Event) -> bool:
    return event.kind == "field" or (event.kind == "decision" and event.name in {"approve", "reject", "reopen"})


def _is_one_action(event: Event, last: Event) -> bool:
    return event.photo_id == last.photo_id and event.at == last.at and event.kind == last.kind


def _inverse(desk: Desk, photo: Photo, last: Event, action: Sequence[Event], by: str) -> Photo:
    if last.kind == "field":
        return edit(desk, photo.id, photo.version, _changes_back(action), by)
    if last.name == "reopen":
        return reject(desk, photo.id, photo.version, by, "undone") if not photo.approval_id else photo
    return reopen(desk, photo.id, photo.version, by)


def _changes_back(action: Sequence[Event]) -> Changes:
    old = {event.name: event.old for event in action}
    texts = []
    for event in action:
        name, _, language = event.name.partition(".")
        if language:
            value = tuple((event.old or "").split(", ")) if name == Field.KEYWORDS else event.old or ""
            texts.append(TextChange(language, Field(name), value))
    rating = old.get("qr")
    return Changes(
        subject=old.get("subject"),
        location=old.get("location"),
        folder=old.get("folder"),
        # a name follows subject, location and folder, unless it was itself what changed
        file_name=old.get("file_name") if not _IDENTITY & old.keys() else None,
        texts=tuple(texts),
        qr=float(rating) if rating else None,
        clear_qr="qr" in old and rating is None,
    )
