"""A reviewer turns a photo: an act like an edit, which seal, size and pictures follow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.approval.seal import Decision, seal
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import LedgerState, Photo, Publication, QualityFacts, Scores
from lightgate.domain.rating.quality import Measurements
from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import (
    Conflict,
    IllegalMove,
    InputInvalid,
    NoPicture,
    OriginalMissing,
    PictureTurning,
    PictureUnproven,
    StorageFull,
)
from lightgate.files.data_folder import DataFolder, ProxyFiles
from lightgate.pictures.remade import turn_pictures
from lightgate.ports.pictures import Development
from lightgate.steps.review import (
    Changes,
    ReviewDesk,
    approve,
    bulk,
    edit,
    make_pictures,
    redo,
    reject,
    restore,
    turn,
    undo,
)
from lightgate.store import Event, Original
from lightgate.store.history import EventKind
from lightgate.website.approval import is_approved
from support.stores import NOON, ROUTE, Clock, Sent, add_photos, bring_to, make_store

KEY = b"k" * 32
#: of ``bare`` below, by the version before there were turns
BEFORE_TURNS = "2bf0a6968c737870235bfee84423587a25964ca2a8f5c4f5c4d20b30ab11a7e1"
MEASURED = Measurements(5.0, 1.0, 0.0, 0.0, 0.8, 0.7, 0.8, 40.0, 1.0, "0f" * 8, "f0" * 8, (0.25, 0.5), "1")


class TurningDarkroom:
    """Writes pictures that say how they were turned, and rates nothing."""

    def __init__(self) -> None:
        self.turns: list[int] = []
        self.error: Exception | None = None

    def develop(self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None) -> Development:
        if self.error is not None:
            raise self.error
        self.turns.append(turn)
        hashes = {}
        for kind in ("view", "crop", "proxy", "thumb"):
            content = f"{kind} turned by {turn}".encode()
            getattr(files, kind).write_bytes(content)
            hashes[kind] = sha256(content).hexdigest()
        size = (40, 60) if turn % 2 else (60, 40)
        return Development(*size, replace(MEASURED, sharpest=(0.5, 0.25) if turn else (0.25, 0.5)), b"", hashes)


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


@pytest.fixture
def photo(store: SqliteStore, tmp_path: Path) -> Photo:
    """One at review, rated, with its original and its pictures on disk."""
    return at_review(store, tmp_path)[0]


def at_review(store: SqliteStore, folder: Path, count: int = 1) -> list[Photo]:
    found = []
    for photo_id in add_photos(store, count):
        bring_to(store, photo_id, "review")
        with store.writing() as tx:
            before = tx.photos.get(photo_id)
            scores = Scores(qr=7.5, band="Top", blur_score=6.0)
            rated = QualityFacts(
                scores, 60, 40, "0f" * 8, "f0" * 8, b"\0\x3c", (0.25, 0.5), pictures=dict(before.pictures)
            )
            tx.photos.write_facts(photo_id, rated, NOON)
            found.append(tx.photos.get(photo_id))
        original = DataFolder(folder).original(before.content_hash, before.suffix)
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(before.original_file_name.removesuffix(".jpg").encode())
        assert sha256(original.read_bytes()).hexdigest() == before.content_hash
    return found


def now_of(store: SqliteStore, photo_id: int) -> Photo:
    with store.reading() as tx:
        return tx.photos.get(photo_id)


def history(store: SqliteStore, photo_id: int) -> list[Event]:
    with store.reading() as tx:
        return list(tx.events.of_photo(photo_id))


def make_due(desk: ReviewDesk, darkroom: TurningDarkroom, patience_s: float = 60) -> list[int]:
    until = time.monotonic() + patience_s
    return turn_pictures(desk.store, desk.folder, darkroom, lambda: datetime.now(UTC), "worker", until)


def turned_and_made(desk: ReviewDesk, photo: Photo, quarters: int) -> Photo:
    turn(desk, photo.id, photo.version, quarters, "ann")
    make_due(desk, TurningDarkroom())
    return now_of(desk.store, photo.id)


class TestTheAct:
    def test_it_raises_the_version_stands_in_the_history_and_wakes_the_darkroom(
        self, desk: ReviewDesk, store: SqliteStore, sent: Sent, photo: Photo
    ) -> None:
        after = turn(desk, photo.id, photo.version, 1, "ann")
        assert (after.turn, after.version, after.is_turning) == (1, photo.version + 1, True)
        assert sent.steps == ["quality"]
        told = history(store, photo.id)[-1]
        assert (told.kind, told.name, told.old, told.new, told.actor) == (EventKind.FIELD, "turn", "0°", "90°", "ann")

    @pytest.mark.parametrize(
        ("quarters", "turn_after", "size"),
        [
            ((1,), 1, (40, 60)),
            ((-1,), 3, (40, 60)),
            ((2,), 2, (60, 40)),
            ((1, 1), 2, (60, 40)),
            ((1, 1, 1, 1), 0, (60, 40)),
            ((-1, 1), 0, (60, 40)),
            ((3, 3), 2, (60, 40)),
        ],
    )
    def test_turns_add_up_and_the_size_follows(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo, quarters: tuple[int, ...], turn_after: int,
        size: tuple[int, int],
    ) -> None:  # fmt: skip
        for each in quarters:
            photo = turn(desk, photo.id, photo.version, each, "ann")
        assert photo.turn == turn_after
        assert (photo.exif.width, photo.exif.height) == size

    def test_four_turns_are_none(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        for _ in range(4):
            turn(desk, photo.id, now_of(store, photo.id).version, 1, "ann")
        after = now_of(store, photo.id)
        assert not after.is_turning
        assert make_due(desk, TurningDarkroom()) == []
        assert approve(desk, photo.id, after.version, "ann").approval_id

    @pytest.mark.parametrize("quarters", [0, 4, -4, 99])
    def test_other_turns_are_none(self, desk: ReviewDesk, photo: Photo, quarters: int) -> None:
        with pytest.raises(InputInvalid):
            turn(desk, photo.id, photo.version, quarters, "ann")

    def test_nobody_turns_what_somebody_changed_since(self, desk: ReviewDesk, photo: Photo) -> None:
        turn(desk, photo.id, photo.version, 1, "ben")
        with pytest.raises(Conflict):
            turn(desk, photo.id, photo.version, 1, "ann")

    def test_what_has_no_picture_yet_is_not_turned(self, desk: ReviewDesk, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1, label="new")
        with pytest.raises(NoPicture):
            turn(desk, photo_id, 1, 1, "ann")

    def test_a_rejected_photo_is_not_turned(self, desk: ReviewDesk, photo: Photo) -> None:
        rejected = reject(desk, photo.id, photo.version, "ann", "")
        with pytest.raises(IllegalMove):
            turn(desk, photo.id, rejected.version, 1, "ann")

    def test_several_are_turned_at_once_and_taken_back_at_once(
        self, desk: ReviewDesk, store: SqliteStore, tmp_path: Path
    ) -> None:
        photos = at_review(store, tmp_path, 3)
        found = bulk(desk, [each.id for each in photos], "turn_left", "ann")
        assert [each.photo.turn for each in found if each.photo] == [3, 3, 3]
        assert len(make_due(desk, TurningDarkroom())) == 3
        assert len(undo(desk, "ann").photos) == 3
        assert [now_of(store, each.id).turn for each in photos] == [0, 0, 0]

    def test_another_original_has_no_turn(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        turn(desk, photo.id, photo.version, 1, "ann")
        with store.writing() as tx:
            tx.photos.put_original(photo.id, Original("cd" * 32, 10, ".jpg", "/card/other.jpg"))
        assert (now_of(store, photo.id).turn, now_of(store, photo.id).pictures_turn) == (0, 0)


class TestUndo:
    def test_it_is_taken_back_and_done_again(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        turn(desk, photo.id, photo.version, 1, "ann")
        undo(desk, "ann")
        assert (now_of(store, photo.id).turn, now_of(store, photo.id).exif.width) == (0, 60)
        redo(desk, "ann")
        assert (now_of(store, photo.id).turn, now_of(store, photo.id).exif.width) == (1, 40)

    def test_one_undo_takes_back_one_turn(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        after = turn(desk, photo.id, photo.version, 1, "ann")
        turn(desk, photo.id, after.version, 1, "ann")
        undo(desk, "ann")
        assert now_of(store, photo.id).turn == 1

    def test_an_earlier_turn_is_put_back_from_the_history(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        after = turn(desk, photo.id, photo.version, 2, "ann")
        event_id = history(store, photo.id)[-1].id or 0
        assert restore(desk, photo.id, after.version, event_id, "ben").turn == 0

    def test_a_turn_that_somebody_went_on_with_is_theirs(self, desk: ReviewDesk, photo: Photo) -> None:
        after = turn(desk, photo.id, photo.version, 1, "ann")
        turn(desk, photo.id, after.version, 1, "ben")
        with pytest.raises(Conflict):
            undo(desk, "ann")

    def test_the_approval_comes_back_with_the_turn_that_it_was_given_to(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        approved = approve(desk, photo.id, photo.version, "ann")
        after = turn(desk, photo.id, approved.version, 1, "ann")
        assert (after.position, after.approval_id) == (Position("review", Status.WAITING), None)
        undo(desk, "ann")
        back = now_of(store, photo.id)
        assert back.position == Position("release", Status.WAITING)
        with store.reading() as tx:
            assert is_approved(tx, back, KEY)


class TestTheSeal:
    def test_a_photo_that_nobody_turned_has_the_seal_that_it_had_before_there_were_turns(self, photo: Photo) -> None:
        decision = Decision(7, 2, "ann", NOON)
        # made by the version before, of a photo with nothing but these
        bare = Photo(
            1, 1, "s", Position("review", Status.WAITING), 1, "a.jpg", "a.jpg", "ab" * 32, 1, ".jpg", "S", "L", "f"
        )
        assert seal(bare, KEY, decision) == BEFORE_TURNS
        assert seal(replace(bare, turn=0, pictures_turn=2, turn_error="x"), KEY, decision) == BEFORE_TURNS

    def test_every_turn_has_its_own(self, photo: Photo) -> None:
        assert len({seal(replace(photo, turn=each), KEY) for each in range(4)}) == 4

    def test_somebody_who_writes_the_turn_into_the_database_breaks_it(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        approve(desk, photo.id, photo.version, "ann")
        with store.writing() as tx:
            tx.photos.put_turn(photo.id, 2)
            assert not is_approved(tx, tx.photos.get(photo.id), KEY)


class TestThePictures:
    def test_until_they_are_made_nobody_approves_it(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        after = turn(desk, photo.id, photo.version, 1, "ann")
        with pytest.raises(PictureTurning, match="being turned"):
            approve(desk, photo.id, after.version, "ann")
        assert make_due(desk, TurningDarkroom()) == [photo.id]
        assert approve(desk, photo.id, after.version, "ann").approval_id

    def test_they_are_made_without_a_new_rating(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        with store.reading() as tx:
            [shot] = tx.pictures.shots(photo.set_id)
        after = turned_and_made(desk, photo, 1)
        assert (after.scores, after.hints, after.series) == (photo.scores, photo.hints, photo.series)
        assert (after.texts, after.position) == (photo.texts, photo.position)
        with store.reading() as tx:
            assert tx.pictures.shots(photo.set_id) == [shot]

    def test_their_addresses_change_and_the_sharpest_place_is_theirs(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        after = turned_and_made(desk, photo, 1)
        assert not set(after.pictures.values()) & set(photo.pictures.values())
        with store.engine.connect() as connection:
            told = connection.exec_driver_sql("SELECT json_extract(facts, '$.sharpest') FROM review_queue").scalar()
        assert told == "[0.5,0.25]"
        assert (after.exif.width, after.exif.height) == (40, 60)

    def test_it_stands_in_the_history_and_raises_no_version(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        before = turn(desk, photo.id, photo.version, 1, "ann")
        make_due(desk, TurningDarkroom())
        assert now_of(store, photo.id).version == before.version
        told = history(store, photo.id)[-1]
        assert (told.kind, told.name, told.actor) == (EventKind.PICTURES, "turned", "worker")

    def test_one_that_is_turned_on_while_they_are_made_is_made_again(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        class Interrupted(TurningDarkroom):
            def develop(
                self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None
            ) -> Development:
                if not self.turns:
                    edit(desk, photo.id, now_of(store, photo.id).version, Changes(turn=2), "ann")
                return super().develop(original, files, turn, orientation)

        turn(desk, photo.id, photo.version, 1, "ann")
        darkroom = Interrupted()
        make_due(desk, darkroom)
        assert darkroom.turns == [1, 2]
        after = now_of(store, photo.id)
        assert not after.is_turning
        assert approve(desk, photo.id, after.version, "ann").approval_id

    def test_a_worker_that_dies_loses_nothing(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        class Killed(BaseException):
            pass

        darkroom = TurningDarkroom()
        darkroom.error = Killed()  # type: ignore[assignment]
        turn(desk, photo.id, photo.version, 1, "ann")
        with pytest.raises(Killed):
            make_due(desk, darkroom)
        assert now_of(store, photo.id).is_turning
        assert make_due(desk, TurningDarkroom()) == [photo.id]

    def test_a_missing_original_says_so_loses_nothing_and_is_not_tried_without_end(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        original = desk.folder.original(photo.content_hash, photo.suffix)
        content = original.read_bytes()
        original.unlink()
        after = turn(desk, photo.id, photo.version, 1, "ann")
        assert make_due(desk, TurningDarkroom()) == []
        told = now_of(store, photo.id)
        assert told.turn_error == OriginalMissing().message
        assert told.pictures == photo.pictures
        assert make_due(desk, TurningDarkroom()) == []
        with pytest.raises(PictureUnproven, match="could not be turned"):
            approve(desk, photo.id, after.version, "ann")
        # the way out: the original is back, or the photo is turned back
        original.write_bytes(content)
        assert make_pictures(desk, TurningDarkroom(), [photo.id], "ann")[0].error is None
        assert approve(desk, photo.id, after.version, "ann").approval_id

    def test_turned_back_it_needs_no_original(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        desk.folder.original(photo.content_hash, photo.suffix).unlink()
        turn(desk, photo.id, photo.version, 1, "ann")
        make_due(desk, TurningDarkroom())
        undo(desk, "ann")
        after = now_of(store, photo.id)
        assert (after.is_turning, after.turn_error) == (False, None)
        assert approve(desk, photo.id, after.version, "ann").approval_id

    def test_an_original_that_is_another_one_is_not_shown(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        desk.folder.original(photo.content_hash, photo.suffix).write_bytes(b"another photograph")
        assert turned_and_made(desk, photo, 1).turn_error == OriginalMissing().message

    def test_a_full_disk_is_waited_for(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        darkroom = TurningDarkroom()
        darkroom.error = StorageFull(path="/data")
        turn(desk, photo.id, photo.version, 1, "ann")
        assert make_due(desk, darkroom) == []
        assert now_of(store, photo.id).turn_error is None
        assert make_due(desk, TurningDarkroom()) == [photo.id]

    def test_a_worker_whose_time_is_over_leaves_the_rest(
        self, desk: ReviewDesk, store: SqliteStore, photo: Photo
    ) -> None:
        turn(desk, photo.id, photo.version, 1, "ann")
        assert make_due(desk, TurningDarkroom(), patience_s=-1) == []

    def test_a_live_photo_stays_live_as_it_is(self, desk: ReviewDesk, store: SqliteStore, photo: Photo) -> None:
        bring_to(store, photo.id, "publish")
        with store.writing() as tx:
            tx.photos.move(tx.photos.get(photo.id), Position("publish", Status.PUBLISHED), NOON)
            tx.publications.put(
                photo.id, Publication("folder", LedgerState.LIVE, "a.jpg", {"full": "a.jpg"}, {"full": "ab"}), NOON
            )
        live = now_of(store, photo.id)
        after = turn(desk, photo.id, live.version, 1, "ann")
        assert after.position == Position("review", Status.WAITING)
        assert after.publications == live.publications
