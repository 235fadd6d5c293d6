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

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from lightgate.domain.photo import (
    Before,
    CaptionFacts,
    Claim,
    ExifFacts,
    Failure,
    Field,
    Issue,
    Photo,
    PhotoSet,
    Publication,
    QualityFacts,
    Series,
    Text,
    TextValue,
)
from lightgate.domain.pipeline import Position, Step
from lightgate.domain.query import Query
from lightgate.domain.roles import Role
from lightgate.domain.shot import Shot
from lightgate.domain.vocabulary import Known, Term, TermState


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


class Order(StrEnum):
    """How a list of photos is ordered."""

    #: as they were taken in
    ID = "id"
    #: the riskiest first, see ``domain/risk.py``
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


class RequestStatus(StrEnum):
    """Where a wish for new texts stands."""

    QUEUED = "queued"
    RUNNING = "running"
    #: texts are there, and a person has not taken or left all of them
    PROPOSED = "proposed"
    FAILED = "failed"
    DECIDED = "decided"
    #: a newer request asks for the same fields
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A wish for new texts of one photo in one language, apart from where the photo stands."""

    id: int
    photo_id: int
    language: str
    fields: tuple[Field, ...]
    hint: str
    status: RequestStatus
    attempt: int
    requested_by: str
    requested_at: datetime
    #: what the model wrote, once it did
    texts: tuple[Text, ...] = ()
    #: ``taken`` or ``left``, by field
    decided: Mapping[Field, str] = dataclass_field(default_factory=dict)
    error_message: str | None = None
    finished_at: datetime | None = None

    def proposal(self, field: Field) -> Text | None:
        """Find the text that a person may still take or leave."""
        if self.status is not RequestStatus.PROPOSED or field in self.decided:
            return None
        return next((text for text in self.texts if text.field is field), None)


@dataclass(frozen=True, slots=True)
class RequestClaim:
    """A request in a worker's hands, with the fence that proves it."""

    request: TextRequest
    token: int
    owner: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another text that says the same, or nearly."""

    #: None for a row of the website's catalogue
    photo_id: int | None
    #: published name, else the original's
    name: str
    #: shared words, 0 to 1
    likeness: float


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


@dataclass(frozen=True, slots=True)
class CatalogueText:
    """Caption and alt text of a published photo that is none of the queue's."""

    file_name: str
    language: str
    caption: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in."""

    id: int
    name: str
    password_hash: str
    #: raised to sign the person out everywhere
    session_epoch: int = 1
    is_active: bool = True
    role: Role = Role.ADMIN


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters of a list under a name of their own; everybody sees it."""

    id: int
    name: str
    #: what the list's address carries
    params: Mapping[str, str]
    created_by: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Something that a person did to the installation rather than to a photo."""

    id: int
    at: datetime
    actor: str
    #: ``signed_in``, ``sign_in_failed``, ``signed_out_everywhere``, ``role``, …
    action: str
    about: str
    #: where it was asked from
    address: str


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

    def settle_done(self, claims: Sequence[Claim], after: Position, at: datetime) -> frozenset[int]:
        """End claims that succeeded, all at one new position; give the ids of those whose token was still the row's."""

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
        self,
        wanted: PhotoFilter,
        *,
        after: int | Place | None = None,
        before: int | Place | None = None,
        limit: int = 50,
    ) -> Sequence[Photo]:
        """List photos in the order of ``wanted``: the first behind ``after``, or the last ahead of ``before``."""

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

    def file_names(self) -> frozenset[str]:
        """Give every published or held file name of the queue's photos."""

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

    def of_person(self, name: str, limit: int) -> Sequence[Event]:
        """List what a person did, newest first."""

    def last_id(self) -> int:
        """Give the id of the newest event, 0 when there is none: a cheap sign that something changed."""


class Publications(Protocol):
    """The ledger: which target holds what, apart from where the photo stands."""

    def put(self, photo_id: int, publication: Publication, at: datetime) -> None:
        """Write the ledger's row of this photo and target."""

    def of_photo(self, photo_id: int) -> Sequence[Publication]: ...

    def remove(self, photo_id: int, target: str) -> None: ...


class Releases(Protocol):
    """What each release sent, and what it replaced."""

    def add(self, ids: Sequence[int], by: str, at: datetime) -> int:
        """Note a new release; gives its number."""

    def last(self) -> Mapping[int, Before | None]:
        """Give the photos of the newest release, with what was live before; None: nothing of it was touched yet."""

    def keep(self, photo_id: int, before: Before) -> bool:
        """Write down once what was live before the photo's newest release; False when it was written already."""

    def is_kept(self, photo_id: int) -> bool:
        """Is it written down already, or was the photo in no release?"""

    def forget(self, photo_id: int) -> None:
        """Take a photo out of every release."""

    def kept_hashes(self) -> frozenset[str]:
        """Give the SHA-256 of every file that undoing the newest release may need."""


class Redirects(Protocol):
    """Where files of the website are now that were elsewhere once."""

    def put(self, old_path: str, new_path: str, photo_id: int, at: datetime) -> None:
        """Note a move; chains become one step, and a file that came back is no longer moved."""

    def all(self) -> Mapping[str, str]:
        """Map old paths to new ones."""


class Users(Protocol):
    def find(self, name: str) -> User | None:
        """Find a person by name, case-insensitively."""

    def by_id(self, user_id: int) -> User | None: ...

    def put(self, name: str, password_hash: str, at: datetime) -> User:
        """Add a person, or change the password and sign the person out everywhere."""

    def change(self, user_id: int, *, role: Role, is_active: bool) -> None:
        """Give a role, and let the person in or not."""

    def all(self) -> Sequence[User]: ...

    def end_sessions(self, user_id: int) -> None:
        """Sign a person out everywhere."""

    def note_failure(self, name: str, address: str, at: datetime) -> None:
        """Count a wrong password."""

    def failures_since(self, name: str, address: str, since: datetime) -> int:
        """Count wrong passwords for this name or from this address."""

    def forget_failures(self, name: str, address: str) -> None: ...


class Views(Protocol):
    def all(self) -> Sequence[SavedView]:
        """List saved views by name."""

    def put(self, name: str, params: Mapping[str, str], by: str, at: datetime) -> None:
        """Save a view, in place of one of the same name."""

    def remove(self, view_id: int) -> None: ...


class Audit(Protocol):
    def add(self, actor: str, action: str, at: datetime, *, about: str = "", address: str = "") -> None: ...

    def newest(self, limit: int = 100, before: int | None = None) -> Sequence[AuditLine]:
        """List what was done, newest first, below a line's id."""


class Figures(Protocol):
    """Sums over the whole queue, for the dashboard."""

    def taken_in_by_month(self) -> Mapping[str, int]:
        """Count photos by the month (YYYY-MM) they were taken in."""

    def published_by_month(self) -> Mapping[str, int]:
        """Count photos that are live by the month they were published."""

    def by_band(self) -> Mapping[str, int]: ...

    def cameras_by_year(self) -> Mapping[str, Mapping[str, int]]:
        """Count photos by year of capture and camera."""

    def sources_of_approved(self) -> Mapping[str, Mapping[str, int]]:
        """Count texts of approved and published photos by field and source."""

    def decided_at(self, limit: int) -> Sequence[tuple[str, datetime]]:
        """List who approved or rejected when, newest first."""

    def by_position(self) -> Mapping[tuple[str, str], int]:
        """Count all photos by (step, status)."""

    def passed_since(self, since: datetime, set_id: int | None = None) -> Mapping[str, int]:
        """Count photos that workers have passed on since, by step."""

    def workers(self) -> Mapping[str, str]:
        """Map workers that hold a photo to its step."""


class Notes(Protocol):
    """Small facts of the installation, e.g. ``caption.status`` for the site, ``ollama.seen``."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str | None, at: datetime) -> None:
        """Write or, with None, remove a note."""

    def all(self) -> Mapping[str, tuple[str, datetime]]: ...


class Requests(Protocol):
    """Wishes for new texts: claimed one by one, under a lease and a fence like photos."""

    def add(
        self, photo_id: int, language: str, fields: Sequence[Field], by: str, at: datetime, *, hint: str = ""
    ) -> TextRequest:
        """Ask for texts; older proposals for the same fields are replaced.

        Raises:
            AlreadyRequested: one for the same fields is queued or running.
        """

    def get(self, request_id: int) -> TextRequest:
        """Read one request.

        Raises:
            NotFound: no such request.
        """

    def of_photo(self, photo_id: int) -> Sequence[TextRequest]:
        """List a photo's requests that are still of interest: open, or failed and not replaced; oldest first."""

    def claim(self, owner: str, at: datetime, lease_until: datetime) -> RequestClaim | None:
        """Take the oldest request that is due; attempts are counted here."""

    def renew(self, claim: RequestClaim, lease_until: datetime) -> bool: ...

    def finish(self, claim: RequestClaim, texts: Sequence[Text], at: datetime) -> bool:
        """Write the proposal; False, and nothing written, when the token is no longer the row's."""

    def fail(self, claim: RequestClaim, message: str, at: datetime, *, again_at: datetime | None = None) -> bool:
        """Give up, or with ``again_at`` try again then."""

    def give_back(self, owner: str, again_at: datetime | None = None) -> int:
        """Put back, uncharged, what an owner holds; give how many."""

    def holds(self, owner: str) -> bool:
        """Does this owner hold a request?"""

    def is_any_lost(self, at: datetime, lease_s: float) -> bool:
        """Has a request outrun its lease?"""

    def lapse(self, owner: str, most_attempts: int, at: datetime) -> int:
        """Put back, charged, what an owner that died held; give how many."""

    def expire(self, at: datetime, lease_s: float, most_attempts: int) -> int:
        """Put back, charged, what has outrun its lease; give how many."""

    def count_ready(self, at: datetime) -> int: ...

    def decide(self, request_id: int, field: Field, decision: str, at: datetime) -> None:
        """Note that a person took or left one field of a proposal."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A photo that CLIP rated, with what a person thinks of it."""

    id: int
    embedding: bytes
    #: ``Scores.model`` and ``Scores.metrics_version``
    model: str
    metrics_version: str
    #: scores of 0 to 100 by part
    marks: Mapping[str, float]
    #: the computed rating, 0 to 10
    qr: float
    #: stars, or 1 for approved and 0 for rejected; only its order counts
    judgement: float = 0.0


class Pictures(Protocol):
    """What pictures have in common."""

    def starred(self) -> Sequence[Judged]:
        """List photos whose file carries stars (1 to 5, -1 for rejected), by id."""

    def decided(self) -> Sequence[Judged]:
        """List photos that a person approved or rejected, by id."""

    def undecided(self) -> Sequence[Judged]:
        """List photos that wait for a decision and that no person rated."""

    def sets_without_series(self) -> Sequence[int]:
        """List sets with photos that were rated since their series were looked for, oldest first."""

    def shots(self, set_id: int) -> Sequence[Shot]:
        """Give what the search for series asks of a set's photos that were rated; rejected ones are left out."""

    def put_series(self, set_id: int, found: Mapping[int, Series]) -> None:
        """Write every rated photo's place by its id; one that has none stands alone."""

    def similar(self, photo_id: int, limit: int = 20) -> Sequence[tuple[int, float]]:
        """Find the photos that the model sees as most alike, with the cosine, best first; none without a model."""


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """One keyword as a person sees it."""

    id: int
    name: str
    state: TermState
    #: how often a model used it while it was not listed
    seen: int
    #: the terms above it, topmost first
    path: tuple[str, ...]
    synonyms: tuple[str, ...]


class Vocabulary(Protocol):
    """The photographer's own keywords, in the language of the installation's first texts."""

    def add(self, terms: Iterable[Term], at: datetime) -> int:
        """List terms, with those above them; what is there already takes the new spelling. Gives how many are new."""

    def clear(self) -> None:
        """Take every listed term out; what is banned or proposed stays."""

    def count(self, state: TermState) -> int: ...

    def find(self, keys: Sequence[str]) -> Mapping[str, Sequence[Known]]:
        """Look up ``domain.vocabulary.key_of`` keys among terms and their synonyms."""

    def propose(self, names: Iterable[str], at: datetime) -> None:
        """Put words that a model used, and nobody judged, before a person; one that is there is counted."""

    def entries(
        self, state: TermState, *, after: int = 0, limit: int = 200, search: str = ""
    ) -> Sequence[VocabularyEntry]:
        """List terms of one state by id."""

    def decide(self, term_id: int, state: TermState, at: datetime) -> None:
        """List or ban a term.

        Raises:
            NotFound: no such term.
        """

    def path_of(self, keyword: str) -> tuple[str, ...]:
        """Give the terms above a keyword and itself, topmost first; empty where it has no one place."""


class KnownTexts(Protocol):
    """Captions and alt texts that were written before, found by likeness in far less time than reading all."""

    def alike(
        self, text: Text, *, before: int | None, file_name: str | None = None, limit: int = 3
    ) -> Sequence[Likeness]:
        """Find texts alike enough, the nearest first, in the same language and field; rejected photos do not count.

        Args:
            before: only photos with a lower id, so that of two the first stays; None: all.
            file_name: the photo's own row in the catalogue, which is no other's text.
        """

    def put(self, photo_id: int, text: Text) -> None:
        """Know a photo's text; the old one is forgotten. ``photos.put_text`` does this by itself."""

    def put_missing(self, limit: int = 500) -> int:
        """Know texts that were written before this index was; give how many."""

    def put_catalogue(self, texts: Iterable[CatalogueText]) -> None:
        """Know texts of the website's catalogue."""

    def catalogue_names(self) -> frozenset[str]:
        """Give the file names whose catalogue texts are known."""

    def forget_catalogue(self, file_names: Iterable[str]) -> None:
        """Forget texts that are no longer in the catalogue."""


class Transaction(Protocol):
    @property
    def known_texts(self) -> KnownTexts: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
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
    def releases(self) -> Releases: ...
    @property
    def redirects(self) -> Redirects: ...
    @property
    def users(self) -> Users: ...
    @property
    def pictures(self) -> Pictures: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def figures(self) -> Figures: ...
    @property
    def views(self) -> Views: ...
    @property
    def audit(self) -> Audit: ...


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
