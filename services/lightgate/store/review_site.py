"""What the review site keeps for itself: saved views, and who did what apart from photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters of a list under a name of their own; everybody sees it."""

    id: int
    name: str
    #: what the list's address carries
    params: Mapping[str, str]
    created_by: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Something that a person did to the installation rather than to a photo."""

    id: int
    at: datetime
    actor: str
    #: ``signed_in``, ``sign_in_failed``, ``signed_out_everywhere``, ``role``, …
    action: str
    about: str
    #: where it was asked from
    address: str


class Views(Protocol):
    def all(self) -> Sequence[SavedView]:
        """List saved views by name."""

    def put(self, name: str, params: Mapping[str, str], by: str, at: datetime) -> None:
        """Save a view, in place of one of the same name."""

    def remove(self, view_id: int) -> None: ...


class Audit(Protocol):
    def add(self, actor: str, action: str, at: datetime, *, about: str = "", address: str = "") -> None: ...

    def newest(self, limit: int = 100, before: int | None = None) -> Sequence[AuditLine]:
        """List what was done, newest first, below a line's id."""
