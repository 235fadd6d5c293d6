"""Every page of the site before axe, in both themes: WCAG 2.2 AA without a violation."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from lightgate import review
from lightgate.bootstrap import House
from lightgate.domain.pipeline import Result, advance
from lightgate_web.app import create_app
from support.browser import served
from support.gallery import NAME, PASSWORD, add_person, approve, fail, hang, photo_of, quick_passwords, site_house

pytestmark = pytest.mark.e2e

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/",
    "/sets/harbour-festival",
    "/sets/harbour-festival/texts",
    "/photos?state=all",
    "/photos?state=undecided&q=alt%3Anone",
    "/photos?q=bnad%3Alow",
    "/photos?state=Error",
    "/photos/1?state=undecided",
    "/photos/2?state=all",
    "/photos/3?state=all",
    "/photos/6/series",
    "/review",
    "/release",
    "/release/plan/4",
    "/releases",
    "/releases/1",
    "/dashboard",
    "/compare?id=1&id=3&id=6",
    "/vocabulary",
    "/vocabulary?state=listed",
    "/people",
    "/audit",
    "/account",
    "/login",
    "/nowhere",
    "/photos/9999",
)
#: what a phone's finger can hit; WCAG 2.5.8 asks for the first everywhere
LEAST_PX, LEAST_ON_PHONE_PX = 24, 44
#: two dozen pages, one after the other, on a machine that does other things
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A gallery in every state a reviewer meets."""
    made = site_house(tmp_path_factory.mktemp("site"))
    add_person(made)
    hang(made)
    fail(made, 2, "quality", "The picture cannot be read: it ends early.")
    approve(made, 4)
    approve(made, 7)
    with made.store.writing() as tx:
        photo = tx.photos.get(7)
        tx.photos.move(photo, advance(photo.position, Result.RELEASED, made.route), made.now())
        tx.releases.add([7], NAME, made.now())
    review.reject(made.desk(), 5, photo_of(made, 5).version, NAME, "Out of focus")
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with served(house) as site:
        yield site.url


def signed_in(browser: Browser, address: str, **options: Any) -> Page:
    """Open a page for somebody who may do everything."""
    opened = browser.new_context(base_url=address, **options).new_page()
    opened.goto("/login")
    opened.get_by_label("Name").fill(NAME)
    opened.get_by_label("Password").fill(PASSWORD)
    opened.get_by_role("button", name="Sign in").click()
    opened.wait_for_url("**/")
    return opened


@pytest.fixture(params=["dark", "light"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page in one theme; the policy is lifted for axe, which is put into the page."""
    opened = signed_in(browser, address, color_scheme=request.param, bypass_csp=True, reduced_motion="reduce")
    yield opened
    opened.context.close()


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


def test_every_page_is_looked_at(house: House) -> None:
    adapter = create_app(house, quick_passwords()).url_map.bind("localhost")
    looked_at = {adapter.match(urlsplit(path).path)[0] for path in PAGES if path != "/nowhere"}
    pages = {rule.endpoint for rule in adapter.map.iter_rules() if "GET" in (rule.methods or ())}
    assert {each for each in pages if each.startswith(("pages.", "account."))} - looked_at == set()


def test_no_page_has_a_violation(page: Page) -> None:
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(path)
        expect(page.locator("html[data-ready]"), f"{path} is ready").to_be_attached(timeout=PATIENCE_MS)
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


def targets(page: Page) -> list[tuple[str, float, float]]:
    """What can be hit: its words, width and height. Links in running text are as high as the text (WCAG 2.5.8)."""
    found: list[tuple[str, float, float]] = page.evaluate(
        """() => [...document.querySelectorAll("button, a.button, summary, select, input:not([type=hidden]), nav a")]
        .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden, #toast"))
        .map((each) => each.matches("input[type=checkbox]") ? each.closest("label") ?? each : each)
        .map((each) => [each.textContent.trim().slice(0, 40) || each.name || each.title, each.getBoundingClientRect()])
        .map(([words, box]) => [words, box.width, box.height])"""
    )
    return found


@pytest.mark.parametrize("width", [320, 1440])
def test_everything_can_be_hit(browser: Browser, address: str, width: int) -> None:
    page = signed_in(browser, address, viewport={"width": width, "height": 800}, has_touch=width < 400)
    small: dict[str, list[tuple[str, float, float]]] = {}
    for path in PAGES:
        page.goto(path)
        if found := [each for each in targets(page) if min(each[1:]) < LEAST_PX]:
            small[path] = found
    page.context.close()
    assert not small, small


def test_on_a_phone_a_thumb_decides(browser: Browser, address: str) -> None:
    page = signed_in(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/photos/1?state=undecided")
    for name in ("Approve", "Reject"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= LEAST_ON_PHONE_PX
    page.context.close()


def test_at_four_times_the_size_nothing_is_cut_off(browser: Browser, address: str) -> None:
    """1280 pixels at 400 % leave 320 (WCAG 1.4.10); tables and code may scroll in their own place."""
    page = signed_in(browser, address, viewport={"width": 320, "height": 256})
    wide = []
    for path in PAGES:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    page.context.close()
    assert wide == []


def test_a_screen_reader_finds_its_way(browser: Browser, address: str) -> None:
    page = signed_in(browser, address)
    for path in PAGES:
        page.goto(path)
        assert page.get_by_role("main").count() == 1, path
        assert page.get_by_role("heading", level=1).count() == 1, path
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((each) => Number(each.tagName[1]))")
        steps = [later - earlier for earlier, later in pairwise(levels)]
        assert max(steps, default=0) <= 1, (path, levels)
    page.context.close()


def test_forced_colours_and_still_pictures_are_respected(browser: Browser, address: str) -> None:
    page = signed_in(browser, address, forced_colors="active", reduced_motion="reduce")
    page.goto("/photos/1?state=undecided")
    approve_button = page.get_by_role("button", name="Approve")
    assert approve_button.evaluate("each => getComputedStyle(each).borderStyle") == "solid"
    moving = "(each) => parseFloat(getComputedStyle(each).transitionDuration) > 0"
    assert page.evaluate(f"[...document.querySelectorAll('*')].filter({moving}).length") == 0
    page.context.close()
