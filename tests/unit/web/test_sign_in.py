"""Signing in and out: patient with people, not with guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from lightgate.website import restored
from lightgate_web.access.account import safe_next
from lightgate_web.app import cookie_name
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


def test_after_some_wrong_passwords_each_further_one_doubles_the_wait(stranger: Visitor, clock: Clock) -> None:
    for _ in range(3):
        assert stranger.sign_in(NAME, "guess").status_code == 401
    for wait_s in (1, 2, 4, 8, 16, 32, 60, 60):
        refused = stranger.sign_in(NAME, "guess")
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == str(wait_s)
        assert f"try again in {wait_s} seconds" in refused.text
        clock.forward(wait_s)
        assert stranger.sign_in(NAME, "guess").status_code == 401
    assert stranger.sign_in().status_code == 429
    clock.forward(60)
    assert stranger.sign_in().status_code == 303


def test_wrong_passwords_are_forgotten_after_a_while(stranger: Visitor, clock: Clock) -> None:
    for _ in range(3):
        stranger.sign_in(NAME, "guess")
    clock.forward(901)
    for _ in range(3):
        assert stranger.sign_in(NAME, "guess").status_code == 401


def test_guessing_one_name_does_not_keep_others_at_that_address_waiting(house: House, stranger: Visitor) -> None:
    add_person(house, "eve", "a password of eve")
    for _ in range(4):
        stranger.sign_in(NAME, "guess")
    assert visitor(house, signed_in=False).sign_in("eve", "a password of eve").status_code == 303


def test_guessing_many_names_from_one_address_is_guessing_too(stranger: Visitor, clock: Clock) -> None:
    for name in ("bob", "carol", "dan"):
        stranger.sign_in(name, "guess")
    assert stranger.sign_in().status_code == 429
    clock.forward(1)
    assert stranger.sign_in().status_code == 303


def elsewhere(address: str) -> dict[str, dict[str, str]]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def test_a_network_of_ipv6_is_one_address(stranger: Visitor) -> None:
    stranger.token = token_in(stranger.get("/login"))
    for number, name in enumerate(("bob", "carol", "dan")):
        stranger.post("/login", {"name": name, "password": "guess"}, **elsewhere(f"2001:db8:0:1:{number}::5"))
    guess = {"name": "fay", "password": "guess"}
    assert stranger.post("/login", guess, **elsewhere("2001:db8:0:1:77::")).status_code == 429
    assert stranger.post("/login", guess, **elsewhere("2001:db8:0:2::")).status_code == 401


def test_strangers_delay_no_browser_that_the_person_signed_in_by_before(house: House, stranger: Visitor) -> None:
    known = visitor(house)
    known.post("/logout")
    stranger.token = token_in(stranger.get("/login"))
    for number in range(4):
        stranger.post("/login", {"name": NAME, "password": "guess"}, **elsewhere(f"198.51.100.{number}"))
    for name in ("bob", "carol", "dan"):
        stranger.post("/login", {"name": name, "password": "guess"})
    assert visitor(house, signed_in=False).sign_in().status_code == 429
    assert known.sign_in().status_code == 303


def test_a_browser_that_is_known_may_not_guess_without_end_either(house: House) -> None:
    known = visitor(house)
    known.post("/logout")
    for _ in range(3):
        assert known.sign_in(NAME, "guess").status_code == 401
    assert known.sign_in().status_code == 429


def test_a_browser_is_known_for_those_who_signed_in_by_it_alone(house: House, stranger: Visitor) -> None:
    add_person(house, "eve", "a password of eve")
    shared = visitor(house)
    shared.post("/logout")
    for _ in range(3):
        stranger.sign_in("eve", "guess")
    assert shared.sign_in("eve", "a password of eve").status_code == 429
    assert shared.sign_in().status_code == 303


def test_the_mark_of_a_browser_cannot_be_made_up(house: House, stranger: Visitor) -> None:
    name = visitor(house).app.config["SESSION_COOKIE_NAME"] + "-browser"
    for _ in range(3):
        stranger.sign_in(NAME, "guess")
    for forged in ("", "x", "eyJtYXJrIjoiYSIsInBlcnNvbnMiOlsxXX0.aaaa.bbbb"):
        stranger.client.set_cookie(name, forged)
        assert stranger.sign_in().status_code == 429


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
    [cookie] = [each for each in stranger.sign_in().headers.getlist("Set-Cookie") if "-browser=" not in each]
    assert re.match(r"lightgate-[0-9a-f]{8}=", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_never_leaves_it(tmp_path: Path) -> None:
    house = site_house(tmp_path, secure_cookies=True)
    add_person(house)
    one = visitor(house, signed_in=False)
    cookie = one.get("/api/v1/csrf", base_url="https://localhost").headers["Set-Cookie"]
    assert re.match(r"__Host-lightgate-[0-9a-f]{8}=", cookie)
    assert "Secure" in cookie
    house.close()


def test_two_installations_on_one_host_have_cookies_of_their_own(tmp_path: Path) -> None:
    names = set()
    for place in ("one", "two"):
        house = site_house(tmp_path / place)
        add_person(house)
        names |= {visitor(house).app.config["SESSION_COOKIE_NAME"] for _ in range(2)}
        house.close()
    # a copy has the same key
    names |= {cookie_name(b"key", tmp_path / "one"), cookie_name(b"key", tmp_path / "two")}
    assert len(names) == 4


def test_signing_out_ends_the_session(house: House) -> None:
    one = visitor(house)
    assert one.post("/logout").headers["Location"] == "/login"
    assert not is_in(one)


def copy_of(one: Visitor, house: House) -> Visitor:
    """Take the cookie along, as somebody who could read it once would."""
    name = one.app.config["SESSION_COOKIE_NAME"]
    cookie = one.client.get_cookie(name)
    assert cookie is not None
    taken = visitor(house, signed_in=False)
    taken.client.set_cookie(name, cookie.value)
    return taken


@pytest.mark.parametrize("leave", [
    lambda one: one.post("/logout"),
    lambda one: one.api("POST", "/logout"),
    # who signs in anew has left the session before
    lambda one: one.post("/login", {"name": NAME, "password": PASSWORD}),
])  # fmt: skip
def test_signing_out_ends_the_session_for_a_copied_cookie_and_no_other(
    house: House, leave: Callable[[Visitor], object]
) -> None:
    one, other = visitor(house), visitor(house)
    copied = copy_of(one, house)
    assert is_in(copied)
    leave(one)
    assert not is_in(copied)
    assert is_in(other)


def test_what_is_over_is_remembered_for_as_long_as_a_cookie_lives(house: House, clock: Clock) -> None:
    one = visitor(house)
    one.post("/logout")
    clock.forward(house.settings.review.session_hours * 3600 + 3601)
    visitor(house).post("/logout")
    with house.store.reading() as tx:
        [[count]] = tx.connection.exec_driver_sql("SELECT count(*) FROM ended_session")  # type: ignore[attr-defined]
    assert count == 1


def test_a_restored_database_ends_all_sessions(house: House) -> None:
    one = visitor(house)
    restored.hold_back(house.store, house.folder, house.route, house.now())
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
        stranger.client.set_cookie(stranger.app.config["SESSION_COOKIE_NAME"], forged)
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
