"""Somebody who can write the database and does not have the key sends nothing live; foreign keys and CHECKs are on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.domain.approval.kept import as_told
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Before, Field, LedgerState, Source, Text
from lightgate.domain.route.pipeline import Status
from lightgate.steps import release as release_step
from lightgate.steps import review
from lightgate.website.approval import is_approved
from support.site import House, house_in
from support.stores import NOON, ROUTE, Sent, write_row


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path)
    yield made
    made.close()


def desk(house: House) -> review.ReviewDesk:
    return review.ReviewDesk(house.store, ROUTE, Sent(), house.folder, Rule(), house.clock, house.key)


def sql(house: House, statement: str, *values: object) -> None:
    with closing(sqlite_library.connect(house.folder.database, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(statement, values)


def rows(house: House, statement: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite_library.connect(house.folder.database)) as connection:
        return list(connection.execute(statement, values))


def send(house: House, photo_id: int, approval_id: int | None, version: int | None = None) -> None:
    """Put a photo into the publish queue, as it stood there once."""
    sql(
        house,
        "UPDATE review_queue SET step = 'publish', status = 'queued', attempt = 0, approval_id = ?, version = ?,"
        " reject_reason = NULL, error_code = NULL, error_message = NULL, not_before = NULL WHERE id = ?",
        approval_id,
        version or house.photo(photo_id).version,
        photo_id,
    )


def approved(house: House) -> int:
    photo_id = house.take_in()
    review.approve(desk(house), photo_id, house.photo(photo_id).version, "ann")
    return photo_id


def released(house: House) -> int:
    photo_id = approved(house)
    house.release(photo_id)
    return photo_id


def never_released(house: House) -> int:
    photo_id = approved(house)
    send(house, photo_id, house.photo(photo_id).approval_id)
    return photo_id


def released_by_a_copied_row(house: House) -> int:
    """The act of another photo's release, and one that was made up."""
    other, photo_id = released(house), house.take_in(label="b")
    review.approve(desk(house), photo_id, house.photo(photo_id).version, "ann")
    sql(
        house,
        "INSERT INTO release_item (release_id, photo_id, at, released_by, approval_id, version, seal)"
        " SELECT release_id, ?, at, released_by, ?, version, seal FROM release_item WHERE photo_id = ?",
        photo_id,
        house.photo(photo_id).approval_id,
        other,
    )
    house.publish()
    assert house.photo(other).position.status is Status.PUBLISHED
    house.unpublish(other)
    send(house, photo_id, house.photo(photo_id).approval_id)
    return photo_id


def reopened(house: House) -> int:
    photo_id = released(house)
    was = house.photo(photo_id)
    review.reopen(desk(house), photo_id, was.version, "bea")
    send(house, photo_id, was.approval_id, was.version)
    return photo_id


def rejected(house: House) -> int:
    photo_id = released(house)
    was = house.photo(photo_id)
    review.reject(desk(house), photo_id, was.version, "bea", "No.")
    send(house, photo_id, was.approval_id, was.version)
    return photo_id


def called_back_by_an_undone_release(house: House) -> int:
    photo_id = released(house)
    was = house.photo(photo_id)
    house.undo()
    send(house, photo_id, was.approval_id, was.version)
    return photo_id


def stopped(house: House) -> int:
    photo_id = released(house)
    was = house.photo(photo_id)
    release_step.stop_release(house.desk, 1, "ann")
    sql(house, "UPDATE release_item SET taken_back_at = NULL")
    send(house, photo_id, was.approval_id, was.version)
    return photo_id


def taken_off(house: House) -> int:
    photo_id = released(house)
    was = house.photo(photo_id)
    assert house.publish().done == [photo_id]
    house.unpublish(photo_id)
    send(house, photo_id, was.approval_id, was.version)
    return photo_id


def approved_by_somebody_else(house: House) -> int:
    photo_id = released(house)
    sql(house, "UPDATE approval SET approved_by = 'mallory'")
    return photo_id


def approved_at_another_time(house: House) -> int:
    photo_id = released(house)
    sql(house, "UPDATE approval SET approved_at = '2026-01-01T00:00:00.000000Z'")
    return photo_id


def approved_at_another_version(house: House) -> int:
    photo_id = released(house)
    sql(house, "UPDATE approval SET version = version + 1")
    return photo_id


def approved_by_a_copied_record(house: House) -> int:
    """The seal of a record under another number."""
    photo_id = released(house)
    columns = "photo_id, version, seal, seal_version, approved_by, approved_at, keyword_paths"
    sql(house, f"INSERT INTO approval ({columns}) SELECT {columns} FROM approval")
    sql(house, "UPDATE review_queue SET approval_id = (SELECT max(id) FROM approval)")
    sql(house, "UPDATE release_item SET approval_id = (SELECT max(id) FROM approval)")
    return photo_id


def approved_under_the_older_rule(house: House) -> int:
    """A record that says that it is one of those that sealed the content alone."""
    photo_id = released(house)
    sql(house, "UPDATE approval SET seal_version = 1")
    return photo_id


def released_by_somebody_else(house: House) -> int:
    photo_id = released(house)
    sql(house, "UPDATE release_item SET released_by = 'mallory'")
    return photo_id


DOORS = [
    never_released,
    released_by_a_copied_row,
    reopened,
    rejected,
    called_back_by_an_undone_release,
    stopped,
    taken_off,
    approved_by_somebody_else,
    approved_at_another_time,
    approved_at_another_version,
    approved_by_a_copied_record,
    approved_under_the_older_rule,
    released_by_somebody_else,
]


@pytest.mark.parametrize("door", DOORS)
def test_what_no_person_sent_is_not_sent(house: House, door: Callable[[House], int]) -> None:
    photo_id = door(house)
    report = house.publish()
    assert [(each.id, each.code) for each in report.failed] == [(photo_id, "seal_broken")]
    assert house.published() == {}
    assert house.website.catalogue.file_names() == []


def test_what_was_made_up_to_have_been_live_is_never_put_back(house: House) -> None:
    """A debt whose earlier version is a forgery shows nothing; the forged words never reach the catalogue."""
    photo_id = released(house)
    assert house.publish().done == [photo_id]
    (live,), row = house.photo(photo_id).publications, house.row(photo_id)
    assert row is not None
    forged = as_told(Before((live,), asdict(replace(row, Caption="Buy now!"))))
    for seal in ("", "0" * 64):
        sql(
            house,
            "UPDATE publication SET state = 'putting_back', retry_at = NULL, earlier = ?",
            json.dumps({**forged, "seal": seal}),
        )
        house.publish()
        found = house.website.catalogue.find(live.file_name)
        assert found is None or found.Caption != "Buy now!"


def test_what_a_release_replaced_is_put_back_only_as_it_was_written_down(house: House) -> None:
    photo_id = released(house)
    assert house.publish().done == [photo_id]
    house.back_to_review(photo_id)
    with house.store.writing() as tx:
        write_row(tx, photo_id, {"folder": "night"})
    house.approve(photo_id)
    house.release(photo_id)
    assert house.publish().done == [photo_id]
    live = house.published()
    sql(house, "UPDATE release_item SET before = json_set(before, '$.row.Caption', 'Buy now!') WHERE release_id = 2")
    (outcome,) = house.undo()
    assert not outcome.is_done
    assert "not written down by this installation" in outcome.message
    assert house.published() == live
    assert house.photo(photo_id).publications[0].state is LedgerState.LIVE


def test_the_newest_release_keeps_its_number_when_it_is_taken_back(house: House) -> None:
    photo_id = released(house)
    house.undo()
    review.approve(desk(house), photo_id, house.photo(photo_id).version, "ann")
    assert house.release(photo_id).number == 2
    assert rows(house, "SELECT release_id, taken_back_at IS NULL FROM release_item ORDER BY release_id") == [
        (1, 0),
        (2, 1),
    ]


def called_back(house: House, photo_id: int) -> None:
    review.reopen(desk(house), photo_id, house.photo(photo_id).version, "bea")


def turned_down(house: House, photo_id: int) -> None:
    review.reject(desk(house), photo_id, house.photo(photo_id).version, "bea", "No.")


def edited(house: House, photo_id: int) -> None:
    changes = review.Changes(subject="Something else")
    review.edit(desk(house), photo_id, house.photo(photo_id).version, changes, "bea")


def off_the_website(house: House, photo_id: int) -> None:
    house.publish()
    house.unpublish(photo_id)


def release_undone(house: House, photo_id: int) -> None:
    house.undo()


@pytest.mark.parametrize("withdraw", [called_back, turned_down, edited, off_the_website, release_undone])
def test_a_word_that_was_taken_back_leaves_neither_its_seal_nor_its_act(
    house: House, withdraw: Callable[[House, int], object]
) -> None:
    """Each of the two alone would keep the photo at home; both go."""
    photo_id = released(house)
    [(seal,)] = rows(house, "SELECT seal FROM approval")
    [(act,)] = rows(house, "SELECT seal FROM release_item")
    withdraw(house, photo_id)
    [(now, withdrawn_at)] = rows(house, "SELECT seal, withdrawn_at FROM approval")
    assert now != seal
    assert withdrawn_at is not None
    assert rows(house, "SELECT seal FROM release_item") == [("",)]
    assert act != ""


@pytest.mark.parametrize("withdraw", [called_back, turned_down])
def test_an_approval_that_is_written_back_is_not_in_force(
    house: House, withdraw: Callable[[House, int], object]
) -> None:
    """Somebody clears the mark and keeps the seal that says that it was withdrawn."""
    photo_id = released(house)
    was = house.photo(photo_id)
    withdraw(house, photo_id)
    sql(house, "UPDATE approval SET withdrawn_at = NULL")
    send(house, photo_id, was.approval_id, was.version)
    with house.store.reading() as tx:
        assert not is_approved(tx, house.photo(photo_id), house.key)


def versions(house: House, *captions: str) -> int:
    """Publish one version after the other; gives the photo."""
    photo_id = house.take_in()
    for caption in captions:
        if house.photo(photo_id).position.step != "review":
            house.back_to_review(photo_id)
        with house.store.writing() as tx:
            tx.photos.put_text(photo_id, Text("en", Field.CAPTION, caption, Source.PERSON), NOON)
        house.approve(photo_id)
        house.release(photo_id)
        assert house.publish().done == [photo_id]
        for file in house.folder.replaced.glob("*"):
            os.utime(file)
    return photo_id


def test_what_a_release_replaced_is_no_ticket_for_the_ledger(house: House) -> None:
    """A genuine record of an earlier version, which no debt asks for, shows nothing of a photo that was taken off."""
    photo_id = versions(house, "The first words.", "The second words.")
    turned_down(house, photo_id)
    house.unpublish(photo_id)
    sql(
        house,
        "INSERT INTO publication (photo_id, target, state, file_name, paths, hashes, updated_at, earlier)"
        " SELECT photo_id, 'folder', 'putting_back', 'Harbour_001.JPG', '{}', '{}', at, before FROM release_item"
        " WHERE release_id = 2",
    )
    house.publish()
    assert house.published() == {}
    assert house.website.catalogue.file_names() == []


def test_what_one_release_replaced_is_not_put_back_for_another(house: House) -> None:
    photo_id = versions(house, "The first words.", "The second words.", "The third words.")
    sql(
        house,
        "UPDATE release_item SET before = (SELECT before FROM release_item WHERE release_id = 2) WHERE release_id = 3",
    )
    (outcome,) = house.undo()
    assert not outcome.is_done
    row = house.row(photo_id)
    assert row is not None
    assert row.Caption == "The third words."


@pytest.mark.parametrize("earlier", ["{}", "[]", '{"publications": [1], "row": 2}', '"x"'])
def test_a_ledger_row_that_nobody_can_read_keeps_no_other_photo_waiting(house: House, earlier: str) -> None:
    first = versions(house, "The first words.")
    sql(house, "UPDATE publication SET state = 'putting_back', earlier = ?", earlier)
    second = house.take_in(label="b")
    review.approve(desk(house), second, house.photo(second).version, "ann")
    house.release(second)
    assert house.publish().done == [second]
    assert house.photo(first).publications == ()
