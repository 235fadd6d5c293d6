"""What is typed and not saved: it is saved by going on, kept by answers about something else, and never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lightgate.domain.photo import Field
from lightgate.steps import review
from lightgate.steps.review import Changes, TextChange
from support.browser import Site, in_a_series, open_photo, shows, sign_in
from support.gallery import photo_of
from support.waiting import eventually

pytestmark = pytest.mark.e2e

MINE = "A tabby cat with amber eyes rests and looks past the camera."
THEIRS = "Chelsea, a tabby cat, watches something to the right of us."
#: texts that the browser keeps for later
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('lightgate.draft.')).length"


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


def test_what_is_typed_is_saved_with_a_rejection_and_stays_when_that_is_taken_back(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption_in(page).fill(MINE)
    page.get_by_role("button", name="Reject").click()
    shows(page, 2)
    assert (site.word_of(1), site.caption_of(1)) == ("Rejected", MINE)
    page.keyboard.press("z")
    page.locator(".flash a").click()
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


def test_what_was_typed_outlives_a_closed_tab_and_goes_once_it_is_saved(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption_in(page).fill(MINE)
    page.close()
    again = page.context.new_page()
    open_photo(again, site, 1)
    expect(caption_in(again)).to_have_value(MINE)
    expect(again.locator("#toast")).to_contain_text("What you typed here is back")
    again.keyboard.press("Control+Enter")
    shows(again, 2)
    assert site.caption_of(1) == MINE
    assert again.evaluate(DRAFTS) == 0


def test_what_was_typed_before_somebody_else_wrote_is_offered_beside_it(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption_in(page).fill(MINE)
    page.close()
    theirs = Changes(texts=(TextChange("en", Field.CAPTION, THEIRS),))
    review.edit(site.house.review_desk(), 1, photo_of(site.house, 1).version, theirs, "bert")
    again = page.context.new_page()
    open_photo(again, site, 1)
    expect(caption_in(again)).to_have_value(THEIRS)
    expect(again.locator(".theirs")).to_contain_text(MINE)
    again.get_by_role("button", name="Take this one").click()
    expect(caption_in(again)).to_have_value(MINE)


def test_who_signs_out_leaves_nothing_behind(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption_in(page).fill(MINE)
    eventually(lambda: page.evaluate(DRAFTS) == 1, within_s=10)
    page.locator("details.menu summary").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.evaluate(DRAFTS) == 0


def test_the_way_back_shows_the_photo_before_and_keeps_what_is_typed(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press("ArrowRight")
    shows(page, 2)
    caption_in(page).fill(MINE)
    page.go_back()
    shows(page, 1)
    page.go_forward()
    shows(page, 2)
    expect(caption_in(page)).to_have_value(MINE)


def test_a_double_click_decides_one_photo(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.get_by_role("button", name="Approve").dblclick()
    shows(page, 2)
    page.wait_for_load_state("networkidle")
    assert [site.word_of(each) for each in (1, 2)] == ["Approved", "Pending"]


def test_several_are_decided_without_scripts(site: Site, open_context: Callable[..., Page]) -> None:
    page = open_context(java_script_enabled=False)
    sign_in(page, site)
    page.goto(f"{site.url}/photos?state=undecided&order=id")
    expect(page.get_by_role("button", name="Approve")).to_be_hidden()
    for name in ("IMG_2041.JPG", "IMG_2042.JPG"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".flash")).to_contain_text("Approved: 2 of 2 photos.")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".flash")).to_contain_text("Undone: 2 of 2 photos.")
    page.get_by_label("Select IMG_2041.JPG").check()
    page.get_by_role("button", name="Edit…").click()
    page.get_by_label("Subject").fill("Quay side")
    page.get_by_role("button", name="Change 1").first.click()
    expect(page.locator(".flash")).to_contain_text("Changed: 1 of 1 photos.")
    assert photo_of(site.house, 1).subject == "Quay side"
