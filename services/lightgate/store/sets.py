"""Sets of photographs, as they were handed in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lightgate.domain.photo import PhotoSet
from lightgate.domain.proof.prefill import Described


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

    def described(self, set_id: int, language: str, ids: Collection[int] | None = None) -> Sequence[Described]:
        """List the photos of a set, or those of ``ids``, that have texts, by what they say in one language."""

    def waiting_for_names(self) -> Sequence[PhotoSet]:
        """List the sets, oldest first, with photos at the naming gate."""

    def entomb(self, set_id: int, at: datetime) -> None:
        """Keep a rolled-back set's row as a tombstone."""
