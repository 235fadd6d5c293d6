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
        """Write the ledger's row of this photo and target."""

    def of_photo(self, photo_id: int) -> Sequence[Publication]: ...

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


class Releases(Protocol):
    """What each release sent, and what it replaced."""

    def get(self, number: int) -> Release:
        """Read one release.

        Raises:
            NotFound: no such release, or nothing of it is left.
        """

    def newest(self, limit: int, before: int | None = None) -> Sequence[Release]:
        """List releases, newest first, from before a number on."""

    def photos_of(self, number: int, limit: int, *, only_failed: bool = False) -> Sequence[int]:
        """List photos of a release: the failed ones first, then those on their way."""

    def add(self, ids: Sequence[int], by: str, at: datetime) -> int:
        """Note a new release; gives its number."""

    def newest_number(self) -> int | None:
        """Give the number of the newest release of which anything is left: the one that can be undone."""

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
