"""Two persons, or a person and a worker, at the same photos: who comes second is told, and nothing is lost."""

from __future__ import annotations

import pytest

from lightgate.bootstrap import House
from lightgate.domain.photo import Field, Source, Text
from lightgate.domain.route.status_words import review_status
from lightgate.store import Actor, Event, EventKind
from lightgate_web.request.selection import MAX_AT_ONCE
from support.gallery import add_person, photo_of
from support.site_client import Visitor, visitor

THEIRS = "A cup of espresso on a table, as bob sees it."


@pytest.fixture
def bob(house: House) -> Visitor:
    add_person(house, "bob", "a password of bob")
    made = visitor(house, signed_in=False)
    made.sign_in("bob", "a password of bob")
    return made


def rewrite(house: House, who: Visitor, photo_id: int, caption: str = THEIRS) -> None:
    who.api("PATCH", f"/photos/{photo_id}", {"version": photo_of(house, photo_id).version, "caption": caption})


def words(house: House, *ids: int) -> list[str]:
    return [review_status(photo_of(house, each)).value for each in ids]


def seen_in(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_many_are_approved_only_as_they_were_shown(house: House, ann: Visitor, bob: Visitor) -> None:
    seen = seen_in(ann.get("/photos").text)
    rewrite(house, bob, 2)
    rewrite(house, ann, 3, "A rocket rises at night, as ann wrote in another tab.")
    picked = {"action": "approve", "id": ["1", "2", "3"], "seen": seen}
    assert ann.post("/photos/bulk", picked).status_code == 303
    assert words(house, 1) == ["Approved"]
    assert set(words(house, 2, 3)) <= {"Pending", "Metadata_Needs_Work"}
    assert "2 refused, the first because: Somebody changed this photo" in ann.get("/photos").text


def test_a_script_is_told_which_texts_changed_since_it_read_them(house: House, ann: Visitor, bob: Visitor) -> None:
    listed = ann.api("GET", "/photos").json
    rewrite(house, bob, 1)
    asked = {"ids": [1, 2], "last_event": listed["last_event"], "action": "approve", "reason": "seen"}
    answer = ann.api("POST", "/bulk", asked).json
    assert (answer["done"], [(each["id"], each["code"]) for each in answer["refused"]]) == ([2], [(1, "conflict")])


def test_a_text_that_a_worker_brought_since_is_not_approved_unseen_and_may_be_rejected(
    house: House, ann: Visitor
) -> None:
    last_event = ann.api("GET", "/photos").json["last_event"]
    photo = photo_of(house, 1)
    with house.store.writing() as tx:
        tx.events.add(Event(1, photo.set_id, house.now(), Actor.WORKER, "caption@w", EventKind.POSITION, "caption"))
    asked = {"ids": [1], "last_event": last_event}
    (refused,) = ann.api("POST", "/bulk", asked | {"action": "approve"}).json["refused"]
    assert refused["code"] == "conflict"
    assert ann.api("POST", "/bulk", asked | {"action": "reject"}).json["done"] == [1]


def test_a_text_that_a_worker_wrote_since_the_page_was_shown_is_shown_before_it_is_approved(
    house: House, ann: Visitor
) -> None:
    form = ann.form_of(1)
    with house.store.writing() as tx:
        tx.photos.put_text(1, Text("en", Field.CAPTION, THEIRS, Source.MODEL), house.now())
    refused = ann.post("/photos/1/approve", form)
    assert (refused.status_code, THEIRS in refused.text) == (409, True)
    assert ann.post("/photos/1/approve", ann.form_of(1)).status_code == 303


def test_an_edit_of_several_leaves_what_another_wrote_since(house: House, ann: Visitor, bob: Visitor) -> None:
    form = {"id": ["1", "2"], "what": "names", "subject": "Harbour at night"}
    seen = seen_in(ann.post("/photos/several", form).text)
    bob.api("PATCH", "/photos/2", {"version": photo_of(house, 2).version, "subject": "Harbour by day"})
    ann.post("/photos/several/apply", form | {"seen": seen})
    assert [photo_of(house, each).subject for each in (1, 2)] == ["Harbour at night", "Harbour by day"]


@pytest.mark.parametrize("action", ["save", "reject", "reopen", "retry", "skip", "regenerate"])
def test_whoever_presses_second_is_told_who_did_what(house: House, ann: Visitor, bob: Visitor, action: str) -> None:
    form = ann.form_of(1)
    bob.post("/photos/1/lock/caption/en", bob.form_of(1))
    answer = ann.post(f"/photos/1/{action}", form)
    assert answer.status_code == 409
    assert "bob locked caption (English)" in answer.text


def test_what_was_typed_before_a_rejection_is_kept_with_the_photo(house: House, ann: Visitor) -> None:
    form = ann.form_of(1) | {"caption.en": "A cat that nobody wants.", "reason": "blurred"}
    assert ann.post("/photos/1/reject", form).status_code == 303
    assert words(house, 1) == ["Rejected"]
    ann.post("/undo")
    caption = photo_of(house, 1).text("en", Field.CAPTION)
    assert caption is not None
    assert caption.value == "A cat that nobody wants."


@pytest.mark.parametrize("path", ["/photos/bulk", "/photos/several", "/photos/several/apply", "/unpublish/look"])
def test_more_photos_than_are_done_at_once_are_refused_in_words(ann: Visitor, path: str) -> None:
    form = {"action": "reject", "what": "names", "id": [str(each) for each in range(MAX_AT_ONCE + 1)]}
    answer = ann.post(path, form)
    assert (answer.status_code, "more than 5000 photos" in answer.text) == (422, True)
