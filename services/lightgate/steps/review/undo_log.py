"""What a person did, read backwards from ``photo_event``: the newest action that can be taken back, or done again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from lightgate.store import Event, Transaction

#: kinds of the events that say what became of another event, whose id is their name
UNDONE, REDONE = "undo", "redo"
#: marks the event that was undone or redone
TARGET = "target"
#: marks one that was passed over, since somebody had gone on with its photo
PASSED_OVER = "passed over"
#: events that are read at once while the newest action is looked for
_PAGE = 500
_DECISIONS = frozenset({"approve", "reject", "reopen"})
#: decisions that reach the website, where undo does not: it says so once, and leaves what came before them
_TO_WEBSITE = frozenset({"release", "renew", "unpublish", "undo_release"})


def newest_done(tx: Transaction, by: str) -> Event | None:
    """Find the newest event of an action that is not taken back; see also ``is_to_website``."""
    taken_back: dict[str, bool] = {}
    gone: set[int] = set()
    # one press writes all of its events at one time
    said: set[datetime] = set()
    for event in _backwards(tx, by):
        if event.kind in {UNDONE, REDONE}:
            # what was passed over when it was to be done again is as undone as before
            if (event.kind, event.new) != (REDONE, PASSED_OVER):
                taken_back.setdefault(event.name, event.kind == UNDONE)
        elif is_to_website(event):
            gone.add(event.photo_id)
            if taken_back.get(str(event.id)):
                said.add(event.at)
            if event.at not in said:
                return event
        elif _is_done_by_hand(event) and event.photo_id not in gone and not taken_back.get(str(event.id)):
            return event
    return None


def is_to_website(event: Event) -> bool:
    """Did this reach the website, or was it to?"""
    return event.kind == "decision" and event.name in _TO_WEBSITE


def is_gone_since(history: Iterable[Event], action: Iterable[Event]) -> bool:
    """Was a photo released, or taken off the website, after what was done to it?"""
    last = max(event.id or 0 for event in action)
    return any(is_to_website(event) and (event.id or 0) > last for event in history)


def newest_undone(tx: Transaction, by: str) -> Event | None:
    """Find an event of the action that was taken back last; anything else that was done since ends the search."""
    done_again: set[str] = set()
    for event in _backwards(tx, by):
        if event.kind == REDONE:
            done_again.add(event.name)
        elif event.kind == UNDONE and event.new == TARGET and event.name not in done_again:
            return _named(tx, event)
        elif event.kind != UNDONE and _is_done_by_hand(event):
            return None
    return None


def _named(tx: Transaction, mark: Event) -> Event | None:
    return next((each for each in tx.events.of_photo(mark.photo_id) if str(each.id) == mark.name), None)


def _backwards(tx: Transaction, by: str) -> Iterator[Event]:
    """Walk through what a person did, newest first, leaving out what undoing and redoing wrote themselves."""
    before, written = None, set[str]()
    while page := tx.events.of_person(by, _PAGE, before):
        for event in page:
            is_mark = event.kind in {UNDONE, REDONE}
            # databases from before operations name what undoing wrote, one by one
            if is_mark and event.new is None:
                written.add(event.name)
            elif is_mark or str(event.id) not in written:
                yield event
        before = page[-1].id


def _is_done_by_hand(event: Event) -> bool:
    is_change = event.kind == "field" or (event.kind == "decision" and event.name in _DECISIONS)
    return is_change and not (event.operation or "").startswith((f"{UNDONE}:", f"{REDONE}:"))


def action_of(tx: Transaction, event: Event) -> Sequence[Event]:
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
