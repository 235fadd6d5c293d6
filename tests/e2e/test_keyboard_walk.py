"""The whole way by keyboard alone, from the door to the website, with the focus in sight at every step."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from support.browser import Site, shows
from support.gallery import NAME, PASSWORD

pytestmark = pytest.mark.e2e

MOST_TABS = 60
MINE = "A tabby cat with amber eyes rests and looks past the camera."


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on what has this name; it must be seen wherever it is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            """() => { const each = document.activeElement, look = getComputedStyle(each);
            return { name: (each.labels?.[0] ?? each).textContent.trim() || each.title,
                     isSeen: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
                     isThere: each.getBoundingClientRect().width > 0 }; }"""
        )
        assert focus["isSeen"], f"nothing shows that the focus is on {focus['name']!r}"
        assert focus["isThere"], f"the focus is on {focus['name']!r}, which is not on the screen"
        if re.match(wanted, focus["name"]):
            return
    raise AssertionError(f"{MOST_TABS} tabs did not lead to {wanted!r}")


def is_ready(page: Page) -> None:
    expect(page.locator("html[data-ready]")).to_be_attached()


def test_from_the_door_to_the_website(site: Site, page: Page, complaints: list[str]) -> None:
    page.goto(site.url)
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(NAME)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")
    is_ready(page)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Review 4 photos")
    page.keyboard.press("Enter")
    expect(page.locator("main[data-page=photo]")).to_be_visible()

    page.goto(f"{site.url}/photos/1?state=undecided&order=id")
    shows(page, 1)
    tab_to(page, "Caption")
    page.keyboard.press("Control+A")
    page.keyboard.type(MINE)
    tab_to(page, "Approve")
    page.keyboard.press("Enter")
    shows(page, 2)
    assert (site.word_of(1), site.caption_of(1)) == ("Approved", MINE)
    expect(page.locator("#announcer")).to_contain_text("3 to review")
    # what follows is decided from the same place
    expect(page.get_by_role("button", name="Approve")).to_be_focused()

    page.goto(f"{site.url}/")
    is_ready(page)
    tab_to(page, "Release")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Release 1")).to_be_visible()
    tab_to(page, "Release 1 photo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Released"))).to_be_visible()
    assert site.word_of(1) == "Released"
    assert complaints == []


def test_photos_are_picked_and_compared_by_keyboard(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.keyboard.type(NAME)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")
    page.goto(f"{site.url}/photos?state=undecided&order=id")
    is_ready(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    expect(page.locator("[data-picked]")).to_have_text("2 selected")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Compare 2 photos")).to_be_visible()
    is_ready(page)
    page.keyboard.press("j")
    expect(page.locator(".compare-frame").first).to_be_focused()
