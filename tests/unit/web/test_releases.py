"""What was released: each release has a page that says what became of its photos."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from lightgate.domain.photo import LedgerState, Publication
from lightgate.domain.route.pipeline import Position, Status
from lightgate.domain.route.status_words import review_status
from lightgate_web.request.website import digest
from support.gallery import GALLERY, NAME, add_person, approve, fail, hang, photo_of, site_house
from support.site_client import Visitor, visitor
from support.stores import write_row


def release(house: House, ann: Visitor, *ids: int) -> str:
    for photo_id in ids:
        approve(house, photo_id)
    answer = ann.post("/release", {"confirmed": digest(ids)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def publish(house: House, photo_id: int, file_name: str) -> None:
    with house.store.writing() as tx:
        tx.photos.move(tx.photos.get(photo_id), Position("publish", Status.PUBLISHED), house.now())
        there = Publication("folder", LedgerState.LIVE, file_name, {"full": f"2026/events/{file_name}"})
        tx.publications.put(photo_id, there, house.now())


def test_releasing_leads_to_a_page_that_says_what_became_of_each(house: House, ann: Visitor) -> None:
    address = release(house, ann, 1, 2, 3)
    assert address == "/releases/1"
    assert "0 of 3 on the website" in ann.get(address).text
    publish(house, 1, "Harbour_001.JPG")
    fail(house, 2, "publish", "The server refused the password.")
    html = ann.get(address).text
    assert "1 of 3 on the website" in html
    assert "The server refused the password." in html
    assert "2026/events/Harbour_001.JPG" in html
    # what failed comes first
    assert (
        html.index('data-result="Error"') < html.index('data-result="Released"') < html.index('data-result="Published"')
    )


def test_a_published_photo_is_linked_where_the_settings_name_the_website(tmp_path: Path) -> None:
    made = site_house(tmp_path)
    publishing = made.settings.publish.model_copy(update={"public_url": "https://photos.example/pictures/"})
    house = replace(made, settings=made.settings.model_copy(update={"publish": publishing}))
    add_person(house)
    hang(house, shown=GALLERY[:1])
    ann = visitor(house)
    address = release(house, ann, 1)
    publish(house, 1, "Harbour_001.JPG")
    assert 'href="https://photos.example/pictures/2026/events/Harbour_001.JPG"' in ann.get(address).text
    house.close()


def test_what_failed_is_tried_again_from_its_release(house: House, ann: Visitor) -> None:
    address = release(house, ann, 1, 2)
    fail(house, 1, "publish", "The server is away.")
    fail(house, 2, "publish", "The server is away.")
    assert "Try all 2 failed ones again" in ann.get(address).text
    ann.post("/photos/bulk?state=Error", {"action": "retry", "id": ["1", "2"]})
    assert {review_status(photo_of(house, each)).value for each in (1, 2)} == {"Released"}


def test_a_release_frees_the_names_of_its_sets_rejected_photos_and_no_others(house: House, ann: Visitor) -> None:
    hang(house, title="Another set", shown=GALLERY[:1])
    names = {each: photo_of(house, each).file_name for each in (3, 4)}
    for photo_id in (3, 4):
        ann.api("POST", f"/photos/{photo_id}/reject", {"version": photo_of(house, photo_id).version})
    assert {each: photo_of(house, each).file_name for each in (3, 4)} == names
    release(house, ann, 1, 2)
    assert (photo_of(house, 3).file_name, photo_of(house, 4).file_name) == (None, names[4])
    assert "freed its name" in ann.get("/photos/3").text


def test_undo_says_once_that_a_release_is_not_its_own_and_goes_on_with_other_photos(house: House, ann: Visitor) -> None:
    reject = ann.form_of(3) | {"reason": "blurred"}
    ann.post("/photos/3/reject", reject)
    address = release(house, ann, 1, 2)
    refused = ann.post("/undo")
    assert refused.status_code == 422
    assert "undo does not reach there" in refused.text
    assert {review_status(photo_of(house, each)).value for each in (1, 2)} == {"Released"}
    assert ann.post("/undo").status_code == 303
    assert review_status(photo_of(house, 3)).value in {"Pending", "Metadata_Needs_Work"}
    assert "nothing of yours left to undo" in ann.post("/undo").text
    assert {review_status(photo_of(house, each)).value for each in (1, 2)} == {"Released"}
    assert "0 of 2 on the website" in ann.get(address).text


def test_what_another_person_released_since_is_left_and_said(house: House, ann: Visitor) -> None:
    approve(house, 1)
    add_person(house, "bob", "a password of bob")
    bob = visitor(house, signed_in=False)
    bob.sign_in("bob", "a password of bob")
    bob.post("/release", {"confirmed": digest([1])})
    answer = ann.api("POST", "/undo")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "gone_to_website")
    assert review_status(photo_of(house, 1)).value == "Released"


def of_audit(house: House) -> list[tuple[str, str, str]]:
    with house.store.reading() as tx:
        lines = tx.audit.newest(50)
    reached = {"released", "unpublished", "took_release_back", "stopped_release"}
    return [(each.actor, each.action, each.about) for each in lines if each.action in reached]


def release_by_api(house: House, ann: Visitor) -> None:
    approve(house, 1)
    assert ann.api("POST", "/release", {"ids": [1, 2]}).json["released"] == [1]


def unpublish_by_page(house: House, ann: Visitor) -> None:
    publish(house, approve(house, 1).id, "Harbour_001.JPG")
    ann.post("/unpublish", {"id": ["1"]})


def take_back_by_page(house: House, ann: Visitor) -> None:
    release(house, ann, 1)
    ann.post("/releases/1/undo", {"confirmed": digest([1])})


def stop_by_page(house: House, ann: Visitor) -> None:
    release(house, ann, 1)
    ann.post("/releases/1/stop")


def stop_by_api(house: House, ann: Visitor) -> None:
    release(house, ann, 1)
    assert ann.api("POST", "/releases/1/stop").status_code == 200


_STOPPED = [("stopped_release", "release 1: 1 photos"), ("released", "1 photos, 0 taken off, 0 refused")]


@pytest.mark.parametrize(
    ("door", "lines"),
    [
        (lambda house, ann: release(house, ann, 1), [("released", "1 photos, 0 taken off, 0 refused")]),
        (release_by_api, [("released", "1 photos, 0 taken off, 1 refused")]),
        (unpublish_by_page, [("unpublished", "1 of 1 photos")]),
        (
            take_back_by_page,
            [
                ("took_release_back", "release 1: 1 of 1 photos"),
                ("released", "1 photos, 0 taken off, 0 refused"),
            ],
        ),
        (stop_by_page, _STOPPED),
        (stop_by_api, _STOPPED),
    ],
    ids=["page", "script", "taken off", "taken back", "stopped", "stopped by a script"],
)
def test_every_door_to_the_website_leaves_a_line(
    house: House, ann: Visitor, door: Callable[[House, Visitor], object], lines: list[tuple[str, str]]
) -> None:
    door(house, ann)
    assert of_audit(house) == [(NAME, *line) for line in lines]


def test_every_address_that_reaches_the_website_is_walked_above(ann: Visitor) -> None:
    words = ("release", "unpublish", "undo")
    found = {
        str(rule)
        for rule in ann.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and any(word in str(rule) for word in words)
    }
    elsewhere = {"/undo", "/api/v1/undo", "/unpublish/look"}
    assert {re.sub("<.*?>", "N", each) for each in found - elsewhere} == {
        "/release",
        "/api/v1/release",
        "/unpublish",
        "/releases/N/undo",
        "/releases/N/stop",
        "/api/v1/releases/N/stop",
    }


def test_the_newest_release_is_taken_back_by_one_button_and_an_older_one_says_why_not(
    house: House, ann: Visitor
) -> None:
    release(house, ann, 1)
    address = release(house, ann, 2)
    assert 'Only <a href="/releases/2">the newest release</a>' in ann.get("/releases/1").text
    refused = ann.post("/releases/1/undo", {"confirmed": digest([1])})
    assert (refused.status_code, "Release 1 cannot be taken back" in refused.text) == (422, True)
    assert ann.post(f"{address}/undo", {"confirmed": digest([1, 2])}).status_code == 422
    assert ann.post(f"{address}/undo", {"confirmed": digest([2])}).headers["Location"] == "/releases"
    assert photo_of(house, 2).position == Position("review", Status.WAITING)
    assert review_status(photo_of(house, 1)).value == "Released"
    assert "Take back 1 photo" in ann.get("/releases/1").text


def test_releases_are_listed_newest_first(house: House, ann: Visitor) -> None:
    assert "Nothing was released yet" in ann.get("/releases").text
    release(house, ann, 1)
    release(house, ann, 2)
    html = ann.get("/releases").text
    assert html.index("/releases/2") < html.index("/releases/1")
    assert "1 on the way" in html


def test_a_release_that_never_was_is_not_found(ann: Visitor) -> None:
    assert ann.get("/releases/7").status_code == 404


def test_a_photo_without_a_copyright_notice_says_so_before_it_goes_out(house: House, ann: Visitor) -> None:
    approve(house, 1)
    assert "its notice has no name" not in ann.get("/release").text
    with house.store.writing() as tx:
        write_row(tx, 1, {"creator": None, "copyright": None})
    assert "its notice has no name" in ann.get("/release").text


def test_what_an_upgrade_sent_back_is_found_from_the_start_page_and_approved_at_once(
    house: House, ann: Visitor
) -> None:
    assert "approve again" not in ann.get("/").text
    with house.store.writing() as tx:
        for photo_id in (1, 2):
            failure = {"error_code": "approve_again", "error_message": "Approve again: the rule became stricter."}
            write_row(tx, photo_id, failure)
    assert "2 photos were approved before the rule" in ann.get("/").text
    found = ann.get("/photos?state=undecided&q=error:approve_again").text
    assert 'name="id" value="1"' in found
    asked = {"action": "approve", "id": ["1", "2"], "seen": last_event_of(house)}
    assert ann.post("/photos/bulk?state=undecided", asked).status_code == 303
    assert {review_status(photo_of(house, each)).value for each in (1, 2)} == {"Approved"}
    assert "before the rule" not in ann.get("/").text


def last_event_of(house: House) -> str:
    with house.store.reading() as tx:
        return str(tx.events.last_id())
