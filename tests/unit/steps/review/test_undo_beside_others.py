"""Undo and redo where others work on the same photos, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Field, Photo
from lightgate.domain.route.pipeline import Status
from lightgate.errors import Conflict, NotFound, NothingToUndo
from lightgate.files.data_folder import DataFolder
from lightgate.names.reserve import give_names
from lightgate.steps.review import (
    Changes,
    ReviewDesk,
    TextChange,
    approve,
    bulk,
    edit,
    redo,
    reject,
    reopen,
    undo,
)
from lightgate.store import Actor
from lightgate.website.approval import is_approved
from support.stores import ROUTE, Clock, Sent, add_photos, bring_to, make_store, write_row


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(store: SqliteStore, tmp_path: Path) -> ReviewDesk:
    clock = Clock()

    def tick() -> datetime:
        clock.forward(1)
        return clock()

    return ReviewDesk(store, ROUTE, Sent(), DataFolder(tmp_path), Rule(), tick, b"k" * 32)


def at_review(store: SqliteStore) -> Photo:
    [photo_id] = add_photos(store, 1)
    return bring_to(store, photo_id, "review")


def now(store: SqliteStore, photo: Photo) -> Photo:
    with store.reading() as tx:
        return tx.photos.get(photo.id)


def rewrite(desk: ReviewDesk, photo: Photo, by: str) -> None:
    sentence = f"Boats lie at the quay, as {by} sees them."
    edit(desk, photo.id, photo.version, Changes(texts=(TextChange("en", Field.CAPTION, sentence),)), by)


def test_redo_approves_nothing_that_somebody_else_wrote_since(desk: ReviewDesk, store: SqliteStore) -> None:
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


def test_redo_approves_nothing_that_somebody_else_wrote_before_the_undo(desk: ReviewDesk, store: SqliteStore) -> None:
    photo = at_review(store)
    approve(desk, photo.id, photo.version, "ann")
    rewrite(desk, now(store, photo), "bob")
    undo(desk, "ann")
    with pytest.raises(Conflict):
        redo(desk, "ann")
    assert now(store, photo).approval_id is None


def test_a_reopening_taken_back_restores_the_approval(desk: ReviewDesk, store: SqliteStore) -> None:
    photo = at_review(store)
    approve(desk, photo.id, photo.version, "ann")
    reopen(desk, photo.id, now(store, photo).version, "ann")
    undo(desk, "ann")
    assert now(store, photo).position.step == "release"


def test_a_reopening_taken_back_restores_the_rejection_with_its_reason(desk: ReviewDesk, store: SqliteStore) -> None:
    photo = at_review(store)
    reject(desk, photo.id, photo.version, "ann", "Blurred")
    reopen(desk, photo.id, now(store, photo).version, "ann")
    undo(desk, "ann")
    assert (now(store, photo).position.status, now(store, photo).reject_reason) == (Status.REJECTED, "Blurred")


def test_a_reopening_is_not_taken_back_over_what_somebody_else_wrote(desk: ReviewDesk, store: SqliteStore) -> None:
    photo = at_review(store)
    approve(desk, photo.id, photo.version, "ann")
    reopen(desk, photo.id, now(store, photo).version, "ann")
    rewrite(desk, now(store, photo), "bob")
    with pytest.raises(Conflict):
        undo(desk, "ann")
    assert now(store, photo).approval_id is None


def test_what_cannot_be_undone_any_more_is_refused_once(desk: ReviewDesk, store: SqliteStore) -> None:
    approved, edited = at_review(store), bring_to(store, add_photos(store, 1, label="b")[0], "review")
    approve(desk, approved.id, approved.version, "ann")
    rewrite(desk, edited, "ann")
    with store.writing() as tx:
        tx.photos.delete(edited.id)
    with pytest.raises(NotFound):
        undo(desk, "ann")
    assert undo(desk, "ann").photos[0].id == approved.id


def test_a_file_name_that_somebody_else_chose_since_stays(desk: ReviewDesk, store: SqliteStore) -> None:
    photo = at_review(store)
    edit(desk, photo.id, photo.version, Changes(file_name="Anns_quay_001.JPG"), "ann")
    edit(desk, photo.id, now(store, photo).version, Changes(file_name="Bobs_quay_001.JPG"), "bob")
    with pytest.raises(Conflict):
        undo(desk, "ann")
    assert now(store, photo).file_name == "Bobs_quay_001.JPG"


def set_of(desk: ReviewDesk, store: SqliteStore, count: int) -> list[Photo]:
    """Photos at review under names that the rule gave."""
    ids = add_photos(store, count)
    for photo_id in ids:
        bring_to(store, photo_id, "quality")
    with store.writing() as tx:
        for photo_id in ids:
            tx.names.release(photo_id, desk.now())
            write_row(tx, photo_id, {"file_name": None})
        give_names(tx, tx.photos.many(ids), desk.rule, desk.now(), Actor.SYSTEM, "naming")
    return [bring_to(store, photo_id, "review") for photo_id in ids]


def test_a_rejection_taken_back_gives_the_same_name_and_the_approval(desk: ReviewDesk, store: SqliteStore) -> None:
    photos = set_of(desk, store, 4)
    approved = approve(desk, photos[1].id, photos[1].version, "bob")
    reject(desk, approved.id, approved.version, "ann", "Blurred")
    [back] = undo(desk, "ann").photos
    assert (back.file_name, back.position) == (approved.file_name, approved.position)
    with store.reading() as tx:
        assert is_approved(tx, back, desk.key)
        given = [each for each in tx.events.of_photo(back.id) if each.name == "approve"]
    assert [each.actor for each in given] == ["bob", "ann"]
    [again] = redo(desk, "ann").photos
    assert (again.position.status, again.file_name, again.reject_reason) == (
        Status.REJECTED,
        approved.file_name,
        "Blurred",
    )
    assert undo(desk, "ann").photos[0].position == approved.position


def test_an_approval_with_a_reason_comes_back_with_its_reason(desk: ReviewDesk, store: SqliteStore) -> None:
    [photo] = set_of(desk, store, 1)
    empty = edit(desk, photo.id, photo.version, Changes(texts=(TextChange("en", Field.CAPTION, ""),)), "ann")
    approved = approve(desk, photo.id, empty.version, "ann", "A detail shot")
    reject(desk, photo.id, approved.version, "ann", "")
    [back] = undo(desk, "ann").photos
    assert back.position.step == "release"
    with store.reading() as tx:
        assert tx.approvals.get(back.approval_id or 0).override_reason == "A detail shot"


def test_a_whole_rejection_taken_back_gives_all_names_and_approvals(desk: ReviewDesk, store: SqliteStore) -> None:
    photos = set_of(desk, store, 6)
    names = [photo.file_name for photo in photos]
    for photo in photos[:3]:
        approve(desk, photo.id, photo.version, "ann")
    bulk(desk, [photo.id for photo in photos], "reject", "ann", reason="Another of the series is better")
    undo(desk, "ann")
    assert [now(store, photo).file_name for photo in photos] == names
    assert [now(store, photo).position.step for photo in photos] == ["release"] * 3 + ["review"] * 3
    redo(desk, "ann")
    undo(desk, "ann")
    assert [now(store, photo).position.step for photo in photos] == ["release"] * 3 + ["review"] * 3


def test_an_approval_of_what_has_changed_since_stays_gone(desk: ReviewDesk, store: SqliteStore) -> None:
    [photo] = set_of(desk, store, 1)
    approved = approve(desk, photo.id, photo.version, "ann")
    reject(desk, photo.id, approved.version, "ann", "")
    with store.writing() as tx:
        write_row(tx, photo.id, {"subject": "Another harbour"})
    [back] = undo(desk, "ann").photos
    assert (back.position.step, back.approval_id) == ("review", None)


def test_a_photo_that_was_not_approved_is_not_approved_by_undo(desk: ReviewDesk, store: SqliteStore) -> None:
    [photo] = set_of(desk, store, 1)
    approved = approve(desk, photo.id, photo.version, "ann")
    reopened = reopen(desk, photo.id, approved.version, "bob")
    reject(desk, photo.id, reopened.version, "ann", "")
    [back] = undo(desk, "ann").photos
    assert (back.position.step, back.approval_id) == ("review", None)


def test_an_edit_taken_back_gives_the_same_name_and_the_approval(desk: ReviewDesk, store: SqliteStore) -> None:
    photos = set_of(desk, store, 3)
    approved = approve(desk, photos[0].id, photos[0].version, "ann")
    edited = edit(desk, approved.id, approved.version, Changes(subject="Boats"), "ann")
    assert (edited.file_name != approved.file_name, edited.position.step) == (True, "review")
    [back] = undo(desk, "ann").photos
    assert (back.file_name, back.position.step) == (approved.file_name, "release")
    [again] = redo(desk, "ann").photos
    assert (again.file_name, again.position.step) == (edited.file_name, "review")


def test_a_name_that_another_photo_has_taken_since_is_left_to_it(desk: ReviewDesk, store: SqliteStore) -> None:
    [photo, other] = set_of(desk, store, 2)
    edit(desk, photo.id, photo.version, Changes(subject="Boats"), "ann")
    edit(desk, other.id, other.version, Changes(file_name=photo.file_name), "bob")
    [back] = undo(desk, "ann").photos
    assert back.subject == photo.subject
    assert back.file_name not in {photo.file_name, None}
    assert now(store, other).file_name == photo.file_name
