from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.route.pipeline import Position, Status
from lightgate.engine.progress import failed_ids, progress_of
from support.stores import NOON, ROUTE, add_photos, bring_to, make_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(make_store(tmp_path)) as made:
        yield made


def put(store: SqliteStore, photo_id: int, step: str, status: Status) -> None:
    photo = bring_to(store, photo_id, step)
    with store.writing() as tx:
        tx.photos.move(photo, Position(step, status, photo.position.attempt), NOON)


def test_each_stage_counts_what_is_past_it_at_work_and_failed(store: SqliteStore) -> None:
    ids = add_photos(store, 5)
    bring_to(store, ids[1], "quality")
    put(store, ids[2], "quality", Status.FAILED)
    put(store, ids[3], "quality", Status.REJECTED)
    bring_to(store, ids[4], "review")
    found = progress_of(store, ROUTE, 1)
    assert [(stage.step, stage.past, stage.at_work, stage.failed) for stage in found.stages] == [
        ("exif", 4, 1, 0),
        ("quality", 2, 1, 1),
        ("caption", 2, 0, 0),
        ("publish", 1, 0, 0),
    ]
    assert (found.total, found.on_the_way, found.failed) == (5, 2, 1)


def test_what_waits_for_its_name_is_still_on_the_way(store: SqliteStore) -> None:
    [photo_id] = add_photos(store, 1)
    bring_to(store, photo_id, "naming")
    assert progress_of(store, ROUTE, 1).on_the_way == 1


def test_every_failed_photo_is_found(store: SqliteStore) -> None:
    ids = add_photos(store, 3)
    for photo_id in ids[:2]:
        put(store, photo_id, "exif", Status.FAILED)
    assert failed_ids(store) == list(ids[:2])
