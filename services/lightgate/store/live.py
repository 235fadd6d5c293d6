"""What is live, what a release replaced, and where old names lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lightgate.domain.photo import Before, Publication


class Publications(Protocol):
    """The ledger: which target holds what, apart from where the photo stands."""

    def put(self, photo_id: int, publication: Publication, at: datetime) -> None:
        """Write the ledger's row of this photo and target; a debt is due at once."""

    def debts_due(self, at: datetime, limit: int) -> Sequence[int]:
        """List photos with a debt that is due, oldest first, none of which a publish worker has."""

    def put_off(self, photo_id: int, target: str, until: datetime) -> None:
        """Try a debt again then."""

    def of_photo(self, photo_id: int) -> Sequence[Publication]: ...

    def file_names(self) -> frozenset[str]:
        """Give the names, case-folded, of everything that is at a target."""

    def photo_ids(self) -> Sequence[int]:
        """List the photos that have anything at a target."""

    def rejected_ids(self, set_id: int | None = None) -> Sequence[int]:
        """List rejected photos that have something at a target, in one set or in all."""

    def remove(self, photo_id: int, target: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Release:
    """What one press of the button sent to the website, and how many of its photos stand where by now."""

    number: int
    at: datetime
    by: str
    #: those that were not taken out again since
    photos: int
    live: int
    #: on their way
    moving: int
    failed: int


@dataclass(frozen=True, slots=True)
class ReleaseAct:
    """A person's word that this photo, as approved, goes out now."""

    number: int
    photo_id: int
    #: None in releases that are older than acts
    approval_id: int | None
    #: the photo's version once it was released
    version: int | None
    by: str
    at: datetime
    #: HMAC-SHA-256, hex, see ``domain/seal.py``; empty once the act is over
    seal: str = ""


class Releases(Protocol):
    """What each release sent, and what it replaced; rows are kept for good, and no number is given twice."""

    def get(self, number: int) -> Release:
        """Read one release.

        Raises:
            NotFound: no such release, or nothing of it is left.
        """

    def newest(self, limit: int, before: int | None = None) -> Sequence[Release]:
        """List releases, newest first, from before a number on."""

    def photos_of(self, number: int, limit: int, *, only_failed: bool = False) -> Sequence[int]:
        """List photos of a release: the failed ones first, then those on their way."""

    def next_number(self) -> int:
        """Give the number of the release that this transaction may add."""

    def add(self, acts: Sequence[ReleaseAct]) -> None:
        """Note a new release, a sealed act a photo."""

    def act(self, photo_id: int) -> ReleaseAct | None:
        """Give the newest act for a photo that was not taken back."""

    def end(self, photo_id: int) -> None:
        """Void the acts for a photo: it needs another release to go out."""

    def newest_number(self) -> int | None:
        """Give the number of the newest release of which anything is left: the one that can be undone."""

    def last(self) -> Mapping[int, Before | None]:
        """Give the photos of the newest release, with what was live before; None: nothing of it was touched yet."""

    def keep(self, photo_id: int, before: Before) -> bool:
        """Write down once what was live before the photo's newest release; False when it was written already."""

    def forget(self, photo_id: int, at: datetime) -> None:
        """Take a photo out of its newest release; the row stays, as taken back."""

    def kept_hashes(self) -> frozenset[str]:
        """Give the SHA-256 of every file that undoing the newest release, or a debt, may need."""


class Holds(Protocol):
    """Who changes what is live of a photo: one at a time, under a lease, with a token that only ever rises."""

    def take(
        self, photo_id: int, owner: str, at: datetime, until: datetime, claim_token: int | None = None
    ) -> int | None:
        """Hold a photo; gives the token, or None where somebody holds it.

        A lease that ran out, or lies too far ahead, holds nothing; nor does a claim that is not the row's any more.
        """

    def renew(self, photo_id: int, token: int, until: datetime) -> bool:
        """Extend a hold that is still ours."""

    def is_held(self, photo_id: int, token: int) -> bool: ...

    def free(self, photo_id: int, token: int) -> None:
        """Give a hold up; harmless when it is not ours any more."""

    def word(self, photo_id: int) -> tuple[object, ...]:
        """Give what a change under way rests on, to be compared: hold, claim, version, approval and release act."""


class Redirects(Protocol):
    """Where files of the website are now that were elsewhere once."""

    def put(self, old_path: str, new_path: str, photo_id: int, at: datetime) -> None:
        """Note a move; chains become one step, and a file that came back is no longer moved."""

    def all(self) -> Mapping[str, str]:
        """Map old paths to new ones."""
