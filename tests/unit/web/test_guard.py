"""Nobody changes or sees anything at the site without a sign-in, a token, and coming from the site itself."""

from __future__ import annotations

import re

import pytest

from lightgate.bootstrap import House
from lightgate.settings import Review
from lightgate_web.access.guard import OPEN, known_hosts
from support.gallery import photo_of
from support.site_addresses import addresses
from support.site_client import Visitor, visitor

HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cache-Control",
)
PAGES = (
    "/",
    "/photos",
    "/photos?state=all",
    "/photos?state=Error",
    "/photos/1",
    "/sets/harbour-festival",
    "/release",
    "/account",
    "/nowhere",
)


@pytest.fixture
def shown() -> int:
    return 1


@pytest.fixture
def stranger(house: House) -> Visitor:
    return visitor(house, signed_in=False)


def test_no_address_answers_a_stranger_but_the_door_itself(stranger: Visitor) -> None:
    for method, endpoint, path in addresses(stranger, "GET", "POST", "PATCH"):
        if endpoint in OPEN:
            continue
        answer = stranger.client.open(path, method=method)
        is_sent_to_the_door = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
        assert answer.status_code == 401 or is_sent_to_the_door, (method, path, answer.status_code)


def test_what_is_open_to_strangers_is_a_short_list() -> None:
    assert sorted(OPEN) == ["account.enter", "account.sign_in", "api.csrf", "api.login", "health.healthz", "static"]


def test_nothing_changes_without_a_token(ann: Visitor, house: House) -> None:
    for method, _, path in addresses(ann, "POST", "PATCH"):
        for token in ({}, {"X-CSRF-Token": "forged"}):
            answer = ann.client.open(path, method=method, json={"version": 1}, headers=token)
            assert answer.status_code == 400, (method, path, answer.status_code)
    assert photo_of(house, 1).position.step == "review"


def test_nothing_changes_at_the_wish_of_another_site(ann: Visitor, house: House) -> None:
    for method, _, path in addresses(ann, "POST", "PATCH"):
        for foreign in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            headers = {"X-CSRF-Token": ann.token, **foreign}
            answer = ann.client.open(path, method=method, json={"version": 1}, headers=headers)
            assert answer.status_code == 403, (method, path, foreign)
    assert photo_of(house, 1).position.step == "review"


def test_another_port_of_this_machine_is_another_site(ann: Visitor) -> None:
    assert ann.post("/undo", headers={"Origin": "http://localhost:5555"}).status_code == 403


def test_the_token_of_another_session_is_worth_nothing(house: House, ann: Visitor) -> None:
    other = visitor(house)
    assert (
        ann.api("POST", "/photos/1/approve", {"version": 1}, headers={"X-CSRF-Token": other.token}).status_code == 400
    )


def test_no_state_changes_by_a_get(ann: Visitor, house: House) -> None:
    for _, _, path in addresses(ann, "GET"):
        if "events" not in path:
            ann.get(path)
    assert photo_of(house, 1).version == 1


@pytest.mark.parametrize(
    "path", [*PAGES, "/healthz", "/login", "/static/base.css", "/api/v1/photos", "/api/v1/nowhere"]
)
def test_every_answer_carries_the_security_headers(ann: Visitor, path: str) -> None:
    answer = ann.get(path)
    assert all(name in answer.headers for name in HEADERS)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", [*PAGES, "/login"])
def test_no_page_needs_an_inline_script_or_style(ann: Visitor, path: str) -> None:
    html = ann.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<[^>]+\son\w+\s*=", html)
    assert "<style" not in html
    assert not re.search(r"<[^>]+\sstyle\s*=", html)


def test_a_host_name_that_is_not_ours_is_refused(ann: Visitor) -> None:
    assert ann.get("/login", base_url="http://rebound.example").status_code == 400
    assert ann.get("/login", base_url="http://localhost:8080").status_code in {200, 302}
    assert ann.get("/login", base_url="http://[::1]:8080").status_code in {200, 302}


def test_behind_every_address_any_host_name_will_do_unless_some_are_named() -> None:
    assert known_hosts(Review(host="0.0.0.0")) is None
    named = known_hosts(Review(host="0.0.0.0", allowed_hosts=("photos.example",)))
    assert named is not None
    assert "photos.example" in named
    assert "0.0.0.0" not in named


def test_a_request_that_is_too_long_is_refused_with_a_sentence(ann: Visitor) -> None:
    answer = ann.api("PATCH", "/photos/1", {"version": 1, "caption": "x" * 1_100_000})
    assert answer.status_code == 413
    assert answer.get_json()["error"]["code"] == "too_large"


def test_a_fault_of_ours_shows_a_reference_and_no_traceback(house: House, caplog: pytest.LogCaptureFixture) -> None:
    one = visitor(house, signed_in=False)
    one.app.view_functions["account.sign_in"] = lambda: 1 // 0
    answer = one.get("/login")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    [record] = [record for record in caplog.records if "fault" in record.message]
    assert record.args[0] in answer.text  # type: ignore[index]
