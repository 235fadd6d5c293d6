"""What is live: the ledger, one row a photo and target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lightgate.domain.photo import Publication


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
