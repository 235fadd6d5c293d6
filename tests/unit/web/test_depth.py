"""What the site does beyond one photo's yes or no: filters in words, views, comparing, history, sums."""

from __future__ import annotations

import pytest

from lightgate.bootstrap import House
from lightgate.domain.photo import Field
from lightgate.domain.route.status_words import review_status
from lightgate_web.pages.dashboard import acceptance, pace
from lightgate_web.show.plots import camera_mix, growth
from support.gallery import approve, photo_of
from support.site_client import Visitor
from support.stores import NOON, Clock


@pytest.fixture
def shown() -> int:
    return 4


def caption(house: House, photo_id: int) -> object:
    text = photo_of(house, photo_id).text("en", Field.CAPTION)
    return text.value if text else None


def test_a_query_that_means_nothing_stays_in_its_field_and_is_explained(ann: Visitor) -> None:
    answer = ann.get("/photos?state=all&q=bnad:low")
    assert answer.status_code == 422
    assert "Did you mean band:?" in answer.text
    assert 'value="bnad:low"' in answer.text


def test_a_view_is_saved_found_and_removed(ann: Visitor) -> None:
    ann.post("/views?state=all&q=night", {"name": "Night <shots>"})
    html = ann.get("/photos").text
    assert "Night &lt;shots&gt;" in html
    assert "/photos?state=all&amp;q=night" in html
    ann.post("/views/1/remove?state=all")
    assert "/views/1/remove" not in ann.get("/photos").text


def test_the_riskiest_photo_is_opened_first_and_the_order_can_be_changed(ann: Visitor) -> None:
    assert ann.get("/review").headers["Location"].startswith("/photos/3?state=undecided&at=-")
    assert ann.get("/review?order=id").headers["Location"] == "/photos/1?state=undecided&order=id"


def test_after_an_edit_the_next_photo_is_the_next_of_the_order_it_was_met_in(house: House, ann: Visitor) -> None:
    start = ann.get("/review").headers["Location"]
    form = fields(ann, start) | {"caption.en": "A white rocket lifts off from its pad in the dark at night."}
    ann.post(start.replace("/photos/3?", "/photos/3/save?"), form)
    saved = fields(ann, start)
    answer = ann.post(start.replace("/photos/3?", "/photos/3/approve?"), saved | {"override_reason": "seen"})
    # by the rank it has now it would be the last but two, and the second riskiest would be passed over
    assert answer.headers["Location"].startswith("/photos/2?")


def fields(ann: Visitor, address: str) -> dict[str, str]:
    path, _, query = address.partition("?")
    return ann.form_of(int(path.rsplit("/", 1)[1]), f"?{query}")


def test_an_earlier_text_is_put_back_and_taken_back_and_done_again(house: House, ann: Visitor) -> None:
    old = caption(house, 1)
    ann.post("/photos/1/save", ann.form_of(1) | {"caption.en": "A tabby cat looks to the right with amber eyes."})
    new = caption(house, 1)
    with house.store.reading() as tx:
        event = next(each for each in tx.events.of_photo(1) if each.kind == "field")
    ann.post(f"/photos/1/restore/{event.id}", {"version": str(photo_of(house, 1).version)})
    assert caption(house, 1) == old
    ann.post("/undo")
    assert caption(house, 1) == new
    ann.post("/redo")
    assert caption(house, 1) == old


def test_locking_saves_what_is_typed(house: House, ann: Visitor) -> None:
    mine = "A tabby cat looks to the right with amber eyes."
    ann.post("/photos/1/lock/caption/en", ann.form_of(1) | {"caption.en": mine})
    text = photo_of(house, 1).text("en", Field.CAPTION)
    assert text is not None
    assert (text.value, text.locked) == (mine, True)
    ann.post("/photos/1/unlock/caption/en", ann.form_of(1))
    text = photo_of(house, 1).text("en", Field.CAPTION)
    assert text is not None
    assert not text.locked


def test_the_name_that_an_edit_would_give_is_shown_and_not_held(house: House, ann: Visitor) -> None:
    answer = ann.get("/api/v1/photos/1/name?subject=Quay+side")
    assert answer.json["file_name"].startswith("Quay_side")
    assert photo_of(house, 1).file_name == "Harbour_001.JPG"
    with house.store.reading() as tx:
        assert not [name for name in tx.names.all_held() if name.startswith("Quay")]


def test_photos_are_compared_and_the_best_one_stays(house: House, ann: Visitor) -> None:
    html = ann.get("/compare?id=1&id=2&id=3").text
    assert "Compare 3 photos" in html
    assert "NIKON D850" in html
    version = str(photo_of(house, 1).version)
    ann.post("/compare/best", {"id": ["1", "2", "3"], "best": "1", "version": version})
    assert [review_status(photo_of(house, each)).value for each in (1, 2, 3, 4)] == [
        "Approved",
        "Rejected",
        "Rejected",
        "Pending",
    ]


def test_nothing_is_rejected_where_the_best_cannot_be_approved(house: House, ann: Visitor) -> None:
    shown = str(photo_of(house, 1).version)
    approve(house, 1)
    assert ann.post("/compare/best", {"id": ["1", "2"], "best": "1", "version": shown}).status_code == 409
    assert ann.post("/compare/best", {"id": ["1", "2"], "best": "1"}).status_code == 422
    assert review_status(photo_of(house, 2)).value == "Pending"


def test_what_cannot_be_written_says_so_on_the_release_page(house: House, ann: Visitor) -> None:
    approve(house, 1)
    assert "GPS position, which is not published" in ann.get("/release").text
    assert "working copy of this photo is missing" in ann.get("/release/plan/1").text


def test_what_concerns_every_photo_is_said_once_before_a_release(house: House, ann: Visitor) -> None:
    for photo_id in (1, 2, 3):
        approve(house, photo_id)
    html = ann.get("/release").text
    assert "<strong>All 3 shown here:</strong> The file holds its GPS position" in html
    assert html.count("GPS position") == 1
    # a warning that sets a photo apart stays on its line
    assert html.index("The text proof still has remarks.") > html.index("Photo by photo")


def test_what_was_taken_off_has_an_address_of_its_own(house: House, ann: Visitor) -> None:
    assert "You have taken nothing off yet" in ann.get("/unpublished").text
    answer = ann.post("/unpublish", {"id": ["1", "2"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/unpublished?state=all")
    html = ann.get("/unpublished").text
    assert "0 of 2 taken off." in html
    assert html.count("This photo is not on the website.") == 1
    assert "Try the 2 left again" in html


def test_a_photo_that_is_not_live_is_not_taken_off(ann: Visitor) -> None:
    assert "None of these is on the website" in ann.post("/unpublish/look", {"id": "1"}).text


def test_the_dashboard_shows_sums(house: House, ann: Visitor) -> None:
    approve(house, 1)
    html = ann.get("/dashboard").text
    assert "Canon EOS 5D Mark IV" in html
    assert "100 % of 1" in html
    assert "Of the newest 1\u202f000 approved photos" in html


def test_the_dashboard_follows_each_decision(house: House, ann: Visitor) -> None:
    assert "none yet" in ann.get("/dashboard").text
    approve(house, 1)
    assert "100 % of 1" in ann.get("/dashboard").text


class TestSums:
    def test_growth_adds_up_by_month(self) -> None:
        assert [(each.label, each.value) for each in growth({"2026-02": 3, "2026-01": 2})] == [
            ("2026-01", 2),
            ("2026-02", 5),
        ]
        assert growth({}) == []

    def test_the_five_most_used_cameras_have_their_own_part(self) -> None:
        [(year, layers)] = camera_mix({"2026": {f"camera {number}": 10 - number for number in range(7)}})
        assert year == "2026"
        assert [layer.value for layer in layers] == [10, 9, 8, 7, 6, 9]
        assert layers[-1].name == "others"

    def test_a_text_that_a_person_rewrote_was_not_accepted(self) -> None:
        found = acceptance({"caption": {"model": 3, "person": 1, "file": 5}})
        assert found[0] == ("Caption", 75, 4)
        assert found[1] == ("Alt text", None, 0)

    def test_a_pause_is_no_decision_time(self) -> None:
        clock = Clock()
        times = []
        for seconds in (0, 2, 4, 4000, 6):
            clock.forward(seconds)
            times.append(("ann", clock()))
        assert pace(reversed(times)) == 4
        assert pace([("ann", NOON)]) is None


class TestBulkByScript:
    def test_keywords_and_words_are_changed_in_many_photos(self, house: House, ann: Visitor) -> None:
        answer = ann.api("POST", "/bulk", {"ids": [1, 2], "action": "keywords", "add": ["new"], "remove": ["CAT"]})
        assert answer.json == {"done": [1, 2], "refused": []}
        body = {
            "query": {"q": "rocket"},
            "action": "replace",
            "find": "rocket",
            "put": "missile",
            "fields": ["caption"],
        }
        assert ann.api("POST", "/bulk", body).json["done"] == [3]
        assert "missile" in str(caption(house, 3))

    @pytest.mark.parametrize(
        "body",
        [{"action": "replace"}, {"action": "replace", "find": "a", "fields": ["no"]}, {"action": "keywords", "add": 1}],
    )
    def test_a_change_that_means_nothing_is_refused(self, ann: Visitor, body: dict[str, object]) -> None:
        assert ann.api("POST", "/bulk", {"ids": [1], **body}).status_code == 422
