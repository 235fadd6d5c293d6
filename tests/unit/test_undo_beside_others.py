"""Undo and redo where others work on the same photos, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.naming import Rule
from lightgate.domain.photo import Field, Photo
from lightgate.domain.pipeline import Status
from lightgate.errors import Conflict, NotFound
from lightgate.folder import DataFolder
from lightgate.review import Changes, Desk, NothingToUndo, TextChange, approve, edit, redo, reject, reopen, undo
from support.stores import ROUTE, Clock, Sent, add_photos, bring_to, make_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(store: SqliteStore, tmp_path: Path) -> Desk:
    clock = Clock()

    def tick() -> datetime:
        clock.forward(1)
        return clock()

    return Desk(store, ROUTE, Sent(), DataFolder(tmp_path), Rule(), tick, b"k" * 32)


def at_review(store: SqliteStore) -> Photo:
    [photo_id] = add_photos(store, 1)
    return bring_to(store, photo_id, "review")


def now(store: SqliteStore, photo: Photo) -> Photo:
    with store.reading() as tx:
        return tx.photos.get(photo.id)


def rewrite(desk: Desk, photo: Photo, by: str) -> None:
    sentence = f"Boats lie at the quay, as {by} sees them."
    edit(desk, photo.id, photo.version, Changes(texts=(TextChange("en", Field.CAPTION, sentence),)), by)


def test_redo_approves_nothing_that_somebody_else_wrote_since(desk: Desk, store: SqliteStore) -> None:
    photo = at_review(store)
    approve(desk, photo.id, photo.version, "ann")
    undo(desk, "ann")
    rewrite(desk, now(store, photo), "bob")
    with pytest.raises(Conflict):
        redo(desk, "ann")
    assert now(store, photo).approval_id is None
    # nor does undo count what was passed over as done again
    with pytest.raises(NothingToUndo):
        undo(desk, "ann")


def test_redo_approves_nothing_that_somebody_else_wrote_before_the_undo(desk: Desk, store: SqliteStore) -> None:
    photo = at_review(store)
    approve(desk, photo.id, photo.version, "ann")
    rewrite(desk, now(store, photo), "bob")
    undo(desk, "ann")
    with pytest.raises(Conflict):
        redo(desk, "ann")
    assert now(store, photo).approval_id is None


def test_a_reopening_taken_back_restores_the_approval(desk: Desk, store: SqliteStore) -> None:
    photo = at_review(store)
    approve(desk, photo.id, photo.version, "ann")
    reopen(desk, photo.id, now(store, photo).version, "ann")
    undo(desk, "ann")
    assert now(store, photo).position.step == "release"


def test_a_reopening_taken_back_restores_the_rejection_with_its_reason(desk: Desk, store: SqliteStore) -> None:
    photo = at_review(store)
    reject(desk, photo.id, photo.version, "ann", "Blurred")
    reopen(desk, photo.id, now(store, photo).version, "ann")
    undo(desk, "ann")
    assert (now(store, photo).position.status, now(store, photo).reject_reason) == (Status.REJECTED, "Blurred")


def test_a_reopening_is_not_taken_back_over_what_somebody_else_wrote(desk: Desk, store: SqliteStore) -> None:
    photo = at_review(store)
    approve(desk, photo.id, photo.version, "ann")
    reopen(desk, photo.id, now(store, photo).version, "ann")
    rewrite(desk, now(store, photo), "bob")
    with pytest.raises(Conflict):
        undo(desk, "ann")
    assert now(store, photo).approval_id is None


def test_what_cannot_be_undone_any_more_is_refused_once(desk: Desk, store: SqliteStore) -> None:
    approved, edited = at_review(store), bring_to(store, add_photos(store, 1, label="b")[0], "review")
    approve(desk, approved.id, approved.version, "ann")
    rewrite(desk, edited, "ann")
    with store.writing() as tx:
        tx.photos.delete(edited.id)
    with pytest.raises(NotFound):
        undo(desk, "ann")
    assert undo(desk, "ann").photos[0].id == approved.id


def test_a_file_name_that_somebody_else_chose_since_stays(desk: Desk, store: SqliteStore) -> None:
    photo = at_review(store)
    edit(desk, photo.id, photo.version, Changes(file_name="Anns_quay_001.JPG"), "ann")
    edit(desk, photo.id, now(store, photo).version, Changes(file_name="Bobs_quay_001.JPG"), "bob")
    with pytest.raises(Conflict):
        undo(desk, "ann")
    assert now(store, photo).file_name == "Bobs_quay_001.JPG"
