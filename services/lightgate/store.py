"""What the state store must do: the port that ``adapters/sqlite`` fulfils.

A caller opens one short transaction and uses its facets; nothing is written unless the block ends without an
error. No network, disk or model work belongs inside. Every write of a position takes the position that
``domain.pipeline.advance`` gave.

    with store.writing() as tx:
        photo = tx.photos.get(photo_id)
        tx.photos.move(photo, advance(photo.position, Result.RETRIED, route), at=now)
        tx.events.add(...)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from lightgate.domain.photo import (
    CaptionFacts,
    Claim,
    ExifFacts,
    Failure,
    Issue,
    Photo,
    PhotoSet,
    Publication,
    QualityFacts,
    Text,
)
from lightgate.domain.pipeline import Position, Step


@dataclass(frozen=True, slots=True)
class NewSet:
    """A set about to be taken in."""

    title: str
    subject: str
    location: str
    folder: str
    brief: str
    source: str
    languages: tuple[str, ...]
    on_error: str = "wait"


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo about to be taken in; its copy is already verified on disk."""

    original_file_name: str
    relative_path: str
    source_path: str
    content_hash: str
    size_bytes: int
    suffix: str
    #: ``--move``: the source is still to be removed
    remove_source: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's word for exactly this content."""

    id: int
    photo_id: int
    #: the photo's version when it was approved
    version: int
    #: HMAC-SHA-256, hex, see ``domain/seal.py``
    seal: str
    seal_version: int
    approved_by: str
    approved_at: datetime
    override_reason: str | None = None


class Actor(StrEnum):
    """Who changed something."""

    PERSON = "person"
    WORKER = "worker"
    #: a model, with its prompt
    MODEL = "model"
    #: Lightgate itself: naming, reconcile
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a photo's history."""

    photo_id: int
    set_id: int
    at: datetime
    actor_kind: Actor
    #: user name, worker name, model and prompt hash
    actor: str
    #: ``position``, ``field``, ``decision``, ``name``, ``published``
    kind: str
    #: field name for ``field``; step for ``position``; decision for ``decision``
    name: str
    old: str | None = None
    new: str | None = None
    #: id, once stored
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A file name held for a photo."""

    #: folded stem, see ``domain.naming.fold``
    key: str
    file_name: str
    #: folded stem without its counter
    stem_key: str
    counter: int
    #: None for names that were imported
    photo_id: int | None


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """What a list of photos is narrowed to; None: not narrowed."""

    set_id: int | None = None
    #: review_status words as in the API, e.g. ``Pending``
    review_status: str | None = None
    #: those that wait for a person's decision: Pending and Metadata_Needs_Work
    undecided: bool = False
    #: part of original name, file name or any text, case-insensitive
    search: str | None = None
    ids: tuple[int, ...] | None = None
    band: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in."""

    id: int
    name: str
    password_hash: str
    #: raised to sign the person out everywhere
    session_epoch: int = 1
    is_active: bool = True


class Queue(Protocol):
    """Claims, leases and fences."""

    def claim(self, step: Step, owner: str, limit: int, at: datetime, lease_until: datetime) -> Sequence[Claim]:
        """Take ready photos, by priority and id; one that failed before comes alone. Attempts are counted here."""

    def renew(self, claims: Sequence[Claim], lease_until: datetime) -> Sequence[int]:
        """Extend leases; give the ids that are still ours."""

    def is_held(self, claim: Claim) -> bool:
        """Is this claim's token still the row's?"""

    def expired(self, at: datetime, lease_s: float) -> Sequence[tuple[Photo, int]]:
        """List running photos with their tokens whose lease has run out, or lies too far ahead (clock set back)."""

    def held_by(self, owner: str) -> Sequence[tuple[Photo, int]]:
        """List what one owner still holds."""

    def count_ready(self, at: datetime) -> Mapping[str, int]:
        """Count claimable photos by step."""

    def ready_since(self, at: datetime) -> datetime | None:
        """Tell since when the oldest claimable photo has stood still; None when there is none."""

    def settle(
        self,
        photo_id: int,
        token: int,
        after: Position,
        at: datetime,
        *,
        not_before: datetime | None = None,
        failure: Failure | None = None,
        crashed: bool = False,
    ) -> bool:
        """End a claim at a new position; False, and nothing written, when the token is no longer the row's."""

    def is_past(self, set_id: int, step: str) -> bool:
        """Is no photo of this set, nor of one submitted before it, queued or running at that step?"""


class Photos(Protocol):
    def get(self, photo_id: int) -> Photo:
        """Read one photo.

        Raises:
            NotFound: no such photo.
        """

    def many(self, ids: Sequence[int]) -> Sequence[Photo]:
        """Read photos, in the order of the ids; unknown ids are left out."""

    def page(
        self, wanted: PhotoFilter, *, after: int | None = None, before: int | None = None, limit: int = 50
    ) -> Sequence[Photo]:
        """List photos by id: the first above ``after``, or the last below ``before``, in ascending order."""

    def count(self, wanted: PhotoFilter) -> int: ...

    def count_by_status(self, set_id: int | None = None) -> Mapping[str, int]:
        """Count photos by review_status word."""

    def count_by_set(self) -> Mapping[int, Mapping[str, int]]:
        """Count photos by set and review_status word."""

    def count_by_position(self, set_id: int) -> Mapping[tuple[str, str], int]:
        """Count photos of a set by (step, status)."""

    def add(self, set_id: int, new: NewPhoto, position: Position, at: datetime) -> int:
        """Insert a photo at its first position, with the set's subject, location and folder.

        Raises:
            DuplicatePhoto: the same content is there and neither rejected nor rolled back.
        """

    def with_hash(self, hashes: Sequence[str]) -> Mapping[str, int]:
        """Map content hashes that are in the queue, and not rejected, to photo ids."""

    def known_sizes(self) -> frozenset[int]:
        """Give the sizes in bytes of all photos that are not rejected."""

    def all_hashes(self) -> frozenset[str]:
        """Give the content hashes of every row, rejected ones too: what no file may be swept for."""

    def move(self, photo: Photo, after: Position, at: datetime, *, raise_version: bool = False) -> None:
        """Put a photo that no worker holds at a new position; clears failure, lease and not-before.

        Raises:
            Conflict: the row's version or position is no longer the one that was read.
        """

    def touch(self, photo: Photo, at: datetime) -> None:
        """Raise the version of a photo that stays where it is, also while a worker holds it.

        Raises:
            Conflict: the row's version is no longer the one that was read.
        """

    def write(self, photo_id: int, values: Mapping[str, Any]) -> None:
        """Write columns that have no rule of their own (``subject``, ``qr_by_person``, ``approval_id``, …)."""

    def write_facts(self, photo_id: int, facts: ExifFacts | QualityFacts | CaptionFacts, at: datetime) -> None:
        """Write what a stage found; texts that a person wrote or locked stay."""

    def put_text(self, photo_id: int, text: Text, at: datetime) -> None:
        """Write one text, whoever wrote the old one."""

    def put_proof(self, photo_id: int, issues: Sequence[Issue], score: float, at: datetime) -> None:
        """Write the text proof: ``needs_work`` and the row in ``metadata_quality``."""

    def issues(self, photo_id: int) -> Sequence[Issue]: ...

    def sources_to_remove(self, limit: int = 100) -> Sequence[tuple[Photo, str]]:
        """List photos of ``--move`` whose source file still stands, with its path."""

    def source_path(self, photo_id: int) -> str: ...

    def delete(self, photo_id: int) -> None:
        """Remove the row and its texts, requests and proof; events stay."""


class Sets(Protocol):
    def add(self, new: NewSet, at: datetime) -> PhotoSet:
        """Insert a set under a slug made from its title, numbered when the slug is taken."""

    def get(self, slug_or_id: str | int) -> PhotoSet:
        """Read a set.

        Raises:
            NotFound: no such set.
        """

    def all(self, *, with_rolled_back: bool = False) -> Sequence[PhotoSet]:
        """List sets in the order of their submission."""

    def photo_ids(self, set_id: int) -> Sequence[int]: ...

    def waiting_for_names(self) -> Sequence[PhotoSet]:
        """List the sets, oldest first, with photos at the naming gate."""

    def entomb(self, set_id: int, at: datetime) -> None:
        """Keep a rolled-back set's row as a tombstone."""


class Names(Protocol):
    def highest(self, stem_keys: Sequence[str]) -> Mapping[str, int]:
        """Give the highest counter that is held or published for each folded stem; absent: none."""

    def holder(self, key: str) -> Reservation | None:
        """Find who holds a folded name now."""

    def reserve(self, reservation: Reservation, at: datetime) -> None:
        """Hold a name.

        Raises:
            NameTaken: another photo holds it, or it was published once.
        """

    def release(self, photo_id: int, at: datetime) -> None:
        """Free an unpublished photo's name; a published one stays for ever."""

    def publish(self, photo_id: int, at: datetime) -> None:
        """Freeze a photo's name: it is never given again."""

    def is_frozen(self, photo_id: int) -> bool: ...

    def import_names(self, reservations: Sequence[Reservation], at: datetime) -> int:
        """Add names of an older ledger as published; those already held are left. Gives how many were new."""

    def all_held(self) -> Sequence[str]:
        """List every file name that is reserved or published."""


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
    ) -> int:
        """Record an approval; gives its id, to be written to the photo in the same transaction."""

    def get(self, approval_id: int) -> Approval: ...


class Events(Protocol):
    def add(self, *events: Event) -> None: ...

    def of_photo(self, photo_id: int) -> Sequence[Event]:
        """List a photo's history, oldest first."""

    def newest(self, limit: int = 50) -> Sequence[Event]: ...

    def last_id(self) -> int:
        """Give the id of the newest event, 0 when there is none: a cheap sign that something changed."""


class Publications(Protocol):
    """The ledger: which target holds what, apart from where the photo stands."""

    def put(self, photo_id: int, publication: Publication, at: datetime) -> None:
        """Write the ledger's row of this photo and target."""

    def of_photo(self, photo_id: int) -> Sequence[Publication]: ...

    def remove(self, photo_id: int, target: str) -> None: ...


class Users(Protocol):
    def find(self, name: str) -> User | None:
        """Find a person by name, case-insensitively."""

    def by_id(self, user_id: int) -> User | None: ...

    def put(self, name: str, password_hash: str, at: datetime) -> User:
        """Add a person, or change the password and sign the person out everywhere."""

    def all(self) -> Sequence[User]: ...

    def end_sessions(self, user_id: int) -> None:
        """Sign a person out everywhere."""

    def note_failure(self, name: str, address: str, at: datetime) -> None:
        """Count a wrong password."""

    def failures_since(self, name: str, address: str, since: datetime) -> int:
        """Count wrong passwords for this name or from this address."""

    def forget_failures(self, name: str, address: str) -> None: ...


class Notes(Protocol):
    """Small facts of the installation, e.g. ``caption.status`` for the site, ``ollama.seen``."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str | None, at: datetime) -> None:
        """Write or, with None, remove a note."""

    def all(self) -> Mapping[str, tuple[str, datetime]]: ...


class Transaction(Protocol):
    @property
    def queue(self) -> Queue: ...
    @property
    def photos(self) -> Photos: ...
    @property
    def sets(self) -> Sets: ...
    @property
    def names(self) -> Names: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def events(self) -> Events: ...
    @property
    def publications(self) -> Publications: ...
    @property
    def users(self) -> Users: ...
    @property
    def notes(self) -> Notes: ...


class Store(Protocol):
    def reading(self) -> AbstractContextManager[Transaction]:
        """A consistent view that never takes the write lock."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """One write transaction (``BEGIN IMMEDIATE``); rolled back on any error.

        Raises:
            StoreBusy: the lock was not to be had in time.
            StorageFull: the disk is full; nothing was written.
        """

    def close(self) -> None: ...
