"""Proposals, keywords and the report on texts in a real browser: to take, to judge, to read, with JavaScript or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from lightgate.bootstrap import House
from lightgate.domain.keywords.keyword_file import read_keywords
from lightgate.domain.keywords.vocabulary import TermState
from lightgate.domain.photo import Field, Source, Text
from support.browser import served
from support.gallery import NAME, PASSWORD, add_person, hang, photo_of, site_house

pytestmark = pytest.mark.e2e

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/photos/3?state=all",
    "/vocabulary",
    "/vocabulary?state=listed",
    "/vocabulary?state=banned",
    "/sets/harbour-festival/texts",
)
LIST = "animals\n\tbirds\n\t\tgrey heron\n\t\t\t{Ardea cinerea}\nharbour\n\t{port}\n"
ALT = "Sailing ship at night, its masts lit, a crowd along the quay."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Photos with proposals, and keywords of each kind."""
    made = site_house(tmp_path)
    add_person(made)
    hang(made)
    propose(made, 3)
    with made.store.writing() as tx:
        tx.vocabulary.add("en", read_keywords(LIST).terms, made.now())
        tx.vocabulary.propose("en", ["drone", "Lichtermeer", "stunning"], made.now())
        stunning = tx.vocabulary.entries(TermState.PROPOSED)[-1]
        tx.vocabulary.decide(stunning.id, TermState.BANNED, made.now())
        for photo_id in (1, 2):
            text = Text("en", Field.CAPTION, "Boats in a harbour.", Source.MODEL)
            tx.photos.put_text(photo_id, text, made.now())
    yield made
    made.close()


def propose(house: House, photo_id: int) -> None:
    """Lay down what a model wrote on request."""
    at = house.now()
    with house.store.writing() as tx:
        tx.requests.add(photo_id, "en", tuple(Field), NAME, at, hint="name the ship")
        claim = tx.requests.claim("worker", at, at + timedelta(seconds=60))
        assert claim is not None
        tx.requests.finish(claim, proposals(), at)


def proposals() -> Sequence[Text]:
    values = {
        Field.CAPTION: "A sailing ship lies at the quay and its masts carry strings of lamps.",
        Field.ALT_TEXT: ALT,
        Field.KEYWORDS: ("tall ship", "harbour", "lamps", "festival", "crowd"),
    }
    return [Text("en", field, value, Source.MODEL, model="qwen3-vl:4b") for field, value in values.items()]


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house) as site:
        yield site.url


def signed_in(browser: Browser, address: str, **options: Any) -> Page:
    opened = browser.new_context(base_url=address, **options).new_page()
    opened.goto("/login")
    opened.get_by_label("Name").fill(NAME)
    opened.get_by_label("Password").fill(PASSWORD)
    opened.get_by_role("button", name="Sign in").click()
    opened.wait_for_url("**/")
    return opened


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_page_about_texts_has_a_violation_nor_runs_out_of_a_phone(
    browser: Browser, address: str, theme: str
) -> None:
    page = signed_in(
        browser, address, color_scheme=theme, bypass_csp=True, reduced_motion="reduce",
        viewport={"width": 390, "height": 844},
    )  # fmt: skip
    for path in PAGES:
        page.goto(path)
        page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
        assert [(path, each["id"], each["nodes"][0]["html"][:160]) for each in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.context.close()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_proposal_is_read_as_a_change_and_taken(
    browser: Browser, address: str, house: House, *, with_scripts: bool
) -> None:
    page = signed_in(browser, address, java_script_enabled=with_scripts)
    page.goto("/photos/3?state=all")
    offer = page.locator("[data-proposal='alt_text.en']")
    assert offer.locator("ins").inner_text() == ALT
    offer.get_by_role("button", name="Take the proposed alt text").click()
    expect(page.locator("[data-proposal='alt_text.en']")).to_have_count(0)
    taken = photo_of(house, 3).text("en", Field.ALT_TEXT)
    assert taken is not None
    assert taken.value == ALT
    page.context.close()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_proposed_keyword_is_accepted_and_another_banned(
    browser: Browser, address: str, house: House, *, with_scripts: bool
) -> None:
    page = signed_in(browser, address, java_script_enabled=with_scripts)
    page.goto("/vocabulary")
    page.get_by_role("button", name="Accept drone").click()
    expect(page.locator("[data-term=drone]")).to_have_count(0)
    page.get_by_role("button", name="Ban Lichtermeer").click()
    expect(page.get_by_role("heading", name="Nothing is proposed")).to_be_visible()
    with house.store.reading() as tx:
        assert {each.name for each in tx.vocabulary.entries(TermState.BANNED)} == {"stunning", "Lichtermeer"}
        assert tx.vocabulary.path_of("en", "drone") == ("drone",)
    page.context.close()


def test_the_report_leads_to_the_photos_that_stand_out(browser: Browser, address: str) -> None:
    page = signed_in(browser, address)
    page.goto("/sets/harbour-festival/texts")
    expect(page.get_by_role("row", name="Same caption as another 2")).to_be_visible()
    page.locator(".terms a").first.click()
    page.wait_for_url("**/photos/1?*")
    page.context.close()
