"""What a reviewer sees: lists, photos, sets; whatever stands in their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from lightgate.adapters.sqlite import SqliteStore
from lightgate.bootstrap import House
from lightgate.domain.photo import Field, Source, Text
from lightgate.steps import review
from lightgate.steps.review import Changes, TextChange
from support.gallery import GALLERY, NAME, add_person, approve, fail, hang, photo_of, site_house
from support.site_client import Visitor, visitor
from support.stores import NOON, add_photos, add_set, bring_to, write_row

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    '"><svg onload=alert(1)>',
    "</textarea></form><form action=//evil>",
    "\u202eright to left \u2066 override",
    "{{ 7 * 7 }}{% raw %}",
    "🌅" * 50,
    "x" * 4000,
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = site_house(tmp_path)
    add_person(made)
    yield made
    made.close()


def names_on(html: str) -> list[str]:
    return re.findall(r'class="card-name"[^>]*>([^<]+)<', html)


def statements_of(house: House, one: Visitor, path: str) -> int:
    """Count what a page asks the database."""
    assert isinstance(house.store, SqliteStore)
    seen: list[str] = []
    event.listen(house.store.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert one.get(path).status_code == 200
    return len(seen)


def test_an_empty_installation_says_how_to_send_photographs(ann: Visitor) -> None:
    assert "lightgate submit" in ann.get("/").text
    assert "Nothing is left to review" in ann.get("/photos").text
    assert "Nothing needs attention" in ann.get("/photos?state=Error").text
    assert "Nothing waits to be released" in ann.get("/release").text


def test_the_list_opens_on_what_waits_for_a_decision(house: House, ann: Visitor) -> None:
    ids = hang(house, shown=GALLERY[:3])
    approve(house, ids[1])
    assert names_on(ann.get("/photos?order=id").text) == ["IMG_2041.JPG", "IMG_2043.JPG"]
    assert names_on(ann.get("/photos?state=Approved").text) == ["IMG_2042.JPG"]
    assert len(names_on(ann.get("/photos?state=all").text)) == 3


def test_paging_shows_every_photo_once_in_both_directions(house: House, ann: Visitor) -> None:
    add_photos(house.store, 130)
    pages, path = [], "/photos?state=all"
    while path:
        html = ann.get(path).text
        pages.append(names_on(html))
        later = re.search(r'rel="next" href="([^"]+)"', html)
        path = later[1].replace("&amp;", "&") if later else ""
    seen = [name for shown in pages for name in shown]
    assert len(pages) > 2
    assert len(seen) == len(set(seen)) == 130
    earlier = re.search(r'rel="prev" href="([^"]+)"', html)
    assert earlier is not None
    assert names_on(ann.get(earlier[1].replace("&amp;", "&")).text) == pages[-2]


def test_a_list_asks_the_database_the_same_number_of_questions_however_long_it_is(house: House, ann: Visitor) -> None:
    photo_set = add_set(house.store)
    add_photos(house.store, 3, photo_set)
    few = statements_of(house, ann, "/photos?state=all")
    add_photos(house.store, 57, photo_set, "more")
    assert statements_of(house, visitor(house), "/photos?state=all") <= few + 12  # a second listener counts sign-in too


@pytest.mark.parametrize(
    "path", ["/photos?after=x", "/photos?before=-1", f"/photos?after={'9' * 25}", "/photos?state=No"]
)
def test_a_place_or_state_that_never_was_is_a_sentence_not_a_fault(ann: Visitor, path: str) -> None:
    answer = ann.get(path)
    assert answer.status_code == 422
    assert "That cannot be done" in answer.text


@pytest.mark.parametrize("path", ["/photos/999", f"/photos/{2**70}", "/sets/none", "/photos?set=none", "/photos/1.5"])
def test_what_is_not_there_is_a_page_that_leads_on(ann: Visitor, path: str) -> None:
    answer = ann.get(path)
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_text_is_shown_as_text_everywhere(house: House, ann: Visitor, value: str) -> None:
    [photo_id] = add_photos(house.store, 1, add_set(house.store, title=value))
    bring_to(house.store, photo_id, "review")
    with house.store.writing() as tx:
        for field in (Field.CAPTION, Field.ALT_TEXT):
            tx.photos.put_text(photo_id, Text("en", field, value, Source.PERSON), NOON)
        tx.photos.put_text(photo_id, Text("en", Field.KEYWORDS, (value,), Source.PERSON), NOON)
        columns = ("subject", "location", "folder", "original_file_name", "camera", "creator", "lens_model")
        write_row(tx, photo_id, dict.fromkeys(columns, value))
    slug = photo_of(house, photo_id).set_slug
    review.reject(house.review_desk(), photo_id, 1, value[:20], value[:1000])
    for path in ("/", f"/sets/{slug}", "/photos?state=all", f"/photos/{photo_id}", "/release"):
        html = ann.get(path).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<svg onload" not in html
        assert "</textarea></form><form action=//evil>" not in html
        assert ">49" not in html


def test_long_names_are_cut_where_they_are_only_named(house: House, ann: Visitor) -> None:
    [photo_id] = add_photos(house.store, 1)
    with house.store.writing() as tx:
        write_row(tx, photo_id, {"original_file_name": "y" * 10_000})
    assert ann.get("/photos?state=all").text.count("y" * 200) <= 1


def test_the_photo_page_says_where_each_text_came_from(house: House, ann: Visitor) -> None:
    [modelled, drafted] = hang(house, shown=[GALLERY[0], GALLERY[4]])
    edited = Changes(
        texts=(TextChange("en", Field.ALT_TEXT, "A cat that a person has described well, whiskers and all."),)
    )
    review.edit(house.review_desk(), modelled, 1, edited, NAME)
    html = ann.get(f"/photos/{modelled}").text
    assert "By qwen2.5vl:3b" in html
    assert "By a person" in html
    assert "no model wrote this" in ann.get(f"/photos/{drafted}").text


def test_the_photo_page_says_why_the_photo_is_not_live(house: House, ann: Visitor) -> None:
    [photo_id] = hang(house, shown=GALLERY[:1])
    assert "waits for a person to approve it" in ann.get(f"/photos/{photo_id}").text
    approve(house, photo_id)
    assert "is approved and waits to be released" in ann.get(f"/photos/{photo_id}").text


def test_a_photo_without_a_rating_says_so(house: House, ann: Visitor) -> None:
    [photo_id] = hang(house, shown=GALLERY[4:5])
    assert "Not rated" in ann.get(f"/photos/{photo_id}").text


def test_every_language_of_the_set_can_be_edited(tmp_path: Path) -> None:
    house = site_house(tmp_path)
    add_person(house)
    [photo_id] = add_photos(house.store, 1, add_set(house.store, languages=("en", "nl")))
    html = visitor(house).get(f"/photos/{photo_id}").text
    assert 'name="caption.en"' in html
    assert 'name="caption.nl"' in html
    assert 'lang="nl"' in html
    house.close()


def test_a_set_shows_how_far_each_step_is(house: House, ann: Visitor) -> None:
    ids = hang(house, shown=GALLERY[:4])
    fail(house, ids[0], "quality", "The picture cannot be read: it ends early.")
    html = ann.get("/sets/harbour-festival").text
    assert re.search(r"Named</span>.*?>4 of 4<", html, re.DOTALL)
    assert re.search(r"Rated</span>.*?>3 of 4<", html, re.DOTALL)
    assert "1 gave up" in html


def test_what_gave_up_is_listed_with_its_reason_and_a_way_on(house: House, ann: Visitor) -> None:
    [photo_id, *_] = hang(house, shown=GALLERY[:2])
    fail(house, photo_id, "quality", "The picture cannot be read: it ends early.")
    html = ann.get("/photos?state=Error").text
    assert "it ends early" in html
    assert "Try it again" in html
    page = ann.get(f"/photos/{photo_id}").text
    assert f"/photos/{photo_id}/retry" in page
    assert f"/photos/{photo_id}/skip" in page


def test_a_name_is_found_by_part_of_it(house: House, ann: Visitor) -> None:
    hang(house, shown=GALLERY[:3])
    assert names_on(ann.get("/photos?q=espresso").text) == ["IMG_2042.JPG"]
    assert "Nothing fits these filters" in ann.get("/photos?q=%25").text


def test_the_start_leads_to_the_first_photo_that_waits(house: House, ann: Visitor) -> None:
    ids = hang(house, shown=GALLERY[:2])
    approve(house, ids[0])
    assert ann.get("/review").headers["Location"] == f"/photos/{ids[1]}?state=undecided&at=-100"
    approve(house, ids[1])
    assert ann.get("/review").headers["Location"] == "/photos?state=undecided"


def test_the_history_names_who_and_what(house: House, ann: Visitor) -> None:
    [photo_id] = hang(house, shown=[replace(GALLERY[0], name="a.jpg")])
    review.reject(house.review_desk(), photo_id, 1, "dana", "Out of focus")
    html = ann.get(f"/photos/{photo_id}").text
    assert re.search(r"dana</span> rejected it", html)
    assert "Out of focus" in html
