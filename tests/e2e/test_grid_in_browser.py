"""The grid in a real browser: what is not loaded yet is picked too, and the list keeps its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lightgate.bootstrap import House
from lightgate.steps import review
from lightgate.store import PhotoFilter
from support.browser import served, sign_in
from support.crowd import fill
from support.gallery import NAME, add_person, site_house

pytestmark = pytest.mark.e2e

PHOTOS = 200
#: of each ten photos of the crowd four wait for a decision
UNDECIDED = 80


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = site_house(tmp_path)
    add_person(made)
    fill(made, PHOTOS, PHOTOS)
    yield made
    made.close()


@pytest.fixture
def grid(house: House, page: Page) -> Iterator[Page]:
    """A browser that is signed in."""
    with served(house) as site:
        sign_in(page, site)
        yield page


def open_list(page: Page, query: str) -> None:
    page.goto(f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}/photos?{query}")
    expect(page.locator("html[data-ready]")).to_be_attached()


def test_all_that_fit_are_picked_though_not_all_are_loaded(house: House, grid: Page) -> None:
    open_list(grid, "state=undecided&order=id")
    grid.keyboard.press("Control+a")
    grid.keyboard.press("Control+a")
    every = grid.get_by_role("checkbox", name=f"All {UNDECIDED} that fit")
    expect(every).to_be_checked()
    expect(grid.locator("[data-picked]")).to_have_text(f"{UNDECIDED} selected")
    first = grid.locator("[data-grid] input[name=id]").first
    first.uncheck()
    expect(every).not_to_be_checked()
    first.check()
    every.check()
    grid.locator(".bulk-bar").get_by_role("button", name="Reject").click()
    expect(grid.locator("main")).to_contain_text(f"Rejected: {UNDECIDED} of {UNDECIDED} photos")
    with house.store.reading() as tx:
        assert tx.photos.count(PhotoFilter(undecided=True)) == 0


def test_a_list_is_at_the_same_place_after_a_reload_and_after_a_decision_for_several(grid: Page) -> None:
    open_list(grid, "state=all&order=id")
    grid.locator('[data-grid] input[value="40"]').scroll_into_view_if_needed()
    grid.mouse.wheel(0, 400)
    expect(grid).to_have_url(re.compile("after="))
    grid.reload()
    expect(grid.locator("html[data-ready]")).to_be_attached()
    place = re.search(r"after=(\d+)", grid.url)
    assert place is not None
    shown = str(int(place[1]) + 1)
    expect(grid.locator("[data-grid] input[name=id]").first).to_have_value(shown)
    expect(grid.locator(".card").first).to_be_in_viewport()
    grid.locator("[data-grid] input[name=id]").first.check()
    grid.locator(".bulk-bar").get_by_role("button", name="Reject").click()
    expect(grid.locator(".flash").first).to_contain_text("of 1 photos")
    expect(grid.locator("[data-grid] input[name=id]").first).to_have_value(shown)
    expect(grid.locator(".card-picture").first).to_be_focused()


def test_undo_by_key_leaves_a_list_at_its_place_and_leads_to_the_photo(house: House, grid: Page) -> None:
    with house.store.reading() as tx:
        photo = next(each for each in tx.photos.page(PhotoFilter(undecided=True)) if each.id > 50)
    review.reject(house.review_desk(), photo.id, photo.version, NAME, "Blurred")
    open_list(grid, "state=all&order=id")
    grid.locator('[data-grid] input[value="40"]').scroll_into_view_if_needed()
    grid.mouse.wheel(0, 400)
    expect(grid).to_have_url(re.compile("after="))
    # the wheel may turn on for a moment, and the address follows
    grid.wait_for_load_state("networkidle")
    place = re.search(r"after=(\d+)", grid.url)
    assert place is not None
    grid.keyboard.press("z")
    expect(grid.locator(".flash")).to_contain_text("(rejected)")
    expect(grid).to_have_url(re.compile(f"/photos\\?.*after={place[1]}"))
    expect(grid.locator("[data-grid] input[name=id]").first).to_have_value(str(int(place[1]) + 1))
    with house.store.reading() as tx:
        assert tx.photos.get(photo.id).file_name == photo.file_name
    grid.locator(".flash a").click()
    expect(grid).to_have_url(re.compile(f"/photos/{photo.id}"))


def test_only_what_is_near_stands_in_a_long_grid_and_nothing_picked_is_lost(house: House, grid: Page) -> None:
    open_list(grid, "state=all&order=id")
    grid.locator("[data-grid] input[name=id]").first.check()
    while grid.locator(".pager a[rel=next]").count():
        grid.locator(".pager").scroll_into_view_if_needed()
        grid.wait_for_load_state("networkidle")
    cards = grid.locator("[data-grid] .card")
    last = grid.locator(f'[data-grid] input[name=id][value="{PHOTOS}"]')
    last.check()
    assert cards.count() < PHOTOS / 2
    expect(cards.last).to_have_attribute("aria-posinset", str(PHOTOS))
    expect(grid.locator("[data-picked]")).to_have_text("2 selected")
    grid.locator(".bulk-bar").get_by_role("button", name="Reject").click()
    expect(grid.locator(".flash")).to_contain_text("of 2 photos")


def test_arrows_go_on_where_they_were_though_the_mouse_scrolled_away(grid: Page) -> None:
    open_list(grid, "state=all&order=id")
    while grid.locator(".pager a[rel=next]").count():
        grid.locator(".pager").scroll_into_view_if_needed()
        grid.wait_for_load_state("networkidle")
    grid.evaluate("scrollTo(0, 0)")
    first = grid.locator('[data-grid] .card:has(input[value="1"]) .card-picture')
    first.focus()
    grid.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(first).not_to_be_attached()
    grid.keyboard.press("ArrowRight")
    expect(grid.locator('[data-grid] .card:has(input[value="2"]) .card-picture')).to_be_focused()
    expect(first).to_be_in_viewport()
