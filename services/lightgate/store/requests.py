"""Requests for new texts, each under a lease; what comes of one is only a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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
