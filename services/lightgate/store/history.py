"""What happened to a photo, and who did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lightgate.domain.photo import Photo


class Actor(StrEnum):
    """Who changed something."""

    PERSON = "person"
    WORKER = "worker"
    #: a model, with its prompt
    MODEL = "model"
    #: Lightgate itself: naming, reconcile
    SYSTEM = "system"


class EventKind(StrEnum):
    """What an event tells of; what its ``name`` is then."""

    #: it came to another place: the step it left
    POSITION = "position"
    #: a value changed: ``subject``, ``qr``, or a text as ``caption.en``
    FIELD = "field"
    #: a text was locked, or is open to models again: as ``caption.en``
    LOCK = "lock"
    #: a person decided: ``approve``, ``reject``, ``release``, …
    DECISION = "decision"
    #: it got a file name, or its name was freed: ``file_name``
    NAME = "name"
    #: a target shows it, or does not any more: the target
    PUBLISHED = "published"
    #: its computed rating was made anew: ``qr``
    RATING = "rating"
    #: new texts were asked for: as ``caption+alt_text.en``
    REQUEST = "request"
    #: new texts were proposed, taken or left: as ``caption+alt_text.en``
    PROPOSAL = "proposal"
    #: its pictures were made anew: ``made``; by a worker, since a person turned it: ``turned``, with
    #: the reason as ``new`` where it could not
    PICTURES = "pictures"
    #: what became of the file it was taken in from: a ``Fate``
    SOURCE = "source"
    #: another event was taken back, or passed over: that event's id
    UNDO = "undo"
    #: another event was done again, or passed over: that event's id
    REDO = "redo"


class Mark(StrEnum):
    """What an undo or a redo did with the event that it is about."""

    TARGET = "target"
    #: somebody had gone on with its photo
    PASSED_OVER = "passed over"


#: kinds that say what became of another event
MARKS = frozenset({EventKind.UNDO, EventKind.REDO})


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a photo came to, as its history has it."""

    step: str
    status: str
    #: the status it had before: ``running`` means that a worker had it
    was: str = ""
    #: code and sentence of what went wrong, where it gave up or tries again
    code: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a photo's history."""

    photo_id: int
    set_id: int
    at: datetime
    actor_kind: Actor
    #: user name, worker name, model and prompt hash
    actor: str
    kind: EventKind
    #: see ``EventKind``
    name: str
    old: str | None = None
    new: str | None = None
    #: id, once stored
    id: int | None = None
    #: shared by what a person did to many photos at once, and by what undoing wrote
    operation: str | None = None

    @property
    def about(self) -> int | None:
        """The id of the event that an undo or a redo is about."""
        return int(self.name) if self.kind in MARKS else None

    @property
    def mark(self) -> Mark | None:
        """What an undo or a redo did with that event; None in histories from before there were operations."""
        return Mark(self.new) if self.kind in MARKS and self.new else None

    @property
    def is_by_undoing(self) -> bool:
        """Was this written by an undo or a redo itself?"""
        return (self.operation or "").partition(":")[0] in MARKS

    @property
    def arrival(self) -> Arrival | None:
        """Where a photo came to; None where the event is no move."""
        if self.kind is not EventKind.POSITION or not self.new:
            return None
        place, _, failure = self.new.partition(" ")
        step, _, status = place.partition(":")
        code, _, why = failure.partition(": ")
        return Arrival(step, status, (self.old or "").partition(":")[2], code, why)

    @property
    def text_field(self) -> tuple[str, str]:
        """Field and language of a text, as ``caption`` and ``en``; no language where it is no text's."""
        field, _, language = self.name.partition(".")
        return field, language


def note(
    photo: Photo,
    by: str,
    at: datetime,
    kind: EventKind,
    name: str,
    *,
    old: str | None = None,
    new: str | None = None,
    operation: str | None = None,
) -> Event:
    """Make the event of something that a person did."""
    return Event(photo.id, photo.set_id, at, Actor.PERSON, by, kind, name, old, new, operation=operation)


class Events(Protocol):
    def add(self, *events: Event) -> None: ...

    def get(self, event_id: int) -> Event | None:
        """Read one event."""

    def of_photo(self, photo_id: int) -> Sequence[Event]:
        """List a photo's history, oldest first."""

    def newest(self, limit: int = 50) -> Sequence[Event]: ...

    def of_person(self, name: str, limit: int, before: int | None = None) -> Sequence[Event]:
        """List what a person did, newest first, from before an event on."""

    def of_operation(self, operation: str) -> Sequence[Event]:
        """List what one operation wrote, oldest first."""

    def last_of_set(self, set_id: int) -> int:
        """Give the id of the newest event of a set; 0 where there is none."""

    def photos_since(self, set_id: int, event_id: int) -> frozenset[int]:
        """Give the photos of a set with events after one."""

    def changed_since(self, event_id: int, *, but_by: str | None = None, only_persons: bool = False) -> frozenset[int]:
        """Give the photos with events after one, leaving out what one person did, or what nobody did."""

    def last_id(self) -> int:
        """Give the id of the newest event, 0 when there is none: a cheap sign that something changed."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's word for exactly this content."""

    id: int
    photo_id: int
    #: the photo's version when it was approved
    version: int
    #: HMAC-SHA-256, hex, see ``domain/approval/seal.py``
    seal: str
    seal_version: int
    approved_by: str
    approved_at: datetime
    override_reason: str | None = None
    #: where the keywords stood in the vocabulary, from the top down; None in approvals that did not keep it
    keyword_paths: tuple[tuple[str, ...], ...] | None = None
    #: when it was taken back, which no seal survives
    withdrawn_at: datetime | None = None


class Approvals(Protocol):
    def add(
        self,
        photo_id: int,
        version: int,
        seal: str,
        seal_version: int,
        by: str,
        at: datetime,
        override_reason: str | None = None,
        keyword_paths: Sequence[Sequence[str]] | None = None,
    ) -> int:
        """Record an approval; gives its id, to be written to the photo in the same transaction."""

    def put_seal(self, approval_id: int, seal: str, withdrawn_at: datetime | None = None) -> None:
        """Seal a record, once its id is known; or seal it anew as withdrawn, so that its old seal is gone for good."""

    def get(self, approval_id: int) -> Approval: ...

    def last_of(self, photo_id: int) -> Approval | None:
        """Give the last approval that a photo was given, in force or not."""
