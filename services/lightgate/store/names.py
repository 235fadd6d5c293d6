"""Names that are reserved, each once and for good when it was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reservation:
    """A file name held for a photo."""

    #: folded stem, see ``domain.names.naming.fold``
    key: str
    file_name: str
    #: folded stem without its counter
    stem_key: str
    counter: int
    #: None for names that were imported
    photo_id: int | None


class Names(Protocol):
    def highest(self, stem_keys: Sequence[str]) -> Mapping[str, int]:
        """Give the highest counter that is held or published for each folded stem; absent: none."""

    def holder(self, key: str) -> Reservation | None:
        """Find who holds a folded name now."""

    def held(self, keys: Sequence[str]) -> frozenset[str]:
        """Give those of folded names that somebody holds, or that were published."""

    def reserve(self, reservation: Reservation, at: datetime) -> None:
        """Hold a name.

        Raises:
            NameTaken: another photo holds it, or it was published once.
        """

    def reserve_all(self, reservations: Sequence[Reservation], at: datetime) -> None:
        """Hold names, all in one statement.

        Raises:
            NameTaken: for one that is held or was published, or that two of them want.
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
