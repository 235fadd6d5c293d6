"""Turning a photo on its page, by button and by key, and the new picture that comes by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from support.browser import Site, open_photo, sign_in
from support.gallery import photo_of
from support.turning import make_due, without_originals

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def originals(monkeypatch: pytest.MonkeyPatch) -> None:
    without_originals(monkeypatch)


def test_keys_turn_and_the_picture_comes_by_itself(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    before = page.locator("#picture").get_attribute("src") or ""
    page.keyboard.press(">")
    expect(page.locator(".flash")).to_contain_text("Turned right")
    expect(page.locator("[data-turning]")).to_contain_text("being turned")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    page.get_by_role("textbox", name="Caption").fill("A cat that lies on its side.")
    assert make_due(site.house) == [1]
    # without a reload, so that what is typed stays
    expect(page.locator("[data-turning]")).to_have_count(0)
    expect(page.locator("#picture")).not_to_have_attribute("src", before)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    expect(page.get_by_role("textbox", name="Caption")).to_have_value("A cat that lies on its side.")
    width, height = page.locator("#picture").evaluate("each => [each.naturalWidth, each.naturalHeight]")
    assert height > width
    assert complaints == []


def test_buttons_turn_both_ways_and_undo_takes_it_back(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.get_by_role("button", name="Turn left").click()
    expect(page.locator(".flash")).to_contain_text("Turned left")
    page.get_by_role("button", name="Turn left").click()
    expect(page.locator("main [name=version]").first).to_have_value(re.compile("3"))
    assert photo_of(site.house, 1).turn == 2
    page.keyboard.press("z")
    expect(page.locator("main [name=version]").first).to_have_value(re.compile("4"))
    assert photo_of(site.house, 1).turn == 3
    page.keyboard.press(">")
    expect(page.locator("[data-turning]")).to_have_count(0)
    assert photo_of(site.house, 1).turn == 0


def test_the_overview_shows_the_keys(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press("?")
    expect(page.locator("#keys-overview")).to_contain_text("Turn the photo left")
    expect(page.locator("#keys-overview")).to_contain_text("Turn the photo right")
