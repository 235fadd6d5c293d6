"""Release, dry run and unpublish on a real store and a real site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lightgate.adapters.pixels.renditions import renditions
from lightgate.domain.photo import LedgerState
from lightgate.domain.route.pipeline import Position, Status
from lightgate.ports.website import Permit
from lightgate.settings import Publish
from lightgate.steps import release as release_step
from lightgate.store import Actor
from lightgate.website.live_hold import held
from support.site import House, house_in
from support.stores import NOON, bring_to


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path)
    yield made
    made.close()


def test_only_approved_photos_are_released_and_the_rest_hear_why(house: House) -> None:
    approved, pending, forged = (house.take_in(label=label) for label in "abc")
    house.approve(approved)
    bring_to(house.store, forged, "release")
    report = house.release(approved, pending, forged, 999, approved)
    assert report.released == (approved,)
    assert {each.photo_id: each.message for each in report.refused} == {
        pending: "Not live because it waits for a person to approve it.",
        forged: "What would be published is not what was approved; look at the photo and approve it again.",
        999: "There is no such photo.",
    }
    assert house.photo(approved).position == Position("publish", Status.QUEUED)
    assert house.photo(pending).position == Position("review", Status.WAITING)
    assert house.photo(forged).position == Position("release", Status.WAITING)


def test_a_release_is_written_down_and_wakes_the_workers_once(house: House) -> None:
    ids = [house.take_in(label=label) for label in "ab"]
    for photo_id in ids:
        house.approve(photo_id)
    version = house.photo(ids[0]).version
    house.release(*ids)
    assert house.sent.steps == ["publish"]
    assert house.photo(ids[0]).version == version + 1
    with house.store.reading() as tx:
        (moved, decided) = [event for event in tx.events.of_photo(ids[0]) if event.actor == "ann"]
    assert (moved.kind, moved.old, moved.new) == ("position", "release:waiting", "publish:queued")
    assert (decided.kind, decided.name, decided.actor_kind) == ("decision", "release", Actor.PERSON)


def test_a_release_of_nothing_wakes_nobody(house: House) -> None:
    photo_id = house.take_in()
    assert house.release(photo_id).released == ()
    assert house.release().refused == ()
    assert house.sent.steps == []


def test_a_second_click_finds_the_photo_on_its_way(house: House) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    report = house.release(photo_id)
    assert report.released == ()
    assert "publish" in report.refused[0].message


def test_what_waits_for_a_release_can_be_counted(house: House) -> None:
    approved, pending, live, rejected_live, rejected = (house.take_in(label=label) for label in "abcde")
    house.bring_live(live)
    house.bring_live(rejected_live)
    house.reject(rejected_live)
    house.reject(rejected)
    house.approve(approved)
    assert list(release_step.ready_for_release(house.store)) == [approved, rejected_live]
    set_id = house.photo(pending).set_id
    assert list(release_step.ready_for_release(house.store, set_id)) == []


def test_releasing_a_rejected_live_photo_takes_it_off_the_site(house: House) -> None:
    photo_id, other = house.take_in(), house.take_in(label="b")
    house.bring_live(photo_id)
    house.bring_live(other)
    house.reject(photo_id)
    assert len(house.published()) == 4
    report = house.release(photo_id)
    assert [each.is_done for each in report.removed] == [True]
    assert len(house.published()) == 2
    assert house.website.catalogue.file_names() == [house.photo(other).file_name]
    assert house.photo(photo_id).position.status is Status.REJECTED
    assert house.photo(photo_id).publications == ()


def test_unpublishing_takes_files_row_and_ledger_and_asks_the_person_again(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    (outcome,) = house.unpublish(photo_id)
    assert outcome.is_done
    assert outcome.message == "Harbour_001.JPG is no longer on the website."
    assert house.published() == {}
    assert list(house.folder.published.iterdir()) == []
    assert house.website.catalogue.file_names() == []
    photo = house.photo(photo_id)
    assert (photo.position, photo.approval_id) == (Position("review", Status.WAITING), None)
    assert photo.publications == ()
    with house.store.reading() as tx:
        assert tx.names.is_frozen(photo_id)
        assert [event.name for event in tx.events.of_photo(photo_id) if event.kind == "published"] == ["folder"] * 2


def test_an_unpublished_photo_can_go_live_again_under_its_name(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    files = {path: hashed for path, (hashed, _, _) in house.published().items()}
    house.unpublish(photo_id)
    house.bring_live(photo_id)
    assert {path: hashed for path, (hashed, _, _) in house.published().items()} == files


def test_unpublishing_what_is_not_live_says_so(house: House) -> None:
    photo_id = house.take_in()
    outcomes = house.unpublish(photo_id, 999)
    assert [each.is_done for each in outcomes] == [False, False]
    assert outcomes[0].message == "This photo is not on the website."
    assert "999" in outcomes[1].message


def test_a_photo_on_its_way_again_is_called_back(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    house.back_to_review(photo_id)
    house.approve(photo_id)
    house.release(photo_id)
    assert house.unpublish(photo_id)[0].is_done
    assert house.publish().done == []
    assert house.published() == {}


def test_a_photo_in_a_worker_s_hands_is_not_taken_off(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    house.back_to_review(photo_id)
    house.approve(photo_id)
    house.release(photo_id)
    with house.store.writing() as tx:
        step = next(step for step in house.context.route if step.name == "publish")
        tx.queue.claim(step, "worker", 1, NOON.replace(year=2027), NOON.replace(year=2028))
    (outcome,) = house.unpublish(photo_id)
    assert "right now" in outcome.message
    assert len(house.published()) == 2


def test_taking_off_and_publishing_the_same_photo_keep_out_of_each_other_s_way(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    house.back_to_review(photo_id)
    house.approve(photo_id)
    house.release(photo_id)
    later = timedelta(minutes=3)
    with held(house.store, photo_id, "somebody", lambda: house.clock() + later) as hold:
        assert hold is not None
        assert [each.code for each in house.publish().failed] == ["being_removed"]
        assert "right now" in house.unpublish(photo_id)[0].message
    assert house.photo(photo_id).position == Position("publish", Status.QUEUED, 0)
    assert house.publish().done == [photo_id]
    assert len(house.published()) == 2


class Away:
    """A target that cannot be reached while ``is_away``."""

    def __init__(self, inner: object) -> None:
        self._inner, self.is_away, self.name = inner, True, "folder"

    def why_unreachable(self) -> str | None:
        return "the cable is out" if self.is_away else None

    def forget(self, path: str, writer: str) -> None:
        self._inner.forget(path, writer)

    def remove(self, path: str, permit: Permit) -> None:
        self._inner.remove(path, permit)


def test_what_could_not_be_reached_stays_on_the_list_and_is_finished_later(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    site = house.website
    away = Away(site.targets[0])
    house.website = replace(site, targets=(away,))
    (outcome,) = house.unpublish(photo_id)
    assert not outcome.is_done
    assert "the cable is out" in outcome.message
    assert house.photo(photo_id).publications[0].state is LedgerState.TAKING_OFF
    away.is_away = False
    assert house.unpublish(photo_id)[0].is_done
    assert house.published() == {}
    house.website = site


def test_the_dry_run_lists_what_would_not_go_and_why(house: House) -> None:
    pending, approved = house.take_in(), house.take_in(label="b")
    house.approve(approved)
    house.folder.original(house.photo(approved).content_hash, ".jpg").unlink()
    planned = list(
        release_step.plan(
            house.store, house.key, house.folder, renditions(Publish()), house.website, [pending, approved, 999]
        )
    )
    assert [each.refused for each in planned] == [
        "Not live because it waits for a person to approve it.",
        "The working copy of this photo is missing or has changed on disk.",
        "There is no such photo.",
    ]
    assert house.published() == {}
