"""What the site says of the website comes from the ledger, and what was rejected and is still live can be taken off."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from lightgate.domain.people.roles import Role
from lightgate.domain.photo import LedgerState, Publication
from lightgate.domain.route.pipeline import Position, Status
from lightgate.steps import review
from lightgate.store import ReleaseAct
from support.gallery import GALLERY, NAME, add_person, hang, photo_of, site_house
from support.site_client import Visitor, visitor
from support.stores import write_row

PUBLISHED = Position("publish", Status.PUBLISHED)
_SAME = {"full": {"status": 200, "size_bytes": 9, "is_same": True}}
_GONE = {"full": {"status": 404, "is_same": False}}


def publish(house: House, photo_id: int, state: LedgerState = LedgerState.LIVE, **changes: object) -> None:
    """Bring a photo to the end of its route, with one line in the ledger."""
    photo = photo_of(house, photo_id)
    name = f"Harbour_{photo_id:03}.JPG"
    publication = Publication("folder", state, name, {"full": f"2026/events/{name}"}, {"full": "0" * 64})
    with house.store.writing() as tx:
        approval = tx.approvals.add(photo_id, photo.version, "0" * 64, 1, NAME, house.now())
        write_row(tx, photo_id, {"approval_id": approval})
        tx.photos.move(photo, PUBLISHED, house.now())
        tx.publications.put(photo_id, replace(publication, **changes), house.now())


def words(html: str) -> str:
    """What a person reads."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def reject(ann: Visitor, photo_id: int) -> str:
    form = ann.form_of(photo_id)
    answer = ann.post(f"/photos/{photo_id}/reject?state=all", {**form, "reason": "Blurred"})
    assert answer.status_code == 303, answer.text
    return ann.get(answer.headers["Location"]).text


def set_public_url(house: House) -> House:
    publishing = house.settings.publish.model_copy(update={"public_url": "https://photos.example/pictures/"})
    return replace(house, settings=house.settings.model_copy(update={"publish": publishing}))


def test_a_rejected_photo_that_is_live_is_said_to_be_live_with_two_ways_off(house: House, ann: Visitor) -> None:
    publish(house, 1)
    flash = reject(ann, 1)
    said = "IMG_2041.JPG is still live: it goes at the next release of its set, or when you take it off now."
    assert said in words(flash)
    assert re.search(r'action="/unpublish[^"]*".*?name="id" value="1".*?Take off now', flash, re.DOTALL)
    page = ann.get("/photos/1").text
    assert "Still live: it was rejected (Blurred) and goes at the next release of its set" in words(page)
    assert "Take off now" in page
    assert "Not live" not in page


def test_taking_it_off_is_the_publishers(house: House, ann: Visitor) -> None:
    publish(house, 1)
    review.reject(house.review_desk(), 1, photo_of(house, 1).version, NAME, "")
    with house.store.writing() as tx:
        person = tx.users.find(NAME)
        assert person is not None
        tx.users.change(person.id, role=Role.REVIEWER, is_active=True)
    page = words(ann.get("/photos/1").text)
    assert "A person with the role publisher can take it off now." in page
    assert "Take off now" not in page


def test_several_rejected_live_photos_are_named_and_listed_with_the_way_off(house: House, ann: Visitor) -> None:
    for photo_id in (1, 2):
        publish(house, photo_id)
    answer = ann.post("/photos/bulk?state=all", {"action": "reject", "id": ["1", "2", "3"]})
    page = ann.get(answer.headers["Location"]).text
    said = "2 of them are still live: they go at the next release of their set, or when you take them off now."
    assert said in words(page)
    [address] = re.findall(r'href="([^"]+)">See them', page)
    listed = ann.get(unescape(address)).text
    assert re.findall(r'name="id" value="(\d+)"', listed) == ["1", "2"]
    assert "Take off the website" in listed
    assert listed.count("Still live, to be removed") == 2


def test_rejecting_what_is_not_live_says_nothing_of_the_website(ann: Visitor) -> None:
    flash = words(reject(ann, 1))
    assert "still live" not in flash


@pytest.mark.parametrize(
    ("state", "badge"),
    [
        (LedgerState.LIVE, "Earlier version live"),
        (LedgerState.FAILED, "Partly on the website"),
        (LedgerState.TAKING_OFF, "Being taken off"),
        (LedgerState.PUTTING_BACK, "Earlier version being put back"),
        (LedgerState.TO_REMOVE, "Still live, to be removed"),
    ],
)
def test_lists_and_the_page_wear_a_badge_of_what_the_website_has(
    house: House, ann: Visitor, state: LedgerState, badge: str
) -> None:
    publish(house, 1, state)
    review.reopen(house.review_desk(), 1, photo_of(house, 1).version, NAME)
    with house.store.writing() as tx:
        [publication] = tx.publications.of_photo(1)
        tx.publications.put(1, replace(publication, state=state), house.now())
    for page in ("/photos?state=undecided", "/photos/1"):
        assert badge in ann.get(page).text, page
    answer = ann.api("GET", "/photos/1").get_json()
    assert answer["review_status"] == "Pending"
    assert answer["liveness"] != "not_live"


def test_a_photo_that_waits_for_review_for_the_first_time_wears_no_badge(ann: Visitor) -> None:
    assert "data-liveness" not in ann.get("/photos?state=undecided").text


def test_a_target_that_the_settings_do_not_name_any_more_is_said_in_words(house: House, ann: Visitor) -> None:
    publish(house, 1, target="old server")
    page = words(ann.get("/photos/1").text)
    assert "On old server" in page
    assert "no longer in the settings: what lies there stays" in page
    assert ann.get("/photos/1").status_code == 200


@pytest.mark.parametrize(
    ("checks", "answer", "said"),
    [
        ({}, {"answer": "not_asked", "why": ""}, "not asked yet"),
        (_SAME, {"answer": "yes", "why": ""}, "yes"),
        (_GONE, {"answer": "no", "why": "full of folder: the website answers 404"}, "no (full of folder"),
    ],
)
def test_whether_a_visitor_sees_it_is_a_fact_of_its_own(
    tmp_path: Path, checks: dict[str, dict[str, object]], answer: dict[str, str], said: str
) -> None:
    house = set_public_url(site_house(tmp_path))
    add_person(house)
    hang(house, shown=GALLERY[:1])
    ann = visitor(house)
    publish(house, 1, checks=checks)
    assert ann.api("GET", "/photos/1").get_json()["seen_by_visitor"] == answer
    assert f"Seen by a visitor {said}" in words(ann.get("/photos/1").text)
    house.close()


def test_without_an_address_of_the_website_nobody_is_asked(house: House, ann: Visitor) -> None:
    publish(house, 1)
    assert "Seen by a visitor" not in ann.get("/photos/1").text


def test_the_start_page_and_the_dashboard_count_what_is_there(house: House, ann: Visitor) -> None:
    publish(house, 1)
    publish(house, 2)
    publish(house, 3, LedgerState.FAILED)
    review.reject(house.review_desk(), 1, photo_of(house, 1).version, NAME, "")
    assert "2 on the website" in words(ann.get("/").text)
    dashboard = words(ann.get("/dashboard").text)
    assert "2 put there from here" in dashboard
    assert "1 still live, to be removed" in dashboard
    assert "1 partly on the website" in dashboard


def test_a_release_counts_what_is_still_there_whatever_became_of_the_photo(house: House, ann: Visitor) -> None:
    publish(house, 1)
    with house.store.writing() as tx:
        number = tx.releases.next_number()
        tx.releases.add([ReleaseAct(number, 1, None, None, NAME, house.now())])
    review.reopen(house.review_desk(), 1, photo_of(house, 1).version, NAME)
    page = words(ann.get(f"/releases/{number}").text)
    assert "1 of 1 on the website" in page
    assert "went back to review" not in page
    assert "An earlier version is live; this one waits for a person to approve it." in page
