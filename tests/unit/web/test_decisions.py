"""Deciding on the pages: one form, one function, the next photo; and what happens when somebody was faster."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from lightgate.bootstrap import House
from lightgate.domain.photo import Field, Source, Text
from lightgate.domain.route.pipeline import Position, Status
from lightgate.domain.route.status_words import review_status
from lightgate.steps import review
from lightgate.steps.review import Changes, TextChange
from support.gallery import GALLERY, approve, fail, hang, photo_of, step_after
from support.site_client import Visitor, fields_in
from support.stores import NOON, Sent, write_row

MINE = "A tabby cat with amber eyes rests and looks past the camera."
THEIRS = "Chelsea, a tabby cat, watches something to the right of us."


def caption_of(house: House, photo_id: int) -> Text:
    text = photo_of(house, photo_id).text("en", Field.CAPTION)
    assert text is not None
    return text


def somebody_edits(house: House, photo_id: int, **texts: str) -> None:
    changes = Changes(texts=tuple(TextChange("en", Field(name), value) for name, value in texts.items()))
    review.edit(house.review_desk(), photo_id, photo_of(house, photo_id).version, changes, "dana")


def word_of(house: House, photo_id: int) -> str:
    return review_status(photo_of(house, photo_id)).value


def test_approving_saves_what_was_typed_and_opens_the_next(house: House, ann: Visitor) -> None:
    form = ann.form_of(1, "?state=undecided&order=id") | {"caption.en": MINE}
    answer = ann.post("/photos/1/approve?state=undecided&order=id", form)
    assert answer.headers["Location"] == "/photos/2?state=undecided&order=id"
    assert word_of(house, 1) == "Approved"
    assert (caption_of(house, 1).value, caption_of(house, 1).source) == (MINE, Source.PERSON)


def test_approving_untouched_texts_leaves_them_the_models(house: House, ann: Visitor) -> None:
    ann.post("/photos/1/approve", ann.form_of(1))
    assert caption_of(house, 1).source is Source.MODEL
    assert photo_of(house, 1).version == 2


def test_the_last_photo_leads_back_to_the_ones_that_were_passed_over(house: House, ann: Visitor) -> None:
    answer = ann.post("/photos/3/reject?state=undecided&order=id", {"version": "1", "reason": "Blurred"})
    assert answer.headers["Location"] == "/photos/1?state=undecided&order=id"


def test_after_the_very_last_one_the_list_says_what_to_do_next(house: House, ann: Visitor) -> None:
    for photo_id in (1, 2, 3):
        answer = ann.post(f"/photos/{photo_id}/approve?state=undecided&order=id", ann.form_of(photo_id))
    assert answer.headers["Location"] == "/photos?state=undecided&order=id"
    html = ann.get("/photos?state=undecided&order=id").text
    assert "3 photos are approved and not released yet" in html


def test_a_rejection_keeps_its_reason_and_can_be_taken_back(house: House, ann: Visitor) -> None:
    ann.post("/photos/1/reject", {"version": "1", "reason": "Out of focus"})
    assert photo_of(house, 1).reject_reason == "Out of focus"
    ann.post("/photos/1/reopen", {"version": str(photo_of(house, 1).version)})
    assert word_of(house, 1) == "Pending"


def test_undo_takes_the_last_decision_back_and_shows_the_photo(house: House, ann: Visitor) -> None:
    ann.post("/photos/1/approve?state=undecided&order=id", ann.form_of(1))
    assert "Undo" in ann.get("/photos/2?state=undecided&order=id").text
    assert ann.post("/undo?state=undecided&order=id").headers["Location"] == "/photos/1?state=undecided&order=id"
    assert word_of(house, 1) == "Pending"


def back_in(html: str) -> str:
    """Read where the button for undo of a page would come back to."""
    return unescape(html.partition('name="back" value="')[2].partition('"')[0])


@pytest.mark.parametrize(
    "page",
    [
        "/photos?state=undecided&order=id&after=1",
        "/photos/2?state=undecided&order=id",
        "/photos/2",
        "/compare?id=1&id=2&state=all",
        "/unpublished",
        "/",
    ],
)
def test_undo_and_redo_stay_on_the_page_and_lead_to_the_photo(house: House, ann: Visitor, page: str) -> None:
    ann.post("/photos/1/reject", {"version": "1", "reason": "Out of focus"})
    assert back_in(ann.get(page).text) == page
    undone = ann.post("/undo?state=undecided&order=id", {"back": page})
    assert (undone.headers["Location"], word_of(house, 1)) == (page, "Pending")
    html = ann.get(page).text
    assert 'Undone: <a href="/photos/1?state=undecided&amp;order=id" dir="auto">' in html
    assert "(rejected)" in html
    assert ann.post("/redo", {"back": page}).headers["Location"] == page
    assert "Done again: " in ann.get(page).text


def test_undo_on_the_page_of_a_refused_decision_stays_on_that_photo(house: House, ann: Visitor) -> None:
    ann.post("/photos/1/approve", ann.form_of(1))
    refused = ann.post("/photos/2/save?state=undecided&order=id", {"version": "9"})
    assert back_in(refused.text) == "/photos/2?state=undecided&order=id"


def test_an_address_that_makes_no_sense_is_still_refused_in_words(ann: Visitor) -> None:
    assert ann.post("/photos/1/save?state=odd&_external=1", {"version": "1"}).status_code == 422


@pytest.mark.parametrize("page", ["//evil.example/", "https://evil.example/photos", "/\\evil.example", "/nowhere", "x"])
def test_undo_leads_to_pages_of_this_site_alone(house: House, ann: Visitor, page: str) -> None:
    ann.post("/photos/1/reject", {"version": "1", "reason": "Out of focus"})
    assert ann.post("/undo", {"back": page}).headers["Location"] == "/photos/1?state=all"


def test_nothing_to_undo_is_said_and_not_a_fault(ann: Visitor) -> None:
    answer = ann.post("/undo")
    assert answer.status_code == 422
    assert "nothing of yours left to undo" in answer.text


def test_who_saves_second_is_told_and_loses_nothing(house: House, ann: Visitor) -> None:
    form = ann.form_of(1) | {"caption.en": MINE}
    somebody_edits(house, 1, caption=THEIRS)
    answer = ann.post("/photos/1/save", form)
    assert answer.status_code == 409
    assert f">\n{MINE}</textarea>" in answer.text
    assert THEIRS in answer.text
    assert "dana changed caption" in re.sub(r"\s+", " ", answer.text)
    assert caption_of(house, 1).value == THEIRS


def test_a_form_from_before_signing_in_again_comes_back_with_what_was_typed(house: House, ann: Visitor) -> None:
    late = ann.form_of(1) | {"caption.en": MINE, "csrf_token": "of a session that is over"}
    answer = ann.post("/photos/1/approve", late)
    assert answer.status_code == 400
    assert "signed in again" in answer.text
    assert caption_of(house, 1).value != MINE
    again = fields_in(answer.text)
    assert again["caption.en"] == MINE
    assert ann.post("/photos/1/approve", again).status_code == 303
    assert caption_of(house, 1).value == MINE


@pytest.mark.parametrize("path", ["/photos/99/approve", "/photos/1/approve?at=nowhere", "/photos/1/approve?state=none"])
def test_a_late_form_for_what_is_not_there_is_refused_in_words(ann: Visitor, path: str) -> None:
    answer = ann.post(path, {"csrf_token": "of a session that is over", "version": "1"})
    assert answer.status_code == 400
    assert "This page has waited too long" in answer.text


def test_after_the_warning_a_second_save_is_meant(house: House, ann: Visitor) -> None:
    form = ann.form_of(1) | {"caption.en": MINE}
    somebody_edits(house, 1, caption=THEIRS, alt_text="An alternative text by dana that says what is to be seen.")
    again = fields_in(ann.post("/photos/1/save", form).text)
    assert ann.post("/photos/1/save", again).status_code == 303
    assert caption_of(house, 1).value == MINE
    alt = photo_of(house, 1).text("en", Field.ALT_TEXT)
    assert alt is not None
    assert alt.value.startswith("An alternative text by dana")  # type: ignore[union-attr]


def test_a_text_that_a_worker_wrote_meanwhile_is_not_blanked_by_an_old_page(house: House, ann: Visitor) -> None:
    form = ann.form_of(1)
    with house.store.writing() as tx:
        tx.photos.put_text(1, Text("en", Field.CAPTION, THEIRS, Source.MODEL), NOON)
    ann.post("/photos/1/save", form | {"alt_text.en": "An alternative text that a person wrote for this very photo."})
    assert caption_of(house, 1).value == THEIRS


def test_a_second_click_on_approve_is_told_what_happened(house: House, ann: Visitor) -> None:
    form = ann.form_of(1)
    ann.post("/photos/1/approve", form)
    answer = ann.post("/photos/1/approve", form)
    assert answer.status_code == 409
    assert "approved it" in answer.text
    assert word_of(house, 1) == "Approved"


def test_a_blocked_text_asks_for_a_reason_and_keeps_what_was_typed(house: House, ann: Visitor) -> None:
    answer = ann.post("/photos/1/approve", ann.form_of(1) | {"caption.en": ""})
    assert answer.status_code == 422
    assert "The caption is empty" in answer.text
    assert "Approve all the same, because" in answer.text
    again = ann.form_of(1) | {"override_reason": "A picture without words"}
    assert ann.post("/photos/1/approve", again).status_code == 303
    assert word_of(house, 1) == "Approved"


def test_a_text_that_is_too_long_is_refused_and_kept_in_its_field(house: House, ann: Visitor) -> None:
    answer = ann.post("/photos/1/save", ann.form_of(1) | {"caption.en": "x" * 10_000})
    assert answer.status_code == 422
    assert "x" * 10_000 in answer.text
    assert photo_of(house, 1).version == 1


@pytest.mark.parametrize("qr", ["eleven", "nan", "99", "-1", "1e400"])
def test_a_rating_that_is_none_is_a_sentence(ann: Visitor, qr: str) -> None:
    answer = ann.post("/photos/1/save", ann.form_of(1) | {"qr": qr})
    assert answer.status_code == 422
    assert "rating" in answer.text


def test_a_rating_by_a_person_wins_and_can_be_given_up(house: House, ann: Visitor) -> None:
    ann.post("/photos/1/save", ann.form_of(1) | {"qr": "9,25"})
    assert photo_of(house, 1).qr == 9.25
    ann.post("/photos/1/save", ann.form_of(1) | {"qr": ""})
    assert photo_of(house, 1).qr == GALLERY[0].qr


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1.0"])
def test_a_form_without_a_sound_version_changes_nothing(house: House, ann: Visitor, version: str) -> None:
    assert ann.post("/photos/1/reject", {"version": version}).status_code == 422
    assert word_of(house, 1) == "Pending"


def test_a_failed_photo_is_tried_again_or_sent_on(house: House, ann: Visitor) -> None:
    following = step_after("quality")
    for photo_id, action, step in ((1, "retry", "quality"), (2, "skip", following)):
        fail(house, photo_id, "quality", "no")
        ann.post(f"/photos/{photo_id}/{action}", {"version": "1"})
        position = photo_of(house, photo_id).position
        assert (position.step, position.status) == (step, Status.QUEUED)
    assert isinstance(house.dispatch, Sent)
    assert house.dispatch.steps == ["quality", following]


def test_after_a_decision_for_several_the_list_goes_on_at_the_same_place(house: House, ann: Visitor) -> None:
    page = ann.get("/photos?state=all&order=id&after=1").text
    assert "/photos/bulk?state=all&amp;order=id&amp;after=1" in page
    answer = ann.post("/photos/bulk?state=all&order=id&after=1", {"action": "reject", "id": ["2"]})
    assert answer.headers["Location"] == "/photos?state=all&order=id&after=1"


def test_a_place_behind_the_last_photo_shows_the_list_from_its_start(ann: Visitor) -> None:
    page = ann.get("/photos?state=all&order=id&after=9999").text
    assert 'value="1"' in page
    assert "No photos here" not in page


def test_several_are_decided_at_once_and_the_refused_ones_are_counted(house: House, ann: Visitor) -> None:
    approve(house, 2)
    seen = ann.get("/photos?state=all").text.partition('name="seen" value="')[2].partition('"')[0]
    form = {"action": "approve", "id": ["1", "2"]}
    assert ann.post("/photos/bulk?state=all", form).status_code == 400
    answer = ann.post("/photos/bulk?state=all", form | {"seen": seen}, follow_redirects=True)
    assert "Approved: 1 of 2 photos. 1 refused" in answer.text
    assert word_of(house, 1) == "Approved"


def test_the_page_of_a_photo_says_until_when_it_waits_and_why(house: House, ann: Visitor) -> None:
    assert "It waits until" not in ann.get("/photos/1").text
    held = {"not_before": house.now() + timedelta(minutes=1), "error_message": "The model is <away>."}
    with house.store.writing() as tx:
        tx.photos.move(tx.photos.get(1), Position("caption", Status.QUEUED), house.now())
        write_row(tx, 1, held)
    html = ann.get("/photos/1").text
    assert "It waits until" in html
    assert "after an error: The model is &lt;away&gt;." in html


def test_all_that_gave_up_are_tried_again_with_one_click(house: House, ann: Visitor) -> None:
    for photo_id in (1, 2):
        fail(house, photo_id, "quality", "no")
    ann.post("/photos/bulk?state=Error", {"action": "retry", "every": "1"})
    assert {photo_of(house, photo_id).position.status for photo_id in (1, 2)} == {Status.QUEUED}
    assert word_of(house, 3) == "Metadata_Needs_Work"


@pytest.mark.parametrize("form", [{"action": "approve"}, {"action": "explode", "id": "1"}, {"id": "1; DROP TABLE"}])
def test_a_bulk_decision_that_makes_no_sense_is_refused(ann: Visitor, form: dict[str, str]) -> None:
    assert ann.post("/photos/bulk", form).status_code == 422


class TestRelease:
    def confirmed(self, ann: Visitor, query: str = "") -> dict[str, str]:
        html = ann.get(f"/release{query}").text
        found = re.search(r'name="confirmed" value="([^"]+)"', html)
        assert found is not None
        return {"confirmed": found[1]}

    def test_one_confirm_with_the_count_sends_what_was_approved(self, house: House, ann: Visitor) -> None:
        approve(house, 1)
        approve(house, 2)
        assert "Release 2 photos" in ann.get("/release").text
        ann.post("/release", self.confirmed(ann))
        assert [word_of(house, photo_id) for photo_id in (1, 2, 3)] == ["Released", "Released", "Metadata_Needs_Work"]
        assert isinstance(house.dispatch, Sent)
        assert house.dispatch.steps == ["publish"]

    def test_nothing_goes_out_when_there_is_more_than_was_confirmed(self, house: House, ann: Visitor) -> None:
        approve(house, 1)
        form = self.confirmed(ann)
        approve(house, 2)
        answer = ann.post("/release", form)
        assert answer.status_code == 409
        assert "has changed since you looked" in answer.text
        assert word_of(house, 1) == "Approved"

    def test_a_release_without_a_confirm_does_nothing(self, house: House, ann: Visitor) -> None:
        approve(house, 1)
        assert ann.post("/release").status_code == 409
        assert word_of(house, 1) == "Approved"

    def test_a_set_is_released_alone(self, house: House, ann: Visitor) -> None:
        [other] = hang(house, "Another set", GALLERY[3:4])
        approve(house, 1)
        approve(house, other)
        query = "?set=another-set"
        ann.post("/release", self.confirmed(ann, query) | {"set": "another-set"})
        assert [word_of(house, 1), word_of(house, other)] == ["Approved", "Released"]


def refused(ann: Visitor) -> None:
    ann.post("/photos/3/reject?state=undecided&order=id", {"version": "1", "reason": "Blurred"})


def test_a_picture_that_arrives_after_the_decision_takes_no_message_along(ann: Visitor) -> None:
    late = ann.get("/pictures/1/thumb.jpg")
    refused(ann)
    for cookie in late.headers.getlist("Set-Cookie"):
        name, _, value = cookie.partition(";")[0].partition("=")
        ann.client.set_cookie(name, value)
    assert "Rejected:" in ann.get("/photos/1").text


def test_a_page_asked_for_in_the_background_leaves_the_message_to_the_one_that_is_seen(ann: Visitor) -> None:
    refused(ann)
    assert "Rejected:" not in ann.get("/photos/2", headers={"X-In-Background": "1"}).text
    assert "Rejected:" in ann.get("/photos/1").text
    assert "Rejected:" not in ann.get("/photos/1").text


def test_a_message_nobody_was_shown_ends_with_the_session(ann: Visitor) -> None:
    refused(ann)
    ann.post("/logout")
    ann.sign_in()
    assert "Rejected:" not in ann.get("/photos/1").text


def test_a_message_cannot_be_made_up(ann: Visitor) -> None:
    refused(ann)
    name = f"{ann.app.config['SESSION_COOKIE_NAME']}-messages"
    cookie = ann.client.get_cookie(name)
    assert cookie is not None
    ann.client.set_cookie(name, cookie.value[:-2] + "xx")
    assert "Rejected:" not in ann.get("/photos/1").text
