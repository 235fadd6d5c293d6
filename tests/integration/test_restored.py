"""After a restore nothing goes out on an older database's word, and what it says of the website is compared first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import LedgerState
from lightgate.domain.route.liveness import Liveness, liveness
from lightgate.domain.route.pipeline import Position, Status
from lightgate.engine.context import wake_what_is_owed
from lightgate.errors import CatalogueUnreachable
from lightgate.installation import backup
from lightgate.steps import review
from lightgate.website import restored
from lightgate.website.restored import Restored
from support.site import House, house_in
from support.stores import ROUTE, Sent, write_row


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    yield made
    made.close()


def backed_up(house: House) -> Path:
    archive = house.home.parent / "backup.tar.gz"
    backup.back_up(house.folder, archive)
    return archive


def put_back(house: House, archive: Path) -> House:
    house.close()
    backup.restore(house.folder, archive)
    made = house_in(house.home)
    made.clock.forward(3600)
    return made


def state(house: House) -> Restored | None:
    with house.store.reading() as tx:
        return restored.state_of(tx)


def test_what_was_on_its_way_in_the_backup_is_not_sent(house: House) -> None:
    queued, failed, running, live = (house.take_in(label=label) for label in "abcd")
    house.bring_live(live)
    for photo_id in (queued, failed, running):
        house.approve(photo_id)
    house.release(failed)
    house.website.catalogue.close()
    for row in house.home.glob("incoming/*/*"):
        if row.stem == house.photo(failed).content_hash:
            row.unlink()
    assert house.publish().failed
    house.release(queued, running)
    with house.store.writing() as tx:
        at = house.clock()
        step = next(each for each in ROUTE if each.name == "publish")
        write_row(tx, queued, {"priority": 9})
        assert [each.photo.id for each in tx.queue.claim(step, "gone", 1, at, at)] == [running]
    files = house.published()
    archive = backed_up(house)
    after = put_back(house, archive)
    try:
        assert after.publish().done == []
        assert after.published() == files
        for photo_id in (queued, failed, running):
            photo = after.photo(photo_id)
            assert photo.position == Position("release", Status.WAITING)
            assert photo.error is not None
            assert "release it again" in photo.error.message
        assert after.photo(live).position.status is Status.PUBLISHED
        found = state(after)
        assert found is not None
        assert (found.held_back, found.differing, found.is_compared) == (3, 0, True)
        assert "restored from a backup of" in found.sentence
        # a person releases them anew
        assert after.release(queued, running).released == (queued, running)
        assert sorted(after.publish().done) == [queued, running]
    finally:
        after.close()


def test_what_was_taken_off_since_is_called_live_no_more(house: House) -> None:
    kept, gone = house.take_in(), house.take_in(label="b")
    house.bring_live(kept)
    house.bring_live(gone)
    name = house.photo(gone).file_name
    archive = backed_up(house)
    assert house.unpublish(gone)[0].is_done
    after = put_back(house, archive)
    try:
        report = after.release(kept)
        assert report.released == ()
        assert "compared with the website" in report.refused[0].message
        after.publish()
        assert after.photo(gone).publications == ()
        assert after.photo(gone).position == Position("review", Status.WAITING)
        assert after.website.catalogue.file_names() == [after.photo(kept).file_name]
        found = state(after)
        assert found is not None
        assert [each.photo_id for each in found.differences] == [gone]
        assert f"{name} is not at folder any more" in found.differences[0].what
        assert [each.state for each in after.photo(kept).publications] == [LedgerState.LIVE]
    finally:
        after.close()


def put_back_under_a_website_that_stays(house: House, archive: Path) -> House:
    catalogue = house.folder.catalogue.read_bytes()
    after = put_back(house, archive)
    after.website.catalogue.close()
    # the website's own table does not go back with ours
    house.folder.catalogue.write_bytes(catalogue)
    return after


def test_what_was_published_since_is_told_and_can_be_taken_off(house: House) -> None:
    photo_id = house.take_in()
    archive = backed_up(house)
    house.bring_live(photo_id)
    after = put_back_under_a_website_that_stays(house, archive)
    try:
        after.publish()
        found = state(after)
        assert found is not None
        assert [(each.photo_id, "was published since" in each.what) for each in found.differences] == [(photo_id, True)]
        photo = after.photo(photo_id)
        assert liveness(photo) is Liveness.EARLIER
        with after.store.reading() as tx:
            assert tx.names.is_frozen(photo_id)
        assert after.unpublish(photo_id)[0].is_done
        assert after.published() == {}
    finally:
        after.close()


def test_a_name_of_no_photo_is_told_and_never_given_again(house: House) -> None:
    photo_id = house.take_in()
    archive = backed_up(house)
    house.bring_live(photo_id)
    after = put_back_under_a_website_that_stays(house, archive)
    try:
        with after.store.writing() as tx:
            write_row(tx, photo_id, {"file_name": None})
            tx.names.release(photo_id, after.clock())
        after.publish()
        found = state(after)
        assert found is not None
        assert ["this database knows no such photo" in each.what for each in found.differences] == [True]
        with after.store.reading() as tx:
            assert tx.names.all_held() == ["Harbour_001.JPG"]
    finally:
        after.close()


def test_a_disk_that_is_away_says_nothing_about_what_is_live(house: House) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    after = put_back(house, backed_up(house))
    away = house.home.parent / "unmounted"
    try:
        after.folder.published.rename(away)
        after.publish()
        assert [each.state for each in after.photo(photo_id).publications] == [LedgerState.LIVE]
        assert after.website.catalogue.file_names() == ["Harbour_001.JPG"]
        found = state(after)
        assert found is not None
        assert not found.is_compared
        away.rename(after.folder.published)
        after.publish()
        found = state(after)
        assert found is not None
        assert (found.is_compared, found.differing) == (True, 0)
    finally:
        after.close()


def test_an_admin_looks_once_the_comparison_is_complete(house: House) -> None:
    after = put_back(house, backed_up_with_one(house))
    try:
        with after.store.writing() as tx:
            assert not restored.looked_at(tx, after.clock())
        after.publish()
        with after.store.writing() as tx:
            assert restored.looked_at(tx, after.clock())
        assert state(after) is None
    finally:
        after.close()


def backed_up_with_one(house: House) -> Path:
    house.bring_live(house.take_in())
    return backed_up(house)


def test_the_publish_workers_are_woken_to_compare(house: House) -> None:
    after = put_back(house, backed_up_with_one(house))
    try:
        wake_what_is_owed(after.context)
        assert after.sent.steps == ["publish"]
    finally:
        after.close()


def test_an_older_file_in_the_database_s_place_sends_nothing_either(house: House) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    house.store.close()
    kept = house.home.parent / "kept.db"
    shutil.copy(house.folder.database, kept)
    desk = review.ReviewDesk(house.store, ROUTE, Sent(), house.folder, Rule(), house.clock, house.key)
    review.reject(desk, photo_id, house.photo(photo_id).version, "bea", "No.")
    restored.watch(house.store, house.folder, ROUTE, house.clock())
    house.close()
    shutil.copy(kept, house.folder.database)
    for tail in ("-wal", "-shm"):
        house.folder.database.with_name(house.folder.database.name + tail).unlink(missing_ok=True)
    after = house_in(house.home)
    # what is done with it before anybody looks does not hide it
    desk = review.ReviewDesk(after.store, ROUTE, Sent(), after.folder, Rule(), after.clock, after.key)
    other = after.take_in(label="b")
    for number in range(5):
        changes = review.Changes(subject=f"Number {number}")
        review.edit(desk, other, after.photo(other).version, changes, "bea")
    try:
        assert after.publish().done == []
        assert after.published() == {}
        assert after.photo(photo_id).position == Position("release", Status.WAITING)
        found = state(after)
        assert found is not None
        assert "older file" in found.sentence
    finally:
        after.close()


class Away:
    """A catalogue that goes away after the files are sent."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def upsert(self, *_: object) -> int:
        raise CatalogueUnreachable(reason="gone away")

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def test_half_sent_is_owed_after_a_restore(house: House) -> None:
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    website = replace(house.website, catalogue=Away(house.website.catalogue))
    assert house.publish(replace(house.work(), website=website)).done == []
    assert house.photo(photo_id).publications[0].state is LedgerState.SENDING
    after = put_back(house, backed_up(house))
    try:
        after.publish()
        assert after.published() == {}
        assert after.photo(photo_id).publications == ()
    finally:
        after.close()
