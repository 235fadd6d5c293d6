"""The pages of texts: proposals with what would change, the vocabulary's tray, a set's texts at a glance."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from lightgate.cli.photo_sheet import sheet
from lightgate.domain.keywords.vocabulary import TermState
from lightgate.domain.photo import Exif, ExifFacts, Field, HeaderExtra, Source, Text
from lightgate.steps import review
from lightgate.steps.review import Changes, TextChange
from lightgate_web.pages.review.proposed_words import Piece, difference
from support.gallery import add_person, hang, photo_of, site_house
from support.site_client import Visitor
from support.stores import NOON, add_photos, add_set

CAPTION = "A tabby cat with amber eyes rests on a grey sofa."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = site_house(tmp_path)
    add_person(made)
    hang(made)
    yield made
    made.close()


def propose(house: House) -> int:
    review.regenerate(house.review_desk(), 1, photo_of(house, 1).version, "ann", fields=[Field.CAPTION])
    with house.store.writing() as tx:
        claim = tx.requests.claim("w", house.now(), house.now() + timedelta(seconds=60))
        assert claim is not None
        tx.requests.finish(claim, [Text("en", Field.CAPTION, CAPTION, Source.MODEL, model="m")], house.now())
    return claim.request.id


def test_a_difference_is_told_word_by_word() -> None:
    assert difference("A red boat.", "A blue boat.") == (
        Piece("same", "A"), Piece("same", " "), Piece("gone", "red"), Piece("same", " "), Piece("new", "blue"),
        Piece("same", " "), Piece("same", "boat."),
    )  # fmt: skip


def test_a_proposal_is_shown_as_what_would_change_and_taken(house: House, ann: Visitor) -> None:
    request_id = propose(house)
    page = ann.get("/photos/1").get_data(as_text=True)
    assert "<ins>" in page
    assert f"/photos/1/proposals/{request_id}/take" in page
    done = ann.post(f"/photos/1/proposals/{request_id}/take", {"version": "1", "field": "caption"})
    assert done.status_code == 303
    text = photo_of(house, 1).text("en", Field.CAPTION)
    assert text is not None
    assert (text.value, text.source) == (CAPTION, Source.MODEL)
    assert f"/proposals/{request_id}/" not in ann.get("/photos/1").get_data(as_text=True)


def test_a_proposal_that_is_left_changes_nothing(house: House, ann: Visitor) -> None:
    before = photo_of(house, 1)
    request_id = propose(house)
    ann.post(f"/photos/1/proposals/{request_id}/leave", {"version": "1", "field": "caption"})
    assert photo_of(house, 1) == before


def test_new_texts_are_asked_for_with_a_hint_and_the_page_says_that_they_come(house: House, ann: Visitor) -> None:
    done = ann.post("/photos/1/regenerate", {"version": "1", "field": "caption", "hint": "name the cat"})
    assert done.status_code == 303
    assert "asked for new texts" in ann.get("/photos/1").get_data(as_text=True)
    again = ann.post("/photos/1/regenerate", {"version": "1"})
    assert again.status_code == 409
    assert "already on their way" in again.get_data(as_text=True)


def test_what_a_model_proposed_is_judged_on_the_keywords_page(house: House, ann: Visitor) -> None:
    with house.store.writing() as tx:
        tx.vocabulary.propose("en", ["<b>drone</b>"], NOON)
        [term] = tx.vocabulary.entries(TermState.PROPOSED)
    assert "&lt;b&gt;drone" in ann.get("/vocabulary").get_data(as_text=True)
    assert ann.post(f"/vocabulary/{term.id}/ban", {}).status_code == 303
    with house.store.reading() as tx:
        assert tx.vocabulary.count(TermState.BANNED) == 1
    assert ann.get("/vocabulary?state=odd").status_code == 422


def test_a_sets_texts_are_read_at_a_glance(ann: Visitor) -> None:
    page = ann.get("/sets/harbour-festival/texts")
    assert page.status_code == 200
    assert "described photos stand out" in page.get_data(as_text=True)
    assert ann.get("/sets/none/texts").status_code == 404


def test_the_texts_of_a_large_set_are_read_page_by_page(house: House, ann: Visitor) -> None:
    fill_set(house, 130)
    first = ann.get("/sets/large/texts").text
    assert "130 of 130 described photos stand out" in first
    assert first.count('class="term"') == 100
    assert 'href="/sets/large/texts?start=100"' in first
    assert ann.get("/sets/large/texts?start=100").text.count('class="term"') == 30


def test_a_text_that_was_corrected_stands_out_no_more(house: House, ann: Visitor) -> None:
    link = 'href="/photos/3?set=harbour-festival"'
    assert link in ann.get("/sets/harbour-festival/texts").text
    change = TextChange("en", Field.CAPTION, "A rocket lifts off from its pad beside two towers at night.")
    more = TextChange("en", Field.KEYWORDS, ("rocket", "launch", "night", "flame", "sky", "tower"))
    review.edit(house.review_desk(), 3, photo_of(house, 3).version, Changes(texts=(change, more)), "ann")
    assert link not in ann.get("/sets/harbour-festival/texts").text


def fill_set(house: House, photos: int) -> None:
    ids = add_photos(house.store, photos, add_set(house.store, "Large"))
    with house.store.writing() as tx:
        for photo_id in ids:
            tx.photos.put_text(photo_id, Text("en", Field.CAPTION, "Cranes.", Source.MODEL), NOON)


def keywords_of(house: House, photo_id: int) -> object:
    text = photo_of(house, photo_id).text("en", Field.KEYWORDS)
    return None if text is None else text.value


@pytest.mark.parametrize("between", [", ", "\n", ","])
def test_a_keyword_with_a_comma_stays_one_when_another_is_added_on_the_page(
    house: House, ann: Visitor, between: str
) -> None:
    kept = ("Paris, France", "Smith, John", "sea | shore", "quay; pier")
    answer = ann.api("PATCH", "/photos/1", {"version": photo_of(house, 1).version, "keywords": list(kept)})
    assert answer.get_json()["keywords"] == list(kept)
    page = ann.get("/photos/1").get_data(as_text=True)
    shown = html.unescape(re.findall(r'name="keywords\.en"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[0])
    was = re.findall(r'name="was\.keywords\.en" value="(\w+)"', page)[0]
    typed = {"keywords.en": shown + between + "lake", "was.keywords.en": was}
    ann.post("/photos/1/save", {"version": str(photo_of(house, 1).version), **typed})
    assert keywords_of(house, 1) == (*kept, "lake")
    review.undo(house.review_desk(), "ann")
    assert keywords_of(house, 1) == kept
    review.redo(house.review_desk(), "ann")
    assert keywords_of(house, 1) == (*kept, "lake")


def test_a_keyword_with_a_comma_is_added_to_several_and_found(house: House, ann: Visitor) -> None:
    form = {"what": "keywords", "add": '"Paris, France", lake', "id": ["1", "2"]}
    ann.post("/photos/several/apply", form)
    for photo_id in (1, 2):
        value = keywords_of(house, photo_id)
        assert isinstance(value, tuple)
        assert value[-2:] == ("Paris, France", "lake")
    found = ann.get('/api/v1/photos?q=keyword:"Paris, France"').get_json()["photos"]
    assert {each["id"] for each in found} == {1, 2}
    removed = {"what": "keywords", "remove": ["Paris, France"], "id": ["1", "2"]}
    ann.post("/photos/several/apply", removed)
    value = keywords_of(house, 1)
    assert isinstance(value, tuple)
    assert value[-1] == "lake"
    assert not [each for each in value if "Paris" in each]


@pytest.mark.parametrize(
    ("stars", "shown"), [(-1, "rejected in the other program"), (4, "4 of 5 stars in the other program"), (None, "")]
)
def test_what_another_program_s_user_thought_is_shown(
    house: House, ann: Visitor, stars: int | None, shown: str
) -> None:
    with house.store.writing() as tx:
        tx.photos.write_facts(1, ExifFacts(Exif(), extra=HeaderExtra(stars=stars)), house.now())
    page = ann.get("/photos/1").get_data(as_text=True)
    assert ("in the other program" in page) is bool(shown)
    assert shown in page
    told = list(sheet(photo_of(house, 1), [], None, ()))
    assert any("in the other program" in line for line in told) is bool(shown)
