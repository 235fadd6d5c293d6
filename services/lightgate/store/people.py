"""People, their sessions and their wrong passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lightgate.domain.people.roles import Role


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
class Failures:
    """Wrong passwords of the last minutes."""

    count: int
    newest: datetime | None = None


class Users(Protocol):
    def find(self, name: str) -> User | None:
        """Find a person by name, case-insensitively."""

    def by_id(self, user_id: int) -> User | None: ...

    def put(self, name: str, password_hash: str, at: datetime) -> User:
        """Add a person, or change the password and sign the person out everywhere."""

    def change(self, user_id: int, *, role: Role, is_active: bool) -> None:
        """Give a role, and let the person in or not."""

    def all(self) -> Sequence[User]: ...

    def end_sessions(self, user_id: int, *, steps: int = 1) -> None:
        """Sign a person out everywhere."""

    def note_failure(self, name: str, source: str, at: datetime) -> None:
        """Count a wrong password."""

    def names_failed_from(self, source: str, since: datetime) -> Failures:
        """Count the names that wrong passwords were given for from one source, each once."""

    def failures_for(self, name: str, since: datetime, source: str | None = None) -> Failures:
        """Count wrong passwords for this name, from anywhere or from one source."""

    def forget_failures(self, name: str, source: str) -> None:
        """Forget those for this name from this source; others' and those from elsewhere stay."""

    def forget_failures_before(self, at: datetime) -> None:
        """Forget what is too old to count."""

    def end_session(self, key: str, now: datetime, until: datetime) -> None:
        """Remember that a session is over until its last cookie is too old anyway; forget those that are."""

    def has_ended(self, key: str) -> bool:
        """Is the session over?"""
