"""A reviewer's work in a real browser: by keyboard, by mouse, without scripts, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lightgate.domain.photo import Field
from lightgate.steps import review
from lightgate.steps.review import Changes, TextChange
from support.browser import Site, open_photo, shows, sign_in
from support.gallery import (
    NAME,
    approve,
    fail,
    photo_of,
)
from support.stores import add_photos, add_set
from support.waiting import eventually

pytestmark = pytest.mark.e2e

MINE = "A tabby cat with amber eyes rests and looks past the camera."
THEIRS = "Chelsea, a tabby cat, watches something to the right of us."


def test_a_reviewer_works_through_a_set_by_keyboard(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/review?order=id")
    shows(page, 1)

    page.keyboard.press("e")
    expect(page.get_by_role("textbox", name="Caption")).to_be_focused()
    page.get_by_role("textbox", name="Caption").fill(MINE)
    page.keyboard.press("Control+Enter")
    shows(page, 2)
    assert (site.word_of(1), site.caption_of(1)) == ("Approved", MINE)
    expect(page.locator("#announcer")).to_contain_text("3 to review")

    page.keyboard.press("p")
    shows(page, 3)
    page.keyboard.press("Shift+X")
    page.keyboard.type("Out of focus")
    page.keyboard.press("Enter")
    shows(page, 4)
    assert photo_of(site.house, 3).reject_reason == "Out of focus"

    page.keyboard.press("z")
    expect(page.locator(".flash")).to_contain_text("Undone")
    shows(page, 4)
    assert site.word_of(3) == "Metadata_Needs_Work"
    page.locator(".flash a").click()
    shows(page, 3)
    page.keyboard.press("j")
    shows(page, 4)
    page.keyboard.press("k")
    shows(page, 3)
    page.keyboard.press("x")
    shows(page, 4)
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Nothing is left to review")).to_be_visible()
    assert [site.word_of(photo_id) for photo_id in (1, 2, 3, 4)] == ["Approved", "Approved", "Rejected", "Approved"]
    assert complaints == []


def test_the_picture_stays_in_its_place_when_the_next_photo_comes(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    before = page.locator(".stage").bounding_box()
    page.keyboard.press("p")
    shows(page, 2)
    assert page.locator(".stage").bounding_box() == before


def test_one_confirm_with_the_count_releases(site: Site, page: Page, complaints: list[str]) -> None:
    approve(site.house, 1)
    approve(site.house, 2)
    sign_in(page, site)
    page.get_by_role("link", name=re.compile("^Release")).click()
    page.get_by_role("button", name="Release 2 photos").click()
    expect(page.locator(".flash")).to_contain_text("2 photos are on their way")
    assert [site.word_of(photo_id) for photo_id in (1, 2, 3)] == ["Released", "Released", "Metadata_Needs_Work"]
    assert complaints == []


def test_a_list_is_narrowed_and_several_are_decided_at_once(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/photos")
    page.get_by_label("Find").fill("cat")
    page.get_by_label("Quality").select_option("Top")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".card")).to_have_count(1)
    page.goto(f"{site.url}/photos")
    expect(page.get_by_role("button", name="Reject")).to_be_hidden()
    page.get_by_label("Select IMG_2041.JPG").check()
    page.get_by_label("Select IMG_2042.JPG").check()
    expect(page.locator("[data-picked]")).to_have_text("2 selected")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator(".flash")).to_contain_text("Rejected: 2 of 2 photos.")
    assert [site.word_of(photo_id) for photo_id in (1, 2)] == ["Rejected", "Rejected"]


def test_two_people_on_one_photo_lose_nothing(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.get_by_role("textbox", name="Caption").fill(MINE)
    theirs = Changes(texts=(TextChange("en", Field.CAPTION, THEIRS),))
    review.edit(site.house.review_desk(), 1, photo_of(site.house, 1).version, theirs, "dana")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("dana changed caption")
    expect(page.get_by_role("textbox", name="Caption")).to_have_value(MINE)
    expect(page.locator("[data-theirs]")).to_have_text(THEIRS)
    assert site.word_of(1) != "Approved"
    page.get_by_role("button", name="Take this one").click()
    page.get_by_role("button", name="Approve").click()
    shows(page, 2)
    assert (site.word_of(1), site.caption_of(1)) == ("Approved", THEIRS)
    assert complaints == []


def test_a_server_that_is_gone_leaves_what_was_typed(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.get_by_role("textbox", name="Caption").fill(MINE)
    page.route("**/approve?*", lambda route: route.abort())
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#toast")).to_contain_text("Nothing was saved")
    expect(page.get_by_role("textbox", name="Caption")).to_have_value(MINE)


def test_a_session_that_ended_leaves_what_was_typed(site: Site, page: Page, context: BrowserContext) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.get_by_role("textbox", name="Caption").fill(MINE)
    context.clear_cookies()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#toast")).to_contain_text("signed out")
    expect(page.get_by_role("textbox", name="Caption")).to_have_value(MINE)
    assert site.word_of(1) == "Pending"


def test_two_quick_presses_decide_one_photo_each_at_most(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.evaluate("for (const key of ['p', 'p', 'p']) document.dispatchEvent(new KeyboardEvent('keydown', {key}))")
    shows(page, 2)
    assert [site.word_of(photo_id) for photo_id in (1, 2)] == ["Approved", "Pending"]


def test_the_overview_shows_the_keys_that_work_and_switches_them_off(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press("?")
    overview = page.get_by_role("dialog", name="Keys")
    bound = page.evaluate("import('/static/keys.js').then((module) => module.KEYS.length)")
    expect(overview.locator("dd")).to_have_count(bound)
    overview.get_by_label("Use single-letter keys").uncheck()
    overview.get_by_role("button", name="Close").click()
    page.keyboard.press("p")
    page.reload()
    page.keyboard.press("p")
    assert site.word_of(1) == "Pending"
    expect(page.locator(".decide kbd")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    shows(page, 2)


def test_letters_are_letters_in_a_field(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.get_by_role("textbox", name="Caption").fill("")
    page.get_by_role("textbox", name="Caption").press_sequentially("paxuz jk?")
    expect(page.get_by_role("textbox", name="Caption")).to_have_value("paxuz jk?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Caption")).not_to_be_focused()
    assert site.word_of(1) == "Pending"


def test_a_set_shows_its_progress_by_itself(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/sets/harbour-festival")
    expect(page.locator(".step").nth(4)).to_contain_text("0 of 4")
    approve(site.house, 1)
    expect(page.locator(".step").nth(4)).to_contain_text("1 of 4", timeout=10_000)
    expect(page.locator("[data-live=nav]")).to_contain_text("Release 1")
    assert complaints == []


def test_a_failed_photo_says_why_and_is_tried_again(site: Site, page: Page) -> None:
    fail(site.house, 2, "quality", "The picture cannot be read: it ends early.")
    sign_in(page, site)
    page.get_by_role("link", name="Attention 1").click()
    expect(page.locator(".card")).to_contain_text("it ends early")
    page.locator(".card-picture").click()
    page.get_by_role("button", name="Try again").click()
    eventually(lambda: site.word_of(2) == "Queued", within_s=10)


def test_the_picture_opens_at_its_sharpest_place(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press(" ")
    expect(page.locator("#picture")).to_have_attribute("src", re.compile("crop"))
    page.keyboard.press(" ")
    expect(page.locator("#picture")).to_have_attribute("src", re.compile("view"))


def test_everything_works_without_scripts(site: Site, open_context: Callable[..., Page]) -> None:
    page = open_context(java_script_enabled=False)
    sign_in(page, site)
    page.goto(f"{site.url}/review?order=id")
    page.get_by_role("textbox", name="Caption").fill(MINE)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".flash")).to_contain_text("Approved: IMG_2041.JPG")
    page.get_by_placeholder("Reason").fill("Blurred")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator(".flash")).to_contain_text("Rejected: IMG_2042.JPG")
    page.get_by_role("button", name="Undo").click()
    assert [site.word_of(photo_id) for photo_id in (1, 2)] == ["Approved", "Pending"]
    page.get_by_role("link", name=re.compile("^Release")).click()
    page.get_by_role("button", name="Release 1 photo").click()
    assert site.word_of(1) == "Released"


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_is_wider_than_its_screen_or_blocked_by_its_policy(
    site: Site, open_context: Callable[..., Page], scheme: str, width: int
) -> None:
    add_photos(site.house.store, 1, add_set(site.house.store, title="Long" * 40))
    page = open_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if "Policy" in message.text else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    sign_in(page, site)
    for path in ("/", "/sets/harbour-festival", "/photos?state=all", "/photos/1", "/release", "/account", "/nowhere"):
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert found == []


def test_on_a_phone_the_decision_is_within_reach(site: Site, open_context: Callable[..., Page]) -> None:
    page = open_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    sign_in(page, site)
    open_photo(page, site, 1)
    expect(page.get_by_role("button", name="Reject")).to_be_in_viewport()
    page.get_by_role("button", name="Approve").tap()
    shows(page, 2)
    assert site.word_of(1) == "Approved"


def test_hostile_text_stays_text(site: Site, page: Page, complaints: list[str]) -> None:
    hostile = "<img src=x onerror=alert(1)> \"' </textarea><script>alert(2)</script> \u202e abc"
    changes = Changes(texts=(TextChange("en", Field.CAPTION, hostile), TextChange("en", Field.ALT_TEXT, hostile)))
    review.edit(site.house.review_desk(), 1, 1, changes, NAME)
    sign_in(page, site)
    open_photo(page, site, 1)
    expect(page.get_by_role("textbox", name="Caption")).to_have_value(hostile)
    page.goto(f"{site.url}/photos?state=all")
    expect(page.locator(".card").first).to_contain_text("<img src=x onerror=alert(1)>")
    assert complaints == []


def picked(page: Page) -> int:
    return page.locator("#bulk input[name=id]:checked").count()


def test_photos_are_picked_by_keyboard_and_decided_by_a_key(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/photos?state=all")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert picked(page) == 2
    expect(page.locator("#announcer")).to_have_text("2 selected")
    page.keyboard.press("Escape")
    assert picked(page) == 0
    page.keyboard.press("Control+a")
    assert picked(page) == 4
    page.keyboard.press("x")
    expect(page.locator(".flash")).to_contain_text("Rejected: 4 of 4 photos.")
    assert complaints == []


def test_a_range_is_picked_with_shift(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/photos?state=all")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.get_by_label("Select IMG_2041.JPG").click()
    page.get_by_label("Select IMG_2044.JPG").click(modifiers=["Shift"])
    assert picked(page) == 4
    page.locator(".card-picture").nth(1).click(modifiers=["Control"])
    assert picked(page) == 3


def test_more_photos_come_as_the_list_is_scrolled(site: Site, page: Page) -> None:
    add_photos(site.house.store, 130)
    sign_in(page, site)
    page.goto(f"{site.url}/photos?state=all")
    expect(page.locator("html[data-ready]")).to_be_attached()
    while page.locator(".pager a[rel=next]").count():
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(50)
    expect(page.locator("[data-grid] .card")).to_have_count(134)


def test_a_rating_by_key_saves_itself_and_undo_takes_it_back(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    open_photo(page, site, 2)
    page.keyboard.press("2")
    eventually(lambda: photo_of(site.house, 2).qr_by_person == 5.0, within_s=10)
    expect(page.locator(".flash")).to_contain_text("Saved")
    page.keyboard.press("z")
    eventually(lambda: photo_of(site.house, 2).qr_by_person is None, within_s=10)
    expect(page.locator(".flash")).to_contain_text("Undone")
    page.keyboard.press("Shift+Z")
    eventually(lambda: photo_of(site.house, 2).qr_by_person == 5.0, within_s=10)
    assert complaints == []


def test_a_key_is_given_to_another_action(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press("?")
    page.get_by_role("button", name="Change the key of: Approve, and go to the next").click()
    page.keyboard.press("x")
    expect(page.get_by_role("dialog")).to_contain_text("Taken: Reject")
    page.get_by_role("button", name="Change the key of: Approve, and go to the next").click()
    page.keyboard.press("q")
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("p")
    page.keyboard.press("q")
    shows(page, 2)
    assert [site.word_of(photo_id) for photo_id in (1, 2)] == ["Approved", "Pending"]
    page.reload()
    expect(page.locator(".decide .approve kbd")).to_have_text("Q")


def test_the_name_to_come_is_shown_while_the_subject_is_typed(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.get_by_text("Subject, location, name, rating").click()
    page.get_by_label("Subject", exact=True).fill("Quay side")
    expect(page.locator("[data-foreseen]")).to_contain_text("The file will be called Quay_side")
