"""People, their saved views and what they did to the installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lightgate.domain.roles import Role


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in."""

    id: int
    name: str
    password_hash: str
    #: raised to sign the person out everywhere
    session_epoch: int = 1
    is_active: bool = True
    role: Role = Role.ADMIN


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


class Users(Protocol):
    def find(self, name: str) -> User | None:
        """Find a person by name, case-insensitively."""

    def by_id(self, user_id: int) -> User | None: ...

    def put(self, name: str, password_hash: str, at: datetime) -> User:
        """Add a person, or change the password and sign the person out everywhere."""

    def change(self, user_id: int, *, role: Role, is_active: bool) -> None:
        """Give a role, and let the person in or not."""

    def all(self) -> Sequence[User]: ...

    def end_sessions(self, user_id: int) -> None:
        """Sign a person out everywhere."""

    def note_failure(self, name: str, address: str, at: datetime) -> None:
        """Count a wrong password."""

    def failures_from(self, address: str, since: datetime) -> int:
        """Count wrong passwords from this address, for any name."""

    def failures_for(self, name: str, since: datetime) -> int:
        """Count wrong passwords for this name, from anywhere."""

    def forget_failures(self, name: str, address: str) -> None:
        """Forget those for this name from this address; others' and those from elsewhere stay."""


class Views(Protocol):
    def all(self) -> Sequence[SavedView]:
        """List saved views by name."""

    def put(self, name: str, params: Mapping[str, str], by: str, at: datetime) -> None:
        """Save a view, in place of one of the same name."""

    def remove(self, view_id: int) -> None: ...


class Audit(Protocol):
    def add(self, actor: str, action: str, at: datetime, *, about: str = "", address: str = "") -> None: ...

    def has_signed_in(self, name: str, address: str) -> bool:
        """Has this person signed in from this address before?"""

    def newest(self, limit: int = 100, before: int | None = None) -> Sequence[AuditLine]:
        """List what was done, newest first, below a line's id."""
