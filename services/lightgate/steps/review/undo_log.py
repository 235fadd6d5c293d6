"""What a person did, read backwards from ``photo_event``: the newest action that can be taken back, or done again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from lightgate.store import MARKS, Event, EventKind, Mark, Transaction

#: events that are read at once while the newest action is looked for
_PAGE = 500
_DECISIONS = frozenset({"approve", "reject", "reopen"})
#: decisions that reach the website, where undo does not: it says so once, and leaves what came before them
_TO_WEBSITE = frozenset({"release", "renew", "unpublish", "undo_release"})


def newest_done(tx: Transaction, by: str) -> Event | None:
    """Find the newest event of an action that is not taken back; see also ``is_to_website``."""
    taken_back: dict[int | None, bool] = {}
    gone: set[int] = set()
    # one press writes all of its events at one time
    said: set[datetime] = set()
    for event in _backwards(tx, by):
        if event.kind in MARKS:
            # what was passed over when it was to be done again is as undone as before
            if (event.kind, event.mark) != (EventKind.REDO, Mark.PASSED_OVER):
                taken_back.setdefault(event.about, event.kind is EventKind.UNDO)
        elif is_to_website(event):
            gone.add(event.photo_id)
            if taken_back.get(event.id):
                said.add(event.at)
            if event.at not in said:
                return event
        elif _is_done_by_hand(event) and event.photo_id not in gone and not taken_back.get(event.id):
            return event
    return None


def is_to_website(event: Event) -> bool:
    """Did this reach the website, or was it to?"""
    return event.kind is EventKind.DECISION and event.name in _TO_WEBSITE


def is_gone_since(history: Iterable[Event], action: Iterable[Event]) -> bool:
    """Was a photo released, or taken off the website, after what was done to it?"""
    last = max(event.id or 0 for event in action)
    return any(is_to_website(event) and (event.id or 0) > last for event in history)


def newest_undone(tx: Transaction, by: str) -> Event | None:
    """Find an event of the action that was taken back last; anything else that was done since ends the search."""
    done_again: set[int | None] = set()
    for event in _backwards(tx, by):
        if event.kind is EventKind.REDO:
            done_again.add(event.about)
        elif event.kind is EventKind.UNDO and event.mark is Mark.TARGET and event.about not in done_again:
            return tx.events.get(event.about) if event.about is not None else None
        elif event.kind is not EventKind.UNDO and _is_done_by_hand(event):
            return None
    return None


def _backwards(tx: Transaction, by: str) -> Iterator[Event]:
    """Walk through what a person did, newest first, leaving out what undoing and redoing wrote themselves."""
    before, written = None, set[int | None]()
    while page := tx.events.of_person(by, _PAGE, before):
        for event in page:
            is_mark = event.kind in MARKS
            # databases from before operations name what undoing wrote, one by one
            if is_mark and event.mark is None:
                written.add(event.about)
            elif is_mark or event.id not in written:
                yield event
        before = page[-1].id


def _is_done_by_hand(event: Event) -> bool:
    is_change = event.kind is EventKind.FIELD or (event.kind is EventKind.DECISION and event.name in _DECISIONS)
    return is_change and not event.is_by_undoing


def action_of(tx: Transaction, event: Event) -> Sequence[Event]:
    """Gather what was done together with an event: its operation, or the fields of one edit."""
    if event.operation:
        return [each for each in tx.events.of_operation(event.operation) if _is_done_by_hand(each)]
    if event.kind is not EventKind.FIELD:
        return [event]
    beside = [each for each in tx.events.of_photo(event.photo_id) if each.kind is not EventKind.POSITION]
    together_with: list[Event] = []
    for each in reversed(beside[: beside.index(event) + 1]):
        if (each.kind, each.actor, each.at) != (EventKind.FIELD, event.actor, event.at):
            break
        # one edit changes a field once
        if any(each.name == other.name for other in together_with):
            break
        together_with.insert(0, each)
    return together_with
