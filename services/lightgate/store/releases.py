"""What a person let through the gate, release by release, and where earlier addresses lead now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lightgate.domain.photo import Before


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
    #: HMAC-SHA-256, hex, see ``domain/approval/seal.py``; empty once the act is over
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


class Redirects(Protocol):
    """Where files of the website are now that were elsewhere once."""

    def put(self, old_path: str, new_path: str, photo_id: int, at: datetime) -> None:
        """Note a move; chains become one step, and a file that came back is no longer moved."""

    def all(self) -> Mapping[str, str]:
        """Map old paths to new ones."""
