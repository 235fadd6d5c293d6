"""Requests for texts, the vocabulary, and texts that stand elsewhere already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lightgate.domain.keywords.vocabulary import Known, Term, TermState
from lightgate.domain.photo import Field, Text


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
    #: the series its photo stands in
    series: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueText:
    """Caption and alt text of a published photo that is none of the queue's."""

    file_name: str
    language: str
    caption: str
    alt_text: str


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
    #: the primary part of a language tag
    language: str = "en"


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

    def owners(self) -> frozenset[str]:
        """Name everybody who holds a request."""

    def holds(self, owner: str) -> bool:
        """Does this owner hold a request?"""

    def is_any_lost(self, at: datetime, lease_s: float) -> bool:
        """Has a request outrun its lease?"""

    def lapse(self, owner: str, most_attempts: int, at: datetime) -> int:
        """Put back, charged, what an owner that died held; give how many."""

    def expire(self, at: datetime, lease_s: float, most_attempts: int) -> int:
        """Put back, charged, what has outrun its lease; give how many."""

    def excuse(self, at: datetime, lease_s: float) -> int:
        """Put back, uncharged, what has outrun its lease; give how many."""

    def renew_held(self, owner: str, lease_until: datetime) -> int:
        """Extend the leases of all that an owner holds; give how many."""

    def count_ready(self, at: datetime) -> int: ...

    def decide(self, request_id: int, field: Field, decision: str, at: datetime) -> None:
        """Note that a person took or left one field of a proposal."""


class Vocabulary(Protocol):
    """The photographer's own keywords: a list for each language; one in ``en`` holds for ``en-GB``."""

    def add(self, language: str, terms: Iterable[Term], at: datetime) -> int:
        """List terms, with those above them; what is there already takes the new spelling. Gives how many are new."""

    def clear(self, language: str) -> None:
        """Take every listed term of a language out; what is banned or proposed stays."""

    def count(self, state: TermState, language: str | None = None) -> int:
        """Count terms of one state, in one language or in all."""

    def find(self, language: str, keys: Sequence[str]) -> Mapping[str, Sequence[Known]]:
        """Look up ``domain.vocabulary.key_of`` keys among terms and their synonyms."""

    def propose(self, language: str, names: Iterable[str], at: datetime) -> None:
        """Put words that a model used, and nobody judged, before a person; one that is there is counted."""

    def entries(
        self, state: TermState, *, language: str | None = None, after: int = 0, limit: int = 200, search: str = ""
    ) -> Sequence[VocabularyEntry]:
        """List terms of one state by id, in one language or in all."""

    def decide(self, term_id: int, state: TermState, at: datetime) -> None:
        """List or ban a term.

        Raises:
            NotFound: no such term.
        """

    def path_of(self, language: str, keyword: str) -> tuple[str, ...]:
        """Give a keyword with the terms above it that may be published, topmost first; empty where it has no one
        place."""

    def paths_of(self, language: str, keywords: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Give ``path_of`` of many keywords in a few queries; what has no one place is not there."""


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
