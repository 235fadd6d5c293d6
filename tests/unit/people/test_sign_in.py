"""The first person of an installation, further ones, and their passwords."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from lightgate.adapters.keys.passwords import Passwords
from lightgate.adapters.sqlite import SqliteStore
from lightgate.errors import InputInvalid, NotFound, SignInFailed
from lightgate.people import accounts
from lightgate.people.sign_in import Attempt, sign_in
from lightgate.settings import Review, Settings
from support.gallery import quick_passwords
from support.stores import NOON, make_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def enter(store: SqliteStore, name: str, password: str) -> str:
    attempt = Attempt(name, password, "127.0.0.1")
    return sign_in(store, Passwords(), attempt, 10, NOON).name


def test_a_new_installation_gets_a_person_and_a_password_only_its_owner_can_read(
    store: SqliteStore, secrets: Path
) -> None:
    first = accounts.ensure_first_user(store, Settings(), secrets, NOON)
    assert first is not None
    assert first.file is not None
    assert stat.S_IMODE(first.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert first.file.read_text().strip() == first.password
    assert enter(store, "reviewer", first.password) == "reviewer"


def test_the_made_up_password_can_be_read_aloud_and_not_be_guessed() -> None:
    made = {accounts.made_up_password() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"([a-z]{4}-){4}[a-z]{4}", each) for each in made)


def test_it_is_not_in_the_repr(store: SqliteStore, secrets: Path) -> None:
    first = accounts.ensure_first_user(store, Settings(), secrets, NOON)
    assert first is not None
    assert first.password not in repr(first)


def test_the_second_start_makes_nobody_new(store: SqliteStore, secrets: Path) -> None:
    accounts.ensure_first_user(store, Settings(), secrets, NOON)
    assert accounts.ensure_first_user(store, Settings(), secrets, NOON) is None


def test_a_start_that_was_cut_off_goes_on_with_the_same_password(store: SqliteStore, secrets: Path) -> None:
    secrets.mkdir()
    (secrets / accounts.FIRST_PASSWORD_FILE).write_text("kept-from-before\n")
    first = accounts.ensure_first_user(store, Settings(), secrets, NOON)
    assert first is not None
    assert first.password == "kept-from-before"


def test_a_password_from_the_settings_is_written_nowhere(store: SqliteStore, secrets: Path) -> None:
    settings = Settings(review=Review(user="dana", password=SecretStr("given")))
    first = accounts.ensure_first_user(store, settings, secrets, NOON)
    assert first is not None
    assert (first.name, first.password, first.file) == ("dana", "given", None)
    assert not secrets.exists()


def test_changing_the_first_password_forgets_the_kept_one(store: SqliteStore, secrets: Path) -> None:
    accounts.ensure_first_user(store, Settings(), secrets, NOON)
    accounts.set_password(store, secrets, "Reviewer", "a new one of mine", NOON)
    assert accounts.first_password(secrets) is None
    assert enter(store, "reviewer", "a new one of mine") == "reviewer"


def test_a_name_is_added_once_whatever_its_case(store: SqliteStore) -> None:
    accounts.add_user(store, "Dana", "a password of dana", NOON)
    with pytest.raises(InputInvalid, match="already"):
        accounts.add_user(store, "dana", "a password of dana", NOON)


@pytest.mark.parametrize(
    ("name", "password"), [("", "long enough one"), ("a\nb", "long enough one"), ("dana", "short")]
)
def test_a_name_and_a_password_must_be_usable(store: SqliteStore, name: str, password: str) -> None:
    with pytest.raises(InputInvalid):
        accounts.add_user(store, name, password, NOON)


def test_nobody_gets_no_new_password(store: SqliteStore, secrets: Path) -> None:
    with pytest.raises(NotFound):
        accounts.set_password(store, secrets, "nobody", "long enough one", NOON)


def test_a_letter_is_the_same_however_the_keyboard_composes_it() -> None:
    passwords = quick_passwords()
    assert passwords.is_right(passwords.hash("caf\u00e9 au lait"), "cafe\u0301 au lait")


def test_a_damaged_hash_lets_nobody_in(store: SqliteStore) -> None:
    with store.writing() as tx:
        tx.users.put("dana", "not a hash", NOON)
    with pytest.raises(SignInFailed):
        enter(store, "dana", "not a hash")
