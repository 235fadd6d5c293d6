"""What a person may do to a photo, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.approval.seal import Decision, is_sealed
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import (
    CaptionFacts,
    Exif,
    ExifFacts,
    Field,
    Issue,
    LedgerState,
    Photo,
    Publication,
    Source,
    Text,
)
from lightgate.domain.route.pipeline import Position, Result, Status, advance
from lightgate.domain.route.status_words import ReviewStatus, review_status
from lightgate.errors import (
    Conflict,
    DuplicatePhoto,
    IllegalMove,
    InputInvalid,
    NameTaken,
    NothingToRedo,
    NothingToUndo,
    NotShown,
    PictureUnproven,
    ProofBlocks,
    RawNotDeveloped,
)
from lightgate.files.data_folder import DataFolder
from lightgate.names.reserve import free_rejected_names
from lightgate.steps.review import (
    Changes,
    Lock,
    ReviewDesk,
    TextChange,
    approve,
    bulk,
    edit,
    redo,
    reject,
    reopen,
    restore,
    retry,
    settle_files,
    skip,
    undo,
)
from lightgate.website.approval import is_approved
from support.stores import NOON, ROUTE, Clock, Sent, add_photos, bring_to, make_store

KEY = b"k" * 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def desk(store: SqliteStore, sent: Sent, tmp_path: Path) -> ReviewDesk:
    clock = Clock()

    def tick() -> object:
        clock.forward(1)
        return clock()

    return ReviewDesk(store, ROUTE, sent, DataFolder(tmp_path), Rule(), tick, KEY)  # type: ignore[arg-type]


def photo_at(store: SqliteStore, step: str) -> int:
    [photo_id] = add_photos(store, 1)
    bring_to(store, photo_id, step)
    return photo_id


def photos_at_review(store: SqliteStore, count: int) -> list[int]:
    ids = add_photos(store, count)
    for photo_id in ids:
        bring_to(store, photo_id, "review")
    return ids


def store_photo(store: SqliteStore) -> Photo:
    photo_id = photo_at(store, "review")
    with store.reading() as tx:
        return tx.photos.get(photo_id)


def version_of(store: SqliteStore, photo_id: int) -> int:
    with store.reading() as tx:
        return tx.photos.get(photo_id).version


def newest(store: SqliteStore) -> int:
    with store.reading() as tx:
        return tx.events.last_id()


def caption(value: str) -> Changes:
    return Changes(texts=(TextChange("en", Field.CAPTION, value),))


class TestApprove:
    @pytest.mark.parametrize("how", ["swapped", "gone", "unknown"])
    def test_what_is_not_proven_to_be_this_photo_is_not_approved(
        self, desk: ReviewDesk, store: SqliteStore, how: str
    ) -> None:
        photo = store_photo(store)
        view = desk.folder.proxy_files(photo.content_hash).view
        if how == "swapped":
            view.write_bytes(b"another photo")
        elif how == "gone":
            view.unlink()
        else:
            with store.writing() as tx:
                tx.photos.put_pictures(photo.id, photo.content_hash, {})
        with pytest.raises(PictureUnproven, match=f"lightgate pictures {photo.id}"):
            approve(desk, photo.id, 1, "ann")
        with store.reading() as tx:
            assert tx.photos.get(photo.id).approval_id is None

    def test_pictures_of_an_original_that_was_replaced_prove_nothing(
        self, desk: ReviewDesk, store: SqliteStore
    ) -> None:
        photo = store_photo(store)
        with store.writing() as tx:
            tx.photos.write_facts(photo.id, ExifFacts(Exif()), NOON)
        with pytest.raises(PictureUnproven):
            approve(desk, photo.id, 1, "ann")

    def test_an_approval_is_sealed_over_what_the_photo_says(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        photo = approve(desk, photo_id, 1, "ann")
        assert photo.position == Position("release", Status.WAITING)
        assert photo.version == 2
        with store.reading() as tx:
            approval = tx.approvals.get(photo.approval_id or 0)
            assert is_approved(tx, photo, KEY)
        said = replace(photo, keyword_paths=approval.keyword_paths)
        decision = Decision(approval.id, 2, "ann", approval.approved_at)
        assert is_sealed(said, approval.seal, KEY, decision)
        for other in (
            None,
            replace(decision, by="bea"),
            replace(decision, version=3),
            replace(decision, approval_id=2),
        ):
            assert not is_sealed(said, approval.seal, KEY, other)
        assert (approval.approved_by, approval.version) == ("ann", 2)

    def test_the_second_of_two_reviewers_is_told(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        approve(desk, photo_id, 1, "ann")
        with pytest.raises(Conflict):
            approve(desk, photo_id, 1, "bob")

    def test_a_photo_before_review_cannot_be_approved(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "quality")
        with pytest.raises(IllegalMove):
            approve(desk, photo_id, 1, "ann")
        with store.reading() as tx:
            assert tx.photos.get(photo_id).approval_id is None

    def test_the_preview_of_a_raw_file_is_no_picture_to_approve(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        with store.writing() as tx:
            tx.photos.write_facts(photo_id, ExifFacts(Exif(format="RAW")), NOON)
        with pytest.raises(RawNotDeveloped, match="lightgate replace"):
            approve(desk, photo_id, version_of(store, photo_id), "ann")
        with store.reading() as tx:
            assert tx.photos.get(photo_id).position == Position("review", Status.WAITING)

    def test_a_blocking_proof_needs_a_reason_which_is_kept(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        with store.writing() as tx:
            tx.photos.put_proof(photo_id, [Issue("empty", "block", "There is no caption.", "en")], 60, NOON)
        with pytest.raises(ProofBlocks, match="There is no caption"):
            approve(desk, photo_id, 1, "ann", "  ")
        photo = approve(desk, photo_id, 1, "ann", "It is a sign.")
        with store.reading() as tx:
            assert tx.approvals.get(photo.approval_id or 0).override_reason == "It is a sign."


class TestEdit:
    def test_an_edit_after_approval_takes_the_photo_back_to_review(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        approved = approve(desk, photo_id, 1, "ann")
        photo = edit(
            desk, photo_id, approved.version, caption("Another harbour with many red cranes above the boats."), "ann"
        )
        assert photo.position == Position("review", Status.WAITING)
        assert photo.approval_id is None
        assert photo.text("en", Field.CAPTION).source is Source.PERSON  # type: ignore[union-attr]

    def test_saving_without_a_change_keeps_the_approval(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        approved = approve(desk, photo_id, 1, "ann")
        same = str(approved.text("en", Field.CAPTION).value)  # type: ignore[union-attr]
        changes = Changes(subject=approved.subject, texts=(TextChange("en", Field.CAPTION, same),))
        assert edit(desk, photo_id, approved.version, changes, "ann") == approved

    def test_a_live_photo_stays_live_while_its_edit_is_reviewed(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "publish")
        with store.writing() as tx:
            photo = tx.photos.get(photo_id)
            tx.photos.move(photo, Position("publish", Status.PUBLISHED), NOON)
            tx.publications.put(photo_id, Publication("folder", LedgerState.LIVE, "a.JPG", {}), NOON)
            tx.names.publish(photo_id, NOON)
        edited = edit(desk, photo_id, 1, Changes(subject="Quay"), "ann")
        assert edited.position == Position("review", Status.WAITING)
        assert [each.state for each in edited.publications] == ["live"]
        assert edited.file_name == photo.file_name

    def test_a_photo_being_published_is_not_edited(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "publish")
        with store.writing() as tx:
            tx.queue.claim(ROUTE[-1], "me", 1, NOON, NOON)
        with pytest.raises(IllegalMove):
            edit(desk, photo_id, 1, caption("New."), "ann")
        with store.reading() as tx:
            assert tx.photos.get(photo_id).text("en", Field.CAPTION).value != "New."  # type: ignore[union-attr]

    def test_the_name_follows_the_subject_until_first_publication(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        photo = edit(desk, photo_id, 1, Changes(subject="Old quay"), "ann")
        assert photo.file_name == "Old_quay_Rotterdam_City_Photography_001.JPG"
        with store.reading() as tx:
            assert tx.names.all_held() == [photo.file_name]

    def test_a_name_typed_by_hand_is_held_or_refused(self, desk: ReviewDesk, store: SqliteStore) -> None:
        one, two = add_photos(store, 2)
        bring_to(store, one, "review"), bring_to(store, two, "review")
        photo = edit(desk, one, 1, Changes(file_name="Évening light.jpg"), "ann")
        assert photo.file_name == "Évening_light.JPG"
        with pytest.raises(NameTaken):
            edit(desk, two, 1, Changes(file_name="evening_LIGHT"), "ann")
        with pytest.raises(InputInvalid):
            edit(desk, two, 1, Changes(file_name="../.."), "ann")

    def test_every_edited_field_is_in_the_history_with_old_and_new(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        edit(
            desk, photo_id, 1, Changes(location="Antwerp", texts=(TextChange("en", Field.KEYWORDS, "a, b,a ,"),)), "ann"
        )
        with store.reading() as tx:
            changed = {
                event.name: (event.old, event.new) for event in tx.events.of_photo(photo_id) if event.kind == "field"
            }
        assert changed["location"] == ("Rotterdam", "Antwerp")
        assert changed["keywords.en"] == ("crane, harbour, boat, quay, water", "a, b")

    def test_the_reviewers_rating_wins_and_can_be_taken_back(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        rated = edit(desk, photo_id, 1, Changes(qr=8.126), "ann")
        assert (rated.qr, rated.scores.band) == (8.13, "Top")
        unrated = edit(desk, photo_id, 2, Changes(clear_qr=True), "ann")
        assert (unrated.qr_by_person, unrated.scores.band) == (None, "NA")
        with pytest.raises(InputInvalid):
            edit(desk, photo_id, 3, Changes(qr=11), "ann")

    def test_locking_a_text_keeps_the_approval(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        approved = approve(desk, photo_id, 1, "ann")
        photo = edit(desk, photo_id, approved.version, Changes(locks=(Lock("en", Field.CAPTION, True),)), "ann")
        assert photo.position.step == "release"
        assert photo.text("en", Field.CAPTION).locked  # type: ignore[union-attr]

    @pytest.mark.parametrize("subject", ["", "   ", "x" * 201, "a\x00b"])
    def test_a_subject_that_no_field_can_hold_is_refused(
        self, desk: ReviewDesk, store: SqliteStore, subject: str
    ) -> None:
        photo_id = photo_at(store, "review")
        with pytest.raises(InputInvalid):
            edit(desk, photo_id, 1, Changes(subject=subject), "ann")

    def test_an_edit_is_proved_like_a_models_text(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        assert edit(desk, photo_id, 1, caption(""), "ann").needs_work


class TestReject:
    def test_a_rejected_photo_keeps_its_row_and_its_name(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        photo = reject(desk, photo_id, 1, "ann", "Out of focus")
        assert review_status(photo) is ReviewStatus.REJECTED
        assert (photo.reject_reason, photo.file_name) == ("Out of focus", "Harbour_001.JPG")
        with store.reading() as tx:
            assert tx.names.all_held() == ["Harbour_001.JPG"]

    def test_a_name_that_was_freed_is_given_anew(self, desk: ReviewDesk, store: SqliteStore) -> None:
        first, second = photos_at_review(store, 2)
        rejected = reject(desk, first, 1, "ann", "")
        with store.writing() as tx:
            assert free_rejected_names(tx, [rejected.set_id], "ann", NOON) == 1
            assert free_rejected_names(tx, [rejected.set_id], "ann", NOON) == 0
            assert tx.names.all_held() == ["Harbour_002.JPG"]
            freed = tx.events.of_photo(first)[-1]
            assert (freed.kind, freed.old, freed.new, freed.actor) == ("name", "Harbour_001.JPG", None, "ann")
        reopened = reopen(desk, first, version_of(store, first), "ann")
        assert reopened.file_name == "Harbour_Rotterdam_City_Photography_001.JPG"
        assert second == 2

    def test_a_name_that_was_published_is_never_freed(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        with store.writing() as tx:
            tx.names.publish(photo_id, NOON)
        rejected = reject(desk, photo_id, 1, "ann", "")
        with store.writing() as tx:
            assert free_rejected_names(tx, [rejected.set_id], "ann", NOON) == 0
        assert rejected.file_name == "Harbour_001.JPG"

    def test_the_file_is_set_aside_and_comes_back(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        with store.reading() as tx:
            photo = tx.photos.get(photo_id)
        working = desk.folder.original(photo.content_hash, photo.suffix)
        aside = desk.folder.set_aside(photo.content_hash, photo.suffix)
        working.parent.mkdir(parents=True)
        working.write_bytes(b"pixels")
        reject(desk, photo_id, 1, "ann", "")
        assert (working.exists(), aside.read_bytes()) == (False, b"pixels")
        reopened = reopen(desk, photo_id, 2, "ann")
        assert (working.read_bytes(), aside.exists()) == (b"pixels", False)
        assert reopened.position == Position("review", Status.WAITING)
        assert reopened.file_name == "Harbour_001.JPG"

    def test_a_move_that_a_crash_cut_off_is_finished(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        rejected = reject(desk, photo_id, 1, "ann", "")
        working = desk.folder.original(rejected.content_hash, rejected.suffix)
        working.parent.mkdir(parents=True)
        working.write_bytes(b"pixels")
        assert settle_files(store, desk.folder, NOON) == 1
        assert not working.exists()
        assert settle_files(store, desk.folder, NOON) == 0

    def test_an_approval_does_not_outlive_a_rejection(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        approved = approve(desk, photo_id, 1, "ann")
        rejected = reject(desk, photo_id, approved.version, "ann", "")
        assert rejected.approval_id is None
        assert reopen(desk, photo_id, rejected.version, "ann").position.step == "review"

    def test_a_live_photo_that_is_rejected_is_marked_to_remove(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "publish")
        with store.writing() as tx:
            tx.photos.move(tx.photos.get(photo_id), Position("publish", Status.PUBLISHED), NOON)
            tx.publications.put(photo_id, Publication("folder", LedgerState.LIVE, "a.JPG", {}), NOON)
            tx.names.publish(photo_id, NOON)
        rejected = reject(desk, photo_id, 1, "ann", "")
        assert [each.state for each in rejected.publications] == ["to_remove"]
        assert rejected.file_name is not None
        assert [each.state for each in reopen(desk, photo_id, 2, "ann").publications] == ["live"]

    def test_reopening_is_refused_in_words_when_the_picture_came_again(
        self, desk: ReviewDesk, store: SqliteStore
    ) -> None:
        photo_id = photo_at(store, "review")
        reject(desk, photo_id, 1, "ann", "")
        [twin] = add_photos(store, 1)
        with pytest.raises(DuplicatePhoto, match=f"photo {twin}"):
            reopen(desk, photo_id, 2, "ann")


class TestFailures:
    def fail(self, store: SqliteStore, step: str) -> int:
        photo_id = photo_at(store, step)
        with store.writing() as tx:
            photo = tx.photos.get(photo_id)
            tx.photos.move(photo, Position(step, Status.FAILED, 3), NOON)
        return photo_id

    def test_retry_gives_all_attempts_again_and_wakes_the_worker(
        self, desk: ReviewDesk, store: SqliteStore, sent: Sent
    ) -> None:
        photo = retry(desk, self.fail(store, "quality"), 1, "ann")
        assert photo.position == Position("quality", Status.QUEUED)
        assert sent.steps == ["quality"]

    def test_skipping_captions_leaves_a_photo_that_says_what_it_lacks(
        self, desk: ReviewDesk, store: SqliteStore
    ) -> None:
        photo = skip(desk, self.fail(store, "caption"), 1, "ann")
        assert photo.position == Position("review", Status.WAITING)
        assert photo.needs_work
        with pytest.raises(ProofBlocks):
            approve(desk, photo.id, photo.version, "ann")

    def test_reading_the_header_cannot_be_skipped(self, desk: ReviewDesk, store: SqliteStore) -> None:
        with pytest.raises(IllegalMove):
            skip(desk, self.fail(store, "exif"), 1, "ann")


class TestBulkAndUndo:
    def test_one_photo_that_cannot_does_not_stop_the_others(self, desk: ReviewDesk, store: SqliteStore) -> None:
        ids = add_photos(store, 3)
        for photo_id in ids[:2]:
            bring_to(store, photo_id, "review")
        outcomes = bulk(desk, [*ids, 99, ids[0]], "approve", "ann", seen=newest(store))
        assert [(each.photo_id, each.error.code if each.error else None) for each in outcomes] == [
            (ids[0], None),
            (ids[1], None),
            (ids[2], "illegal_move"),
            (99, "not_found"),
        ]

    def test_nobody_approves_many_without_saying_what_was_shown(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        with pytest.raises(NotShown, match="last_event"):
            bulk(desk, [photo_id], "approve", "ann")
        assert version_of(store, photo_id) == 1

    def test_an_unknown_action_is_refused(self, desk: ReviewDesk) -> None:
        with pytest.raises(InputInvalid, match="approve, reject"):
            bulk(desk, [], "publish", "ann")

    def test_undo_walks_back_through_ones_own_actions(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        with store.reading() as tx:
            before = tx.photos.get(photo_id)
        edited = edit(desk, photo_id, 1, caption("Something else stands here about the harbour and boats."), "ann")
        approve(desk, photo_id, edited.version, "ann")
        assert undo(desk, "ann").photos[0].position.step == "review"
        [restored] = undo(desk, "ann").photos
        assert restored.text("en", Field.CAPTION).value == before.text("en", Field.CAPTION).value  # type: ignore[union-attr]
        with pytest.raises(NothingToUndo):
            undo(desk, "ann")

    def test_redo_does_again_what_was_undone_until_something_else_is_done(
        self, desk: ReviewDesk, store: SqliteStore
    ) -> None:
        photo = store_photo(store)
        edit(desk, photo.id, 1, Changes(qr=8.0), "ann")
        approved = approve(desk, photo.id, 2, "ann", "seen")
        assert approved.position.step == "release"
        undo(desk, "ann")
        assert undo(desk, "ann").photos[0].qr_by_person is None
        assert redo(desk, "ann").photos[0].qr_by_person == 8.0
        assert redo(desk, "ann").photos[0].position.step == "release"
        with pytest.raises(NothingToRedo):
            redo(desk, "ann")
        [undone] = undo(desk, "ann").photos
        edit(desk, photo.id, undone.version, Changes(qr=3.0), "ann")
        with pytest.raises(NothingToRedo):
            redo(desk, "ann")
        assert undo(desk, "ann").photos[0].qr_by_person == 8.0

    def test_a_rejection_done_again_keeps_its_reason(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo = store_photo(store)
        reject(desk, photo.id, 1, "ann", "Blurred")
        undo(desk, "ann")
        assert redo(desk, "ann").photos[0].reject_reason == "Blurred"

    def test_an_earlier_value_comes_back_whoever_changed_it(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo = store_photo(store)
        old = photo.text("en", Field.CAPTION)
        change = Changes(texts=(TextChange("en", Field.CAPTION, "Something else stands here."),))
        edit(desk, photo.id, 1, change, "dana")
        approve(desk, photo.id, 2, "dana", "seen")
        with store.reading() as tx:
            event = next(each for each in tx.events.of_photo(photo.id) if each.kind == "field")
        restored = restore(desk, photo.id, 3, event.id or 0, "ann")
        text = restored.text("en", Field.CAPTION)
        assert (text.value, old.value) == (old.value, text.value) if text and old else False
        assert restored.position.step == "review"
        with pytest.raises(InputInvalid, match="no such change"):
            restore(desk, photo.id, restored.version, 9999, "ann")

    def test_undo_leaves_others_actions_alone(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        approve(desk, photo_id, 1, "bob")
        with pytest.raises(NothingToUndo):
            undo(desk, "ann")
        assert version_of(store, photo_id) == 2

    def test_undoing_an_edit_gives_the_old_rating_and_identity(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        edit(desk, photo_id, 1, Changes(qr=9, location="Antwerp"), "ann")
        [restored] = undo(desk, "ann").photos
        assert (restored.qr_by_person, restored.location) == (None, "Rotterdam")

    def test_what_was_done_to_many_is_taken_back_and_done_again_in_one(
        self, desk: ReviewDesk, store: SqliteStore
    ) -> None:
        ids = photos_at_review(store, 3)
        edit(desk, ids[0], 1, Changes(qr=2.0), "ann")
        bulk(desk, ids, "approve", "ann", reason="seen", seen=newest(store))
        bulk(desk, ids, "edit", "ann", changes=Changes(location="Antwerp"))
        assert [photo.location for photo in undo(desk, "ann").photos] == ["Rotterdam"] * 3
        assert {photo.location for photo in redo(desk, "ann").photos} == {"Antwerp"}
        undo(desk, "ann")
        assert [photo.qr_by_person for photo in undo(desk, "ann").photos] == [2.0, None, None]
        assert [photo.qr_by_person for photo in undo(desk, "ann").photos] == [None]
        with pytest.raises(NothingToUndo):
            undo(desk, "ann")

    def test_what_somebody_went_on_with_is_passed_over_and_said(self, desk: ReviewDesk, store: SqliteStore) -> None:
        ids = photos_at_review(store, 3)
        edit(desk, ids[2], 1, Changes(qr=2.0), "ann")
        bulk(desk, ids, "edit", "ann", changes=Changes(subject="Boats"))
        edit(desk, ids[1], version_of(store, ids[1]), Changes(subject="Ships"), "bob")
        undone = undo(desk, "ann")
        assert [photo.id for photo in undone.photos] == [ids[0], ids[2]]
        assert [(photo_id, error.code) for photo_id, error in undone.refused] == [(ids[1], "conflict")]
        # it does not stand in the way of what was done before
        assert undo(desk, "ann").photos[0].qr_by_person is None
        with store.reading() as tx:
            assert tx.photos.get(ids[1]).subject == "Ships"

    def test_undo_never_replaces_what_another_wrote(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        edit(desk, photo_id, 1, Changes(qr=9), "ann")
        edit(desk, photo_id, 2, Changes(qr=4), "bob")
        with pytest.raises(Conflict):
            undo(desk, "ann")
        assert version_of(store, photo_id) == 3

    def test_a_text_that_is_the_models_again_says_so(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        text = Text("en", Field.CAPTION, "Boats lie in the old harbour at noon.", Source.MODEL, model="qwen")
        with store.writing() as tx:
            tx.photos.write_facts(photo_id, CaptionFacts((text,)), NOON)
        edit(desk, photo_id, version_of(store, photo_id), caption("Something else entirely."), "ann")
        back = undo(desk, "ann").photos[0].text("en", Field.CAPTION)
        assert back is not None
        assert (back.value, back.source, back.model) == (text.value, Source.MODEL, "qwen")

    def test_a_rejection_is_taken_back(self, desk: ReviewDesk, store: SqliteStore) -> None:
        photo_id = photo_at(store, "review")
        reject(desk, photo_id, 1, "ann", "wrong")
        assert undo(desk, "ann").photos[0].position == Position("review", Status.WAITING)


def test_no_door_of_review_leads_to_publish(desk: ReviewDesk, store: SqliteStore) -> None:
    """The only result that opens the release gate is RELEASED, and no decision has it."""
    photo_id = photo_at(store, "review")
    approved = approve(desk, photo_id, 1, "ann")
    for action in ("approve", "retry", "skip"):
        [outcome] = bulk(desk, [photo_id], action, "ann", seen=newest(store))
        assert outcome.error is not None
        assert outcome.error.code == "illegal_move"
    assert approved.position.step == "release"
    assert advance(approved.position, Result.RELEASED, ROUTE).step == "publish"
