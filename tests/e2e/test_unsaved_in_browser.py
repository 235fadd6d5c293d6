"""What is typed and not saved: it is saved by going on, kept by answers about something else, and never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from support.browser import Site, in_a_series, open_photo, shows, sign_in

pytestmark = pytest.mark.e2e

MINE = "A tabby cat with amber eyes rests and looks past the camera."


def caption_in(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Caption")


def test_going_on_saves_what_was_typed(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption_in(page).fill(MINE)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    shows(page, 2)
    expect(page.locator("#toast")).to_contain_text("Saved")
    assert site.caption_of(1) == MINE
    assert complaints == []


def test_what_is_refused_stays_on_the_screen_until_it_is_left_on_purpose(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption_in(page).fill("word " * 2000)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("alert")).to_contain_text("at most 5000 characters")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#toast")).to_contain_text("is not saved")
    page.keyboard.press("ArrowRight")
    shows(page, 2)


def test_an_answer_about_something_else_keeps_what_was_typed(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption_in(page).fill(MINE)
    page.get_by_role("button", name="Reject").click()
    shows(page, 2)
    page.keyboard.press("z")
    shows(page, 1)
    expect(caption_in(page)).to_have_value(MINE)


def test_who_has_to_sign_in_again_presses_once_more(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.wait_for_load_state("networkidle")
    caption_in(page).fill(MINE)
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_contain_text("You are signed out")
    sign_in(page.context.new_page(), site)
    page.bring_to_front()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("press once more")
    page.keyboard.press("Control+Enter")
    shows(page, 2)
    assert site.caption_of(1) == MINE


def test_enter_in_a_line_saves_and_decides_nothing(site: Site, page: Page) -> None:
    in_a_series(site, 1, 2)
    sign_in(page, site)
    open_photo(page, site, 1)
    page.locator("summary", has_text="Subject, location").click()
    page.get_by_label("Subject").fill("Tabby cat")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("Saved")
    assert {site.word_of(each) for each in (1, 2)} <= {"Pending", "Metadata_Needs_Work"}


def test_a_second_click_does_nothing_twice(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/photos?state=undecided")
    page.locator("input[name=id]").first.check()
    page.get_by_role("button", name="Approve").dblclick()
    expect(page.locator(".flash")).to_contain_text("Approved: 1 of 1 photos.")
