"""What is live, what a release replaced, and where old names lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from lightgate.domain.photo import Before, Publication


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
