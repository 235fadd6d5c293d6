"""Where the site knows what to do, it offers it: mended texts, the best of a series, a way on for what gave up."""

from __future__ import annotations

import pytest

from lightgate.bootstrap import House
from lightgate.domain.photo import Field, SeriesKind, Source
from lightgate.domain.route.status_words import review_status
from support.gallery import fail, photo_of
from support.site_client import Visitor
from support.stores import write_row

ROCKET = 3


@pytest.fixture
def shown() -> int:
    return 4


def caption(house: House, photo_id: int) -> str:
    text = photo_of(house, photo_id).text("en", Field.CAPTION)
    return str(text.value) if text else ""


def word(house: House, photo_id: int) -> str:
    return review_status(photo_of(house, photo_id)).value


def in_a_series(house: House, kind: SeriesKind, *ids: int) -> None:
    with house.store.writing() as tx:
        for position, photo_id in enumerate(ids, 1):
            place = {"series_key": "s1", "series_position": position, "series_count": len(ids)}
            facts = {
                "series": {"kind": kind.value, "rank": None, "reason": ""},
                "pictures": tx.photos.pictures(photo_id)[1],
            }
            write_row(tx, photo_id, place | {"facts": facts})


class TestMending:
    def test_what_would_change_is_shown_and_one_press_takes_it(self, house: House, ann: Visitor) -> None:
        html = ann.get(f"/photos/{ROCKET}").text
        assert "<del>This image shows" in html
        ann.post(f"/photos/{ROCKET}/mend/caption/en", ann.form_of(ROCKET))
        assert caption(house, ROCKET) == "A rocket lifting off from its pad at night."
        assert "/mend/caption/en" not in ann.get(f"/photos/{ROCKET}").text
        ann.post("/undo")
        text = photo_of(house, ROCKET).text("en", Field.CAPTION)
        assert text is not None
        assert str(text.value).startswith("This image shows")

    def test_what_is_typed_is_mended_and_the_rest_saved_with_it(self, house: House, ann: Visitor) -> None:
        typed = {"caption.en": "This image shows the the rocket over the sea at night", "subject": "Rocket launch"}
        ann.post(f"/photos/{ROCKET}/mend/caption/en", ann.form_of(ROCKET) | typed)
        assert caption(house, ROCKET) == "The rocket over the sea at night."
        assert photo_of(house, ROCKET).subject == "Rocket launch"

    def test_a_text_with_nothing_to_mend_is_left(self, house: House, ann: Visitor) -> None:
        assert "/mend/" not in ann.get("/photos/1").text
        assert ann.post("/photos/1/mend/caption/en", ann.form_of(1)).status_code == 422
        assert ann.post("/photos/1/mend/caption/fr", ann.form_of(1)).status_code == 422
        assert photo_of(house, 1).version == 1

    def test_a_page_that_is_out_of_date_mends_nothing(self, house: House, ann: Visitor) -> None:
        form = ann.form_of(ROCKET)
        ann.post(f"/photos/{ROCKET}/save", form | {"caption.en": "This image shows a launch over the sea at night"})
        answer = ann.post(f"/photos/{ROCKET}/mend/caption/en", form)
        assert answer.status_code == 409
        assert caption(house, ROCKET).startswith("This image shows a launch")


class TestBestOfSeries:
    def test_the_best_is_approved_with_what_is_typed_and_one_undo_takes_all_back(
        self, house: House, ann: Visitor
    ) -> None:
        in_a_series(house, SeriesKind.BURST, 1, 2, 4)
        typed = {"caption.en": "A tabby cat looks to the right with amber eyes."}
        ann.post("/photos/1/best", ann.form_of(1) | typed)
        assert [word(house, each) for each in (1, 2, 4)] == ["Approved", "Rejected", "Rejected"]
        assert caption(house, 1) == typed["caption.en"]
        answer = ann.post("/undo")
        assert not {word(house, each) for each in (1, 2, 4)} & {"Approved", "Rejected"}, answer.text
        assert caption(house, 1).startswith("Chelsea")

    @pytest.mark.parametrize("kind", [SeriesKind.BRACKET, SeriesKind.PANORAMA])
    def test_parts_of_one_picture_all_stay(self, house: House, ann: Visitor, kind: SeriesKind) -> None:
        in_a_series(house, kind, 1, 2)
        assert "All of them stay" in ann.get("/photos/1").text
        assert ann.post("/photos/1/best", ann.form_of(1)).status_code == 422
        assert ann.post("/compare/best", {"id": ["1", "2"], "best": "1", "version": "1"}).status_code == 422
        assert [word(house, each) for each in (1, 2)] == ["Pending", "Pending"]

    def test_a_photo_that_stands_alone_is_not_the_best_of_anything(self, ann: Visitor) -> None:
        assert ann.post("/photos/1/best", ann.form_of(1)).status_code == 422


class TestAttention:
    def test_one_is_tried_again_or_sent_on_by_its_own_button(self, house: House, ann: Visitor) -> None:
        fail(house, 1, "quality", "The picture cannot be read: it ends early.")
        fail(house, 2, "caption", "The model does not answer.")
        html = ann.get("/photos?state=Error").text
        assert "The model does not answer." in html
        ann.post("/photos/bulk?state=Error", {"only": "skip.2"})
        ann.post("/photos/bulk?state=Error", {"only": "retry.1"})
        assert [word(house, each) for each in (1, 2)] == ["Queued", "Pending"]

    def test_all_are_sent_on_and_what_cannot_be_says_why(self, house: House, ann: Visitor) -> None:
        fail(house, 1, "exif", "The header cannot be read.")
        fail(house, 2, "caption", "The model does not answer.")
        ann.post("/photos/bulk?state=Error", {"every": "1", "action": "skip"})
        html = ann.get("/photos?state=Error").text
        assert "1 of 2 photos" in html
        assert [word(house, each) for each in (1, 2)] == ["Error", "Pending"]

    @pytest.mark.parametrize("only", ["retry", "retry.", "retry.x", ".1", "publish.1"])
    def test_a_button_that_nobody_was_given_does_nothing(self, ann: Visitor, only: str) -> None:
        assert ann.post("/photos/bulk?state=Error", {"only": only}).status_code == 422


def test_undo_after_a_bulk_decision_takes_all_of_it_back(house: House, ann: Visitor) -> None:
    ann.post("/photos/bulk?state=undecided", {"action": "reject", "id": ["1", "2", "4"], "reason": "Blurred"})
    assert 'data-do="undo"' in ann.get("/photos?state=Rejected").text
    ann.post("/undo?state=undecided")
    assert "Undone: 3 of 3 photos." in ann.get("/photos?state=undecided").text
    assert {word(house, each) for each in (1, 2, 4)} == {"Pending"}
    ann.post("/redo?state=undecided")
    assert {photo_of(house, each).reject_reason for each in (1, 2, 4)} == {"Blurred"}


def test_a_text_that_is_mended_is_a_persons(house: House, ann: Visitor) -> None:
    ann.post(f"/photos/{ROCKET}/mend/caption/en", ann.form_of(ROCKET))
    text = photo_of(house, ROCKET).text("en", Field.CAPTION)
    assert text is not None
    assert text.source is Source.PERSON
