"""The naming gate on a real store: who is named when, and that a failure is one photo's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Exif, ExifFacts, Photo
from lightgate.domain.route.pipeline import Position, Result, Status, advance
from lightgate.errors import IllegalMove, NameTooLong
from lightgate.names.reserve import rename
from lightgate.steps.naming import name_ready_sets
from lightgate.store import Actor
from support.stores import NOON, ROUTE, add_photos, add_set, make_store, write_row

RULE = Rule()
NAME = "Harbour_Rotterdam_City_Photography_Canon_2024_{:03}.JPG"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def pass_exif(store: SqliteStore, ids: Sequence[int], camera: str = "Canon") -> None:
    """Give photos headers, the last of them the earliest, and send them to the gate."""
    with store.writing() as tx:
        for number, photo_id in enumerate(ids):
            photo = tx.photos.get(photo_id)
            taken = f"2024:05:01 12:00:{59 - number:02}"
            tx.photos.write_facts(photo_id, ExifFacts(Exif(date_time=taken, camera=camera)), NOON)
            tx.photos.move(photo, advance(advance(photo.position, Result.CLAIMED, ROUTE), Result.DONE, ROUTE), NOON)


def photos(store: SqliteStore, ids: Sequence[int]) -> Sequence[Photo]:
    with store.reading() as tx:
        return tx.photos.many(ids)


def names(store: SqliteStore, ids: Sequence[int]) -> list[str | None]:
    return [photo.file_name for photo in photos(store, ids)]


def gate(store: SqliteStore, rule: Rule = RULE) -> int:
    return name_ready_sets(store, ROUTE, rule, NOON)


def test_a_set_is_named_whole_in_capture_order_and_goes_on(store: SqliteStore) -> None:
    ids = add_photos(store, 3)
    pass_exif(store, ids)
    assert gate(store) == 3
    assert names(store, ids) == [NAME.format(3), NAME.format(2), NAME.format(1)]
    assert {photo.position for photo in photos(store, ids)} == {Position("quality", Status.QUEUED)}
    with store.reading() as tx:
        assert sorted(tx.names.all_held()) == [NAME.format(number) for number in (1, 2, 3)]
        kinds = [(each.kind, each.old, each.new) for each in tx.events.of_photo(ids[0])]
    assert ("name", None, NAME.format(3)) in kinds
    assert ("position", "naming:waiting", "quality:queued") in kinds


def test_no_photo_is_named_while_another_of_its_set_is_still_read(store: SqliteStore) -> None:
    ids = add_photos(store, 3)
    pass_exif(store, ids[:2])
    assert gate(store) == 0
    assert names(store, ids) == [None] * 3


def test_a_set_waits_for_the_sets_before_it(store: SqliteStore) -> None:
    first, second = add_photos(store, 2, label="a"), add_photos(store, 2, add_set(store, "Later"), label="b")
    pass_exif(store, second)
    assert gate(store) == 0
    pass_exif(store, first)
    assert gate(store) == 4
    assert names(store, [*first, *second]) == [NAME.format(number) for number in (2, 1, 4, 3)]


def test_a_photo_that_failed_to_be_read_holds_nobody_up_and_is_appended_later(store: SqliteStore) -> None:
    ids = add_photos(store, 3)
    with store.writing() as tx:
        photo = tx.photos.get(ids[0])
        tx.photos.move(photo, replace(photo.position, status=Status.FAILED), NOON)
    pass_exif(store, ids[1:])
    assert gate(store) == 2
    with store.writing() as tx:
        tx.photos.move(tx.photos.get(ids[0]), advance(tx.photos.get(ids[0]).position, Result.RETRIED, ROUTE), NOON)
    pass_exif(store, ids[:1])
    assert gate(store) == 1
    assert names(store, ids) == [NAME.format(3), NAME.format(2), NAME.format(1)]


def test_the_gate_does_nothing_twice(store: SqliteStore) -> None:
    ids = add_photos(store, 2)
    pass_exif(store, ids)
    assert [gate(store), gate(store)] == [2, 0]
    assert names(store, ids) == [NAME.format(2), NAME.format(1)]


def test_a_photo_without_a_possible_name_fails_alone_with_its_reason(store: SqliteStore) -> None:
    ids = add_photos(store, 3)
    pass_exif(store, ids[:2])
    pass_exif(store, ids[2:], camera="x" * 140)
    assert gate(store) == 2
    failed = photos(store, ids)[2]
    assert failed.position == Position("naming", Status.FAILED)
    assert failed.error is not None
    assert failed.error.code == "name_too_long"
    assert "the limit is 150" in failed.error.message


def test_a_photo_without_a_possible_name_is_named_after_the_cause_is_gone(store: SqliteStore) -> None:
    ids = add_photos(store, 1)
    pass_exif(store, ids)
    gate(store, Rule(max_length=20))
    with store.writing() as tx:
        photo = tx.photos.get(ids[0])
        tx.photos.move(photo, advance(photo.position, Result.RETRIED, ROUTE), NOON)
    assert gate(store) == 1
    assert photos(store, ids)[0].error is None


def test_a_name_that_a_person_typed_before_the_gate_stays(store: SqliteStore) -> None:
    ids = add_photos(store, 2)
    with store.writing() as tx:
        write_row(tx, ids[0], {"file_name": "Mine.JPG"})
    pass_exif(store, ids)
    assert gate(store) == 2
    assert names(store, ids) == ["Mine.JPG", NAME.format(1)]


class TestRenaming:
    @pytest.fixture
    def named(self, store: SqliteStore) -> Sequence[int]:
        ids = add_photos(store, 3)
        pass_exif(store, ids)
        gate(store)
        return ids

    def rename(self, store: SqliteStore, ids: Sequence[int], **changes: str) -> None:
        with store.writing() as tx:
            for photo_id in ids:
                write_row(tx, photo_id, changes)
            rename(tx, tx.photos.many(ids), RULE, NOON, Actor.PERSON, "ann")

    def test_names_follow_in_naming_order_above_the_highest(self, store: SqliteStore, named: Sequence[int]) -> None:
        self.rename(store, named[:2], subject="Old quay")
        assert names(store, named) == [
            "Old_quay_Rotterdam_City_Photography_Canon_2024_002.JPG",
            "Old_quay_Rotterdam_City_Photography_Canon_2024_001.JPG",
            NAME.format(1),
        ]
        self.rename(store, named[:1], subject="Harbour")
        assert names(store, named)[0] == NAME.format(2)

    def test_only_case_keeps_the_number(self, store: SqliteStore, named: Sequence[int]) -> None:
        self.rename(store, named, subject="HÁRBOUR")
        assert names(store, named) == [NAME.format(n).replace("Harbour", "HÁRBOUR") for n in (3, 2, 1)]
        with store.reading() as tx:
            assert len(tx.names.all_held()) == 3

    def test_a_photo_in_a_workers_hands_is_not_renamed(self, store: SqliteStore, named: Sequence[int]) -> None:
        with store.writing() as tx:
            tx.queue.claim(ROUTE[2], "worker", 1, NOON, NOON)
        with pytest.raises(IllegalMove, match="is being worked on"):
            self.rename(store, named, subject="Old quay")
        assert None not in names(store, named)

    def test_a_published_name_stays(self, store: SqliteStore, named: Sequence[int]) -> None:
        with store.writing() as tx:
            tx.names.publish(named[0], NOON)
        self.rename(store, named, subject="Old quay")
        assert names(store, named)[0] == NAME.format(3)

    def test_a_name_that_would_be_too_long_changes_nothing(self, store: SqliteStore, named: Sequence[int]) -> None:
        before = names(store, named)
        with pytest.raises(NameTooLong):
            self.rename(store, named, subject="many words " * 20)
        assert names(store, named) == before
