"""Who may sign in: the first person, further ones, and their passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from lightgate.adapters.keys.passwords import Passwords
from lightgate.domain.language.characters import is_printable
from lightgate.domain.people.roles import Role
from lightgate.errors import InputInvalid, NotFound
from lightgate.files.durable import create_whole
from lightgate.files.text_file import read_text
from lightgate.settings import Settings
from lightgate.store import Store, User

FIRST_PASSWORD_FILE = "first-password"  # noqa: S105 (a file's name)

MAX_PASSWORD = 1024
MAX_NAME = 64
_MIN_PASSWORD = 10
# five groups of two syllables: 63 bits, and nothing that looks like something else
_CONSONANTS = "bdfghjkmnprstvwz"
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class FirstUser:
    """The person that a new installation starts with."""

    name: str
    password: str = field(repr=False)
    #: where the password is kept; None where the settings gave it
    file: Path | None


def ensure_first_user(store: Store, settings: Settings, secrets_dir: Path, now: datetime) -> FirstUser | None:
    """Add the first person of a new installation; None where somebody may sign in already."""
    with store.reading() as tx:
        if tx.users.all():
            return None
    first = _first_user(settings, secrets_dir)
    password_hash = Passwords().hash(first.password)
    with store.writing() as tx:
        if tx.users.all():
            return None
        tx.users.put(first.name, password_hash, now)
    return first


def first_password(secrets_dir: Path) -> str | None:
    """Read the password that was made for the first person, while it is still the valid one."""
    try:
        return read_text(secrets_dir / FIRST_PASSWORD_FILE).strip()
    except FileNotFoundError:
        return None


def _first_user(settings: Settings, secrets_dir: Path) -> FirstUser:
    name = _checked_name(settings.review.user)
    given = settings.review.password
    if given is not None and given.get_secret_value():
        return FirstUser(name, given.get_secret_value(), None)
    file = secrets_dir / FIRST_PASSWORD_FILE
    return FirstUser(name, first_password(secrets_dir) or _keep(file, made_up_password()), file)


def kept_password(file: Path) -> str:
    """Give the password that a file keeps, making both the first time."""
    try:
        return read_text(file).strip()
    except FileNotFoundError:
        return _keep(file, made_up_password())


def made_up_password() -> str:
    """Make a password that can be read aloud: five groups such as ``kebu-nosa``."""
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(10)]
    return "-".join("".join(syllables[start : start + 2]) for start in range(0, 10, 2))


def _keep(file: Path, password: str) -> str:
    """Write a new password for its owner's eyes only; where another process was faster, give its password."""
    return password if create_whole(file, f"{password}\n".encode()) else read_text(file).strip()


def add_user(
    store: Store,
    name: str,
    password: str,
    now: datetime,
    *,
    passwords: Passwords | None = None,
    role: Role = Role.ADMIN,
) -> User:
    """Add a person.

    Raises:
        InputInvalid: the name is taken or unusable, the password too short.
    """
    name = _checked_name(name)
    password_hash = (passwords or Passwords()).hash(_checked_password(password))
    with store.writing() as tx:
        if tx.users.find(name) is not None:
            raise InputInvalid(reason=f"There is already a person named {name}; use “lightgate user passwd”.")
        added = tx.users.put(name, password_hash, now)
        tx.users.change(added.id, role=role, is_active=True)
        return replace(added, role=role)


def change_user(store: Store, user_id: int, *, role: Role, is_active: bool) -> User:
    """Give a role, and let the person in or not; one admin always stays.

    Raises:
        NotFound: no such person.
        InputInvalid: nobody would be left who may give roles.
    """
    with store.writing() as tx:
        user = tx.users.by_id(user_id)
        if user is None:
            raise NotFound(what="person", key=user_id)
        admins = {each.id for each in tx.users.all() if each.is_active and each.role is Role.ADMIN}
        if admins == {user_id} and not (is_active and role is Role.ADMIN):
            raise InputInvalid(reason=f"{user.name} is the only admin; make somebody else one first.")
        tx.users.change(user_id, role=role, is_active=is_active)
        if not is_active:
            # who is let in again signs in again
            tx.users.end_sessions(user_id)
        return replace(user, role=role, is_active=is_active)


def set_password(store: Store, secrets_dir: Path, name: str, password: str, now: datetime) -> User:
    """Change a password and sign the person out everywhere.

    Raises:
        NotFound: no such person.
        InputInvalid: the password is too short.
    """
    password_hash = Passwords().hash(_checked_password(password))
    with store.writing() as tx:
        person = tx.users.find(name)
        if person is None:
            raise NotFound(what="person", key=name)
        changed = tx.users.put(person.name, password_hash, now)
        is_first = min(each.id for each in tx.users.all()) == changed.id
    if is_first:
        (secrets_dir / FIRST_PASSWORD_FILE).unlink(missing_ok=True)
    return changed


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME or not is_printable(name):
        raise InputInvalid(reason=f"A name has 1 to {MAX_NAME} printable characters.")
    return name


def _checked_password(password: str) -> str:
    if not _MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InputInvalid(reason=f"A password has {_MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    return password
