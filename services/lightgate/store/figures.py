"""Numbers over the whole installation, and its notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from lightgate.domain.route.liveness import Liveness


class Figures(Protocol):
    """Sums over the whole queue, for the dashboard."""

    def taken_in_by_month(self) -> Mapping[str, int]:
        """Count photos by the month (YYYY-MM) they were taken in."""

    def published_by_month(self) -> Mapping[str, int]:
        """Count photos with a whole version on the website by the month it was published."""

    def whole(self) -> int:
        """Count photos with a whole version on the website."""

    def by_liveness(self, set_id: int | None = None) -> Mapping[int, Mapping[Liveness, int]]:
        """Count the photos that the ledger knows of by set and ``domain.route.liveness``; the others are not live."""

    def by_band(self) -> Mapping[str, int]: ...

    def cameras_by_year(self) -> Mapping[str, Mapping[str, int]]:
        """Count photos by year of capture and camera."""

    def sources_of_approved(self, limit: int) -> Mapping[str, Mapping[str, int]]:
        """Count texts of the newest approved and published photos by field and source."""

    def decided_at(self, limit: int) -> Sequence[tuple[str, datetime]]:
        """List who approved or rejected one photo when, newest first; decisions on many at once are left out."""

    def by_position(self) -> Mapping[tuple[str, str], int]:
        """Count all photos by (step, status)."""

    def passed_since(self, since: datetime, set_id: int | None = None) -> Mapping[str, int]:
        """Count photos that workers have passed on since, by step."""

    def workers(self) -> Mapping[str, str]:
        """Map workers that hold a photo to its step."""


class Notes(Protocol):
    """Small facts of the installation, e.g. ``caption.status`` for the site, ``ollama.seen``."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str | None, at: datetime) -> None:
        """Write or, with None, remove a note."""

    def all(self) -> Mapping[str, tuple[str, datetime]]: ...
