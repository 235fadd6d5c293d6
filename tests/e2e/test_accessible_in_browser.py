"""Every page of the site before axe, in both themes: WCAG 2.2 AA without a violation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from lightgate import review
from lightgate.bootstrap import House
from lightgate_web.app import create_app
from support.gallery import NAME, PASSWORD, add_person, approve, fail, hang, photo_of, quick_passwords, site_house

pytestmark = pytest.mark.e2e

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/sets/harbour-festival",
    "/photos?state=all",
    "/photos?state=undecided&q=alt%3Anone",
    "/photos?q=bnad%3Alow",
    "/photos?state=Error",
    "/photos/1?state=undecided",
    "/photos/2?state=all",
    "/photos/3?state=all",
    "/release",
    "/release/plan/4",
    "/dashboard",
    "/compare?id=1&id=3&id=6",
    "/people",
    "/audit",
    "/account",
    "/nowhere",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A gallery in every state a reviewer meets."""
    made = site_house(tmp_path_factory.mktemp("site"))
    add_person(made)
    hang(made)
    fail(made, 2, "quality", "The picture cannot be read: it ends early.")
    approve(made, 4)
    review.reject(made.desk(), 5, photo_of(made, 5).version, NAME, "Out of focus")
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(house, quick_passwords()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["dark", "light"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A signed-in page in one theme; the policy is lifted for axe, which is put into the page."""
    context = browser.new_context(
        color_scheme=request.param, bypass_csp=True, base_url=address, reduced_motion="reduce"
    )
    opened = context.new_page()
    opened.goto("/")
    opened.get_by_label("Name").fill(NAME)
    opened.get_by_label("Password").fill(PASSWORD)
    opened.get_by_role("button", name="Sign in").click()
    opened.wait_for_url("**/")
    yield opened
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


def test_no_page_has_a_violation(page: Page) -> None:
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(path)
        expect(page.locator("html[data-ready]")).to_be_attached()
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        if broken := violations(page):
            found[path] = broken
    assert not found, "\n".join(f"{path}: {each}" for path, broken in found.items() for each in broken)


def test_what_opens_over_a_page_has_none(page: Page) -> None:
    page.goto("/photos/1?state=undecided")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert violations(page) == []
    page.goto("/photos?state=all")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.get_by_label("Select IMG_2041.JPG").check()
    assert violations(page) == []
    page.get_by_role("button", name="Edit…").click()
    page.get_by_label("Find", exact=True).fill("cat")
    page.get_by_label("Put", exact=True).fill("dog")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("html[data-ready]")).to_be_attached()
    assert violations(page) == []


def test_the_door_has_none(browser: Browser, address: str) -> None:
    for scheme in ("dark", "light"):
        context = browser.new_context(color_scheme=scheme, bypass_csp=True, base_url=address)  # type: ignore[arg-type]
        opened = context.new_page()
        opened.goto("/login")
        assert violations(opened) == []
        context.close()
