"""Every key of the review: what the overview shows is what happens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from support.browser import Site, in_a_series, open_photo, shows, sign_in
from support.gallery import photo_of
from support.waiting import eventually

pytestmark = pytest.mark.e2e

ROCKET = 3
MINE = "A tabby cat with amber eyes rests and looks past the camera."


def test_a_second_press_of_reject_clears_it(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press("x")
    shows(page, 2)
    page.keyboard.press("k")
    page.goto(f"{site.url}/photos/1?state=all")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.keyboard.press("x")
    expect(page.locator(".flash")).to_contain_text("Back to review")
    assert site.word_of(1) == "Pending"


def test_the_last_edit_is_repeated_on_the_next_photo(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press(".")
    expect(page.locator("#toast")).to_contain_text("no edit to repeat")
    page.keyboard.press("t")
    page.get_by_role("textbox", name="Keywords").fill("harbour, festival, evening, boats, crowd")
    page.keyboard.press("Control+Enter")
    shows(page, 2)
    page.keyboard.press(".")
    expect(page.locator(".flash")).to_contain_text("Saved")
    expect(page.get_by_role("textbox", name="Keywords")).to_have_value("harbour, festival, evening, boats, crowd")
    text = photo_of(site.house, 2).texts
    assert ("harbour", "festival", "evening", "boats", "crowd") in {each.value for each in text}
    assert complaints == []


def test_a_mended_text_is_taken_by_a_key(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, ROCKET)
    page.keyboard.press("m")
    expect(page.get_by_role("textbox", name="Caption")).to_have_value("A rocket lifting off from its pad at night.")
    page.keyboard.press("z")
    expect(page.get_by_role("textbox", name="Caption")).to_have_value(re.compile("^This image shows"))


def test_the_best_of_a_series_is_chosen_by_a_key_and_undone_in_one(site: Site, page: Page) -> None:
    in_a_series(site, 1, 2, 4)
    sign_in(page, site)
    open_photo(page, site, 1)
    expect(page.locator(".side")).to_contain_text("softest of 3")
    page.keyboard.press("b")
    shows(page, ROCKET)
    assert [site.word_of(each) for each in (1, 2, 4)] == ["Approved", "Rejected", "Rejected"]
    page.keyboard.press("z")
    expect(page.locator(".flash")).to_contain_text("Undone: 3 of 3 photos.")
    assert [site.word_of(each) for each in (1, 2, 4)] == ["Pending", "Pending", "Pending"]


def test_keys_lead_to_the_list_and_to_what_is_left(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 2)
    page.keyboard.press("Shift+G")
    expect(page.locator("html[data-ready] [data-grid]")).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_label("Find")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+N")
    expect(page.locator("main[data-page=photo]")).to_be_visible()


def scale_of(page: Page, picture: str) -> float:
    """How much larger than its place a picture is drawn."""
    return float(page.locator(picture).evaluate("each => new DOMMatrix(getComputedStyle(each).transform).a"))


def test_pictures_side_by_side_zoom_together_and_alone(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/compare?id=1&id=2&id=4")
    expect(page.locator("html[data-ready]")).to_be_attached()
    first, second = (f".compare-photo:nth-child({place}) img" for place in (1, 2))
    page.keyboard.press("j")
    for _ in range(4):
        page.keyboard.press("+")
    assert scale_of(page, first) == pytest.approx(scale_of(page, second))
    assert scale_of(page, first) > 1.5
    page.keyboard.press("0")
    assert scale_of(page, second) == 1
    page.locator(first).hover()
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Shift")
    assert scale_of(page, first) > 1
    assert scale_of(page, second) == 1
    page.keyboard.press("b")
    expect(page.locator(".flash")).to_contain_text("Approved one, rejected 2.")
    assert complaints == []


def test_two_fingers_and_two_taps_zoom_the_picture(site: Site, open_context: Callable[..., Page]) -> None:
    page = open_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    sign_in(page, site)
    open_photo(page, site, 1)
    box = page.locator(".stage").bounding_box()
    assert box is not None
    middle_x, middle_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *places: float) -> None:
        points = [{"x": middle_x + each, "y": middle_y, "id": index} for index, each in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", -20)
    fingers("touchStart", -20, 20)
    fingers("touchMove", -60, 60)
    fingers("touchEnd")
    assert scale_of(page, "#picture") == pytest.approx(3, rel=0.1)
    for _ in range(2):
        page.touchscreen.tap(middle_x, middle_y)
    assert scale_of(page, "#picture") == 1
    shows(page, 1)
    page.get_by_role("button", name="1:1").tap()
    expect(page.locator(".stage")).to_have_class(re.compile("is-crop"))


def test_a_swipe_opens_the_next_photo(site: Site, open_context: Callable[..., Page]) -> None:
    page = open_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    sign_in(page, site)
    open_photo(page, site, 1)
    box = page.locator(".stage").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    for kind, x in (("touchStart", 300), ("touchMove", 200), ("touchMove", 100)):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": box["y"] + 90}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    shows(page, 2)


def typed_on(page: Page, key: str, code: str, **modifiers: bool) -> None:
    """A key of a keyboard that is laid out in another way: what it writes, and where it lies."""
    page.evaluate(
        "made => document.body.dispatchEvent(new KeyboardEvent('keydown', made))",
        {"key": key, "code": code, "bubbles": True, "cancelable": True, **modifiers},
    )


def test_keys_work_on_other_keyboards(site: Site, page: Page, complaints: list[str]) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    caption = page.get_by_role("textbox", name="Caption")
    # Russian: where E lies
    typed_on(page, "\u0443", "KeyE")
    expect(caption).to_be_focused()
    page.keyboard.press("Escape")
    # French: 2 without Shift, and 3 with it
    typed_on(page, "é", "Digit2")
    expect(page.locator("#toast")).to_have_text("Rating 5.00")
    typed_on(page, "3", "Digit3", shiftKey=True)
    expect(page.locator("#toast")).to_have_text("Rating 6.00")
    # German: ] is written with AltGr, or Option
    typed_on(page, "]", "Digit9", ctrlKey=True, altKey=True)
    expect(page.locator("#toast")).to_have_text("Rating 6.05")
    # Polish: a letter of its own, not A
    typed_on(page, "ą", "KeyA", modifierAltGraph=True)
    typed_on(page, "p", "KeyP", ctrlKey=True)
    typed_on(page, "p", "KeyP", altKey=True)
    eventually(lambda: photo_of(site.house, 1).qr_by_person == 6.05, within_s=10)
    assert site.word_of(1) != "Approved"
    assert complaints == []


def test_a_key_without_use_says_so_and_the_overview_closes_by_its_own(site: Site, page: Page) -> None:
    sign_in(page, site)
    open_photo(page, site, 1)
    page.keyboard.press("c")
    expect(page.locator("#toast")).to_contain_text("Nothing to do on this photo")
    page.keyboard.press("?")
    overview = page.get_by_role("dialog", name="Keys")
    expect(overview.get_by_role("button", name="Close")).to_be_focused()
    expect(overview.get_by_role("heading", name="Keys")).to_be_in_viewport()
    page.keyboard.press("?")
    expect(overview).to_be_hidden()


def test_the_menu_closes_by_escape_and_by_a_click_beside_it(site: Site, page: Page) -> None:
    sign_in(page, site)
    expect(page.locator("html[data-ready]")).to_be_attached()
    menu, name = page.locator("details.menu"), page.locator("details.menu summary")
    name.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(name).to_be_focused()
    name.click()
    page.get_by_role("heading", name="Sets").click()
    expect(menu).not_to_have_attribute("open", "")
