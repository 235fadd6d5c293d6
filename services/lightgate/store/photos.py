"""Photos: read, listed, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from lightgate.domain.photo import Failure, Issue, Photo, Sidecar, StageFacts, Text, TextValue
from lightgate.domain.query import Query
from lightgate.domain.route.pipeline import Position


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
    #: permissions of the source, for a rollback that puts it back
    source_mode: int | None = None
    #: what was written beside it
    sidecar: Sidecar | None = None


class Order(StrEnum):
    """How a list of photos is ordered."""

    #: as they were taken in
    ID = "id"
    #: the riskiest first, see ``domain/rating/risk.py``
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: at a photo, which need not be part of the list any more."""

    id: int
    #: the rank it had there; None: the one it has now
    rank: int | None = None


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
    query: Query = ()
    order: Order = Order.ID


#: where counting stops among the photos that a query or a band narrows a list to: beyond it, nobody reads the number
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Total:
    """How many photos a list holds."""

    number: int
    #: more than that
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a place in a list; ids, the photo at the place itself left out."""

    before: int | None
    after: int | None
    #: of the whole list
    first: int | None
    #: photos in the list, with the one at the place
    total: Total


@dataclass(frozen=True, slots=True)
class TextQuality:
    """How the texts of a photo came about, and what the proof says of them now."""

    #: ``PASS`` or ``NEEDS_WORK``
    status: str
    #: 0 to 100, of all texts and of each by ``caption.en``
    score: float | None
    field_scores: Mapping[str, float]
    #: ``written``, ``repaired``, ``rewritten`` or ``drafted`` by the last generation
    verdict: str | None
    attempts: int
    rewrites: int
    repairs: tuple[str, ...]
    model: str | None
    prompt_hash: str | None
    confidence: int | None
    fallback_used: bool
    #: texts by ``caption.en``: as the model wrote them first, and as they were left
    before: Mapping[str, TextValue]
    after: Mapping[str, TextValue]


#: what a person calls a photo; its file name follows
Identity = Literal["subject", "location", "folder"]


@dataclass(frozen=True, slots=True)
class Original:
    """A photo's original, as a file."""

    #: SHA-256, hex
    content_hash: str
    size_bytes: int
    #: of the working copy, lower case with dot
    suffix: str
    #: where it was taken in from, as text
    source_path: str


class Photos(Protocol):
    def get(self, photo_id: int) -> Photo:
        """Read one photo.

        Raises:
            NotFound: no such photo.
        """

    def pictures(self, photo_id: int) -> tuple[str, Mapping[str, str]]:
        """Give a photo's content hash, and the SHA-256 of the pictures made from it by kind.

        Raises:
            NotFound: no such photo.
        """

    def put_pictures(
        self,
        photo_id: int,
        content_hash: str,
        hashes: Mapping[str, str],
        turn: int = 0,
        sharpest: tuple[float, float] | None = None,
    ) -> bool:
        """Write the SHA-256 of a photo's pictures by kind; False where the photo has another original by now.

        Args:
            turn: quarter turns clockwise that they were made with.
            sharpest: centre of the sharpest place in them, 0 to 1 of width and height; None: as it was.
        """

    def put_turn(self, photo_id: int, turn: int) -> None:
        """Turn a photo, and its size with it; its pictures are due then.

        Args:
            turn: quarter turns clockwise of the upright picture, 0 to 3.
        """

    def put_turn_error(self, photo_id: int, turn: int, why: str) -> None:
        """Write why the pictures could not be made with this turn, unless it has another one by now."""

    def to_be_turned(self, limit: int) -> Sequence[int]:
        """List photos, by id, whose pictures are still those of another turn and were not tried in vain."""

    def without_pictures(self, after: int, up_to: int, limit: int) -> Sequence[tuple[int, str]]:
        """List id and content hash of photos, by id, of whose pictures no hash is known."""

    def many(self, ids: Sequence[int]) -> Sequence[Photo]:
        """Read photos, in the order of the ids; unknown ids are left out."""

    def page(
        self,
        wanted: PhotoFilter,
        *,
        after: int | Place | None = None,
        before: int | Place | None = None,
        limit: int = 50,
    ) -> Sequence[Photo]:
        """List photos in the order of ``wanted``: the first behind ``after``, or the last ahead of ``before``."""

    def counted_page(
        self, wanted: PhotoFilter, *, after: Place | None = None, before: Place | None = None, limit: int = 50
    ) -> tuple[Sequence[Photo], Total]:
        """List photos as ``page`` does, and count the whole list with it; a narrowed one up to ``MOST_COUNTED``."""

    def ids(self, wanted: PhotoFilter, limit: int | None = None) -> Sequence[int]:
        """List photos, or the first of them, in the order of ``wanted`` by their ids alone."""

    def around(self, wanted: PhotoFilter, place: Place) -> Around:
        """Find what lies around a place, which need not be part of the list."""

    def count(self, wanted: PhotoFilter) -> int: ...

    def count_by_status(self, set_id: int | None = None) -> Mapping[str, int]:
        """Count photos by review_status word."""

    def count_by_set(self) -> Mapping[int, Mapping[str, int]]:
        """Count photos by set and review_status word."""

    def count_by_position(self, set_id: int | None = None) -> Mapping[tuple[str, str], int]:
        """Count photos, of a set or of all, by (step, status)."""

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

    def move_all(self, moves: Sequence[tuple[Photo, Position]], at: datetime, *, raise_version: bool = False) -> None:
        """Put photos at new positions in one statement, as ``move`` does; all of them, or the transaction is lost.

        Raises:
            Conflict: of one of them, version or position is no longer what was read.
        """

    def touch(self, photo: Photo, at: datetime) -> None:
        """Raise the version of a photo that stays where it is, also while a worker holds it.

        Raises:
            Conflict: the row's version is no longer the one that was read.
        """

    def put_names(self, names: Mapping[int, str | None]) -> None:
        """Write file names by photo, None where one was freed; ``Names`` holds them."""

    def put_identity(self, photo_id: int, changed: Mapping[Identity, str]) -> None:
        """Write what a person calls a photo."""

    def put_failures(self, found: Mapping[int, Failure]) -> None:
        """Write why photos stand still, by id."""

    def put_approval(self, photo_id: int, approval_id: int | None) -> None:
        """Bind a photo to the approval that is in force, or to none."""

    def put_reject_reason(self, photo_id: int, why: str | None) -> None:
        """Write why a photo was rejected, or that it is not any more."""

    def put_own_rating(self, photo_id: int, qr: float | None, band: str) -> None:
        """Write the reviewer's own rating, 0 to 10, or take it back; and the band that counts then."""

    def put_rating(self, photo_id: int, qr: float, mode: str, band: str, at: datetime) -> None:
        """Write a computed rating, 0 to 10, anew."""

    def put_original(self, photo_id: int, original: Original) -> None:
        """Write which file a photo's original is."""

    def keep_source(self, photo_id: int) -> None:
        """Nothing is to be removed where the photo was taken in from, or nothing any more."""

    def hold_until(self, photo_ids: Sequence[int], until: datetime) -> None:
        """Let no worker claim photos before a time."""

    def write_facts(self, photo_id: int, found: StageFacts, at: datetime) -> None:
        """Write what a stage found; texts that a person wrote or locked stay. Captions bring their proof."""

    def write_all_facts(self, found: Mapping[int, StageFacts], at: datetime) -> None:
        """Write what a stage found of many photos, by id, in a few statements."""

    def put_text(self, photo_id: int, text: Text, at: datetime) -> None:
        """Write one text, whoever wrote the old one."""

    def put_proof(
        self,
        photo_id: int,
        issues: Sequence[Issue],
        score: float,
        at: datetime,
        field_scores: Mapping[str, float] | None = None,
    ) -> None:
        """Write the text proof: ``needs_work`` and the row in ``metadata_quality``; grades by ``caption.en``."""

    def quality(self, photo_id: int) -> TextQuality | None:
        """Read how a photo's texts came about and how they were graded."""

    def named(self, file_names: Sequence[str]) -> Mapping[str, int]:
        """Map those of file names that photos of the queue have to the photos' ids."""

    def file_names(self) -> frozenset[str]:
        """Give every published or held file name of the queue's photos."""

    def issues(self, photo_id: int) -> Sequence[Issue]: ...

    def sources_to_remove(self, limit: int = 100) -> Sequence[tuple[Photo, str]]:
        """List photos of ``--move`` whose source file still stands, with its path."""

    def source_path(self, photo_id: int) -> str: ...

    def source_mode(self, photo_id: int) -> int | None:
        """Give the permissions that the source had, where they are known."""

    def keep_source_modes(self, modes: Mapping[str, int]) -> None:
        """Keep permissions of sources, by content hash, where none are known."""

    def delete(self, photo_id: int) -> None:
        """Remove the row and its texts, requests and proof; events stay."""
