"""Signing in and out: patient with people, not with guessing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from lightgate_web.account import safe_next
from support.gallery import NAME, PASSWORD, add_person, site_house
from support.site_client import Visitor, token_in, visitor
from support.stores import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = site_house(tmp_path, clock, sign_in_attempts=3)
    add_person(made)
    yield made
    made.close()


@pytest.fixture
def stranger(house: House) -> Visitor:
    return visitor(house, signed_in=False)


def is_in(one: Visitor) -> bool:
    return one.get("/api/v1/sets").status_code == 200


def test_the_right_password_opens_the_page_that_was_asked_for(stranger: Visitor) -> None:
    assert stranger.get("/photos?state=all").headers["Location"] == "/login?next=/photos?state%3Dall"
    assert stranger.sign_in(next="/photos?state=all").headers["Location"] == "/photos?state=all"
    assert is_in(stranger)


def test_a_name_is_found_whatever_its_case(stranger: Visitor) -> None:
    assert stranger.sign_in("ANN").status_code == 303


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(stranger: Visitor) -> None:
    wrong = stranger.sign_in(NAME, "guess")
    unknown = stranger.sign_in("nobody", "guess")
    assert wrong.status_code == unknown.status_code == 401
    pages = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (wrong, unknown)]
    assert pages[0] == pages[1]
    assert "do not belong together" in pages[0]
    assert not is_in(stranger)


def test_too_many_wrong_passwords_close_the_door_even_to_the_right_one(stranger: Visitor, clock: Clock) -> None:
    for _ in range(3):
        assert stranger.sign_in(NAME, "guess").status_code == 401
    refused = stranger.sign_in()
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    clock.forward(901)
    assert stranger.sign_in().status_code == 303


def test_guessing_many_names_from_one_address_is_guessing_too(stranger: Visitor) -> None:
    for name in ("bob", "carol", "dan"):
        stranger.sign_in(name, "guess")
    assert stranger.sign_in().status_code == 429


def elsewhere(number: int) -> dict[str, dict[str, str]]:
    return {"environ_overrides": {"REMOTE_ADDR": f"198.51.100.{number}"}}


def test_a_stranger_locks_nobody_out_where_the_person_has_signed_in_before(house: House, stranger: Visitor) -> None:
    visitor(house)
    stranger.token = token_in(stranger.get("/login"))
    guess = {"name": NAME, "password": "guess"}
    for number in range(3):
        assert stranger.post("/login", guess, **elsewhere(number)).status_code == 401
    # from an address that never was the person's, not even with the right password
    assert stranger.post("/login", guess | {"password": PASSWORD}, **elsewhere(9)).status_code == 429
    assert stranger.sign_in().status_code == 303


def test_signing_in_oneself_buys_no_more_guesses_at_another_person(house: House, stranger: Visitor) -> None:
    add_person(house, "eve", "a password of eve")
    for _ in range(2):
        stranger.sign_in(NAME, "guess")
        assert visitor(house, signed_in=False).sign_in("eve", "a password of eve").status_code == 303
    assert stranger.sign_in(NAME, "guess").status_code == 401
    assert stranger.sign_in(NAME, "guess").status_code == 429


def test_the_api_counts_the_same_attempts(stranger: Visitor) -> None:
    stranger.token = stranger.get("/api/v1/csrf").get_json()["csrf_token"]
    for _ in range(3):
        answer = stranger.api("POST", "/login", {"name": NAME, "password": "guess"})
        assert answer.get_json()["error"]["code"] == "sign_in_failed"
    assert stranger.api("POST", "/login", {"name": NAME, "password": PASSWORD}).status_code == 429


def test_signing_in_forgives_earlier_mistakes(house: House, stranger: Visitor) -> None:
    for _ in range(2):
        for _ in range(2):
            stranger.sign_in(NAME, "guess")
        assert stranger.sign_in().status_code == 303
        stranger = visitor(house, signed_in=False)


def test_a_script_signs_in_with_two_requests_and_gets_a_new_token(stranger: Visitor) -> None:
    stranger.token = first = stranger.get("/api/v1/csrf").get_json()["csrf_token"]
    answer = stranger.api("POST", "/login", {"name": NAME, "password": PASSWORD})
    stranger.token = answer.get_json()["csrf_token"]
    assert stranger.token != first
    assert stranger.api("POST", "/undo", {}).get_json()["error"]["code"] == "nothing_to_undo"
    stranger.token = first
    assert stranger.api("POST", "/undo", {}).get_json()["error"]["code"] == "csrf"


def test_the_cookie_is_kept_from_scripts_and_other_sites(stranger: Visitor) -> None:
    cookie = stranger.sign_in().headers["Set-Cookie"]
    assert cookie.startswith("lightgate=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_never_leaves_it(tmp_path: Path) -> None:
    house = site_house(tmp_path, secure_cookies=True)
    add_person(house)
    one = visitor(house, signed_in=False)
    cookie = one.get("/api/v1/csrf", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-lightgate=")
    assert "Secure" in cookie
    house.close()


def test_signing_out_ends_the_session(house: House) -> None:
    one = visitor(house)
    assert one.post("/logout").headers["Location"] == "/login"
    assert not is_in(one)


def test_signing_out_everywhere_ends_every_session_also_a_copied_one(house: House) -> None:
    here, there = visitor(house), visitor(house)
    here.post("/account/sessions/end")
    assert not is_in(here)
    assert not is_in(there)
    assert there.sign_in().status_code == 303


def test_a_new_password_ends_older_sessions(house: House) -> None:
    one = visitor(house)
    add_person(house, NAME, "another password of ann")
    assert not is_in(one)


def test_a_forged_session_is_no_session(stranger: Visitor) -> None:
    for forged in ("1:1", "abc", ".eJyr.forged"):
        stranger.client.set_cookie("lightgate", forged)
        assert not is_in(stranger)


def test_what_was_typed_is_not_lost_when_the_session_ended_meanwhile(house: House, stranger: Visitor) -> None:
    answer = stranger.client.post("/photos/1/save", data={"caption.en": "mine"}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 401
    assert "What you typed is still on the page before" in answer.text


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/\tx",
        "x",
        "",
        None,
    ],
)
def test_signing_in_never_leads_to_another_site(house: House, wanted: str | None) -> None:
    one = visitor(house, signed_in=False)
    with one.app.test_request_context():
        assert safe_next(wanted) == "/"


def test_no_password_reaches_the_log(stranger: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    stranger.sign_in(NAME, "a secret guess")
    stranger.sign_in()
    assert "a secret guess" not in caplog.text
    assert PASSWORD not in caplog.text
