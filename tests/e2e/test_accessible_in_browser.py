"""Every page of the site before axe, in both themes: WCAG 2.2 AA without a violation."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from lightgate.bootstrap import House
from lightgate.domain.people.roles import Role
from lightgate.domain.photo import Field, LedgerState, Publication
from lightgate.domain.route.pipeline import Position, Result, Status, advance
from lightgate.steps import review
from lightgate.store import ReleaseAct
from lightgate_web.app import create_app
from support.browser import served
from support.gallery import NAME, PASSWORD, add_person, approve, fail, hang, photo_of, quick_passwords, site_house

pytestmark = pytest.mark.e2e

REVIEWER = "rita"
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
    "/photos/5?state=all",
    "/photos?state=Rejected&q=is%3Ato-remove",
    "/photos/6/series",
    "/review",
    "/release",
    "/release/plan/4",
    "/releases",
    "/releases/1",
    "/unpublished",
    "/restored",
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
        tx.releases.add([ReleaseAct(1, 7, photo.approval_id, photo.version, NAME, made.now())])
    # live, rejected, and to be taken off
    publish(made, 5)
    review.reject(made.review_desk(), 5, photo_of(made, 5).version, NAME, "Out of focus")
    publish(made, 6)
    # another photo's picture lies in the place of its own
    mine, other = (made.folder.proxy_files(photo_of(made, each).content_hash).view for each in (3, 4))
    mine.write_bytes(other.read_bytes())
    with made.store.writing() as tx:
        tx.requests.add(1, "en", tuple(Field), NAME, made.now(), hint="name the cat")
    reviewer = add_person(made, REVIEWER)
    with made.store.writing() as tx:
        tx.users.change(reviewer.id, role=Role.REVIEWER, is_active=True)
    yield made
    made.close()


def publish(house: House, photo_id: int) -> None:
    """Put a photo on a website that is not in the settings any more."""
    approve(house, photo_id)
    there = Publication(
        "website", LedgerState.LIVE, f"Harbour_{photo_id:03}.JPG", {"full": f"2026/events/Harbour_{photo_id:03}.JPG"}
    )
    with house.store.writing() as tx:
        tx.photos.move(tx.photos.get(photo_id), Position("publish", Status.PUBLISHED), house.now())
        tx.publications.put(photo_id, there, house.now())


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with served(house) as site:
        yield site.url


def signed_in(browser: Browser, address: str, name: str = NAME, **options: Any) -> Page:
    """Open a page for somebody; by default for one who may do everything."""
    opened = browser.new_context(base_url=address, **options).new_page()
    opened.goto("/login")
    opened.get_by_label("Name").fill(name)
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


def test_taking_off_the_website_has_none_and_its_result_outlives_a_reload(page: Page) -> None:
    page.goto("/photos?state=all&q=IMG_2046")
    page.get_by_label("Select IMG_2046.JPG").check()
    page.get_by_role("button", name="Take off the website").click()
    expect(page.get_by_role("heading", name="Take off the website")).to_be_visible()
    expect(page.locator("html[data-ready]")).to_be_attached()
    assert violations(page) == []
    page.get_by_role("button", name="Take 1 off the website").click()
    expect(page.get_by_role("link", name="Harbour_006.JPG")).to_be_visible()
    page.reload()
    expect(page.locator("main")).to_contain_text("0 of 1 taken off")
    expect(page.get_by_role("button", name="Try the one left again")).to_be_visible()
    expect(page.locator("html[data-ready]")).to_be_attached()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_refusals_have_none(browser: Browser, address: str, scheme: str) -> None:
    page = signed_in(browser, address, REVIEWER, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page.goto("/people")
    expect(page.locator("[data-error=forbidden]")).to_be_visible()
    assert violations(page) == []
    page.goto("/account")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach((each) => { each.value = 'old'; })")
    page.get_by_role("main").get_by_role("button", name="Sign out everywhere").click()
    expect(page.locator("[data-error=csrf]")).to_be_visible()
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_door_has_none_and_a_wrong_password_is_said_there(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, base_url=address)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login")
    assert violations(page) == []
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("a wrong one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    # what has to be typed again has the focus
    expect(page.get_by_label("Password")).to_be_focused()
    assert violations(page) == []
    context.close()


def targets(page: Page) -> list[tuple[str, float, float]]:
    """What can be hit: its words, width and height. Links in running text are as high as the text (WCAG 2.5.8)."""
    found: list[tuple[str, float, float]] = page.evaluate(
        """() => [...document.querySelectorAll(
            "button, a.button, a.chip, summary, select, textarea, input:not([type=hidden]), nav a")]
        .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden, #toast"))
        .map((each) => each.matches("input[type=checkbox]") ? each.closest("label") ?? each : each)
        .map((each) => [each.textContent.trim().slice(0, 40) || each.name || each.title, each.getBoundingClientRect()])
        .map(([words, box]) => [words, box.width, box.height])"""
    )
    return found


@pytest.mark.parametrize(("width", "least_px"), [(390, LEAST_ON_PHONE_PX), (1440, LEAST_PX)])
def test_everything_can_be_hit(browser: Browser, address: str, width: int, least_px: float) -> None:
    is_phone = width < 400
    page = signed_in(browser, address, viewport={"width": width, "height": 800}, has_touch=is_phone, is_mobile=is_phone)
    small: dict[str, list[tuple[str, float, float]]] = {}
    for path in PAGES:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        if found := [each for each in targets(page) if min(each[1:]) < least_px]:
            small[path] = found
    page.context.close()
    assert not small, small


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
