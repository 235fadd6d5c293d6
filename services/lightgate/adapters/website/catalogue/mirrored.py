"""The website's table with its copy on this machine: the website first, the copy second, both repeatable.

The copy is keyed by file name, holds the website's id beside, and can be made anew at any time.
"""

from __future__ import annotations

from collections.abc import Sequence

from lightgate.adapters.website.catalogue.sql import SqlCatalogue
from lightgate.adapters.website.catalogue.table import REMOTE_ID
from lightgate.ports.website import CatalogueRow, Permit, QualityRow

#: the copy needs nobody's word
_COPYING = Permit("mirror", lambda: None)


class MirroredCatalogue:
    """``Catalogue`` whose truth is the website; what intake asks is answered without a network."""

    def __init__(self, website: SqlCatalogue, mirror: SqlCatalogue) -> None:
        self._website = website
        self._mirror = mirror

    def why_not_ready(self) -> str | None:
        return self._website.why_not_ready()

    def rehearse(self, row: CatalogueRow, quality: QualityRow | None = None) -> None:
        self._website.rehearse(row, quality)

    def holds(self, row: CatalogueRow) -> bool | None:
        return self._website.holds(row)

    def upsert(self, row: CatalogueRow, permit: Permit, quality: QualityRow | None = None) -> int | None:
        row_id = self._website.upsert(row, permit, quality)
        # asked again: a copy that comes late must not say what the website shows no more
        self._mirror.write(row, permit, {REMOTE_ID: row_id})
        return row_id

    def find(self, file_name: str) -> CatalogueRow | None:
        return self._website.find(file_name)

    def remove(self, file_name: str, permit: Permit) -> None:
        self._website.remove(file_name, permit)
        self._mirror.remove(file_name, permit)

    def file_names(self) -> Sequence[str]:
        return self._website.file_names()

    def has_capture(self, original_file_name: str, date_time: str) -> bool:
        """Ask the copy: submitting works without a network."""
        return self._mirror.has_capture(original_file_name, date_time)

    def rebuild(self) -> int:
        """Make the copy say what the website says; give how many rows it has."""
        seen = set()
        for row_id, row in self._website.rows():
            self._mirror.write(row, _COPYING, {REMOTE_ID: row_id})
            seen.add(row.File_Name)
        for gone in set(self._mirror.file_names()) - seen:
            self._mirror.remove(gone, _COPYING)
        return len(seen)

    def close(self) -> None:
        """Let go of every connection."""
        self._website.close()
        self._mirror.close()
