"""What a state store promises, over a real SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from lightgate.adapters.sqlite import SqliteStore, migrations
from lightgate.adapters.sqlite.engine import choose_journal_mode, is_safe_for_wal, library_version, sqlite_library
from lightgate.adapters.sqlite.migrate import back_up, migrate
from lightgate.adapters.sqlite.revision import newest_revision, require_current
from lightgate.adapters.sqlite.schema import WORDS, metadata
from lightgate.domain.photo import CaptionFacts, Exif, ExifFacts, Failure, Field, QualityFacts, Scores, Source, Text
from lightgate.domain.query import parse
from lightgate.domain.route.pipeline import Position, Result, Status, advance
from lightgate.domain.route.status_words import ReviewStatus, review_status
from lightgate.errors import (
    Conflict,
    DatabaseOutdated,
    DatabaseTooNew,
    DuplicatePhoto,
    NameTaken,
    NotFound,
    StoreBusy,
    UnsafeDatabase,
)
from lightgate.store import LONGEST_HOLD, HeldBack, PhotoFilter, Reservation
from support.stores import NOON, ROUTE, add_photos, add_set, bring_to, make_store, new_photo, write_row

EXIF_STEP = ROUTE[0]
LEASE = NOON + timedelta(seconds=60)

_ANYWHERE = (Status.FAILED, Status.REJECTED)
#: every position that a photo can have
POSSIBLE = [
    (step.name, status)
    for step in ROUTE
    for status in (*_ANYWHERE, *((Status.WAITING,) if step.is_gate else (Status.QUEUED, Status.RUNNING)))
] + [("publish", Status.PUBLISHED)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def claim(store: SqliteStore, limit: int = 8, owner: str = "me") -> list:
    with store.writing() as tx:
        return list(tx.queue.claim(EXIF_STEP, owner, limit, NOON, LEASE))


class TestClaims:
    def test_a_claim_counts_the_attempt_and_moves_the_fence(self, store: SqliteStore) -> None:
        add_photos(store, 1)
        [taken] = claim(store)
        assert taken.photo.position == Position("exif", Status.RUNNING, 1)
        assert taken.token == 1

    def test_forty_racing_claims_never_share_a_photo(self, store: SqliteStore) -> None:
        ids = add_photos(store, 20)
        with ThreadPoolExecutor(8) as pool:
            claims = [each for found in pool.map(lambda n: claim(store, 1, f"w{n}"), range(40)) for each in found]
        assert sorted(each.photo.id for each in claims) == sorted(ids)

    def test_a_photo_that_failed_before_comes_alone(self, store: SqliteStore) -> None:
        add_photos(store, 3)
        [first] = claim(store, 1)
        with store.writing() as tx:
            after = advance(first.photo.position, Result.TRY_AGAIN, ROUTE)
            tx.queue.settle(first.photo.id, first.token, after, NOON)
        with store.writing() as tx:
            write_row(tx, first.photo.id, {"priority": 1})
        assert [each.photo.id for each in claim(store, 8)] == [first.photo.id]
        assert len(claim(store, 8)) == 2

    def test_a_late_worker_cannot_overwrite(self, store: SqliteStore) -> None:
        add_photos(store, 1)
        [late] = claim(store)
        with store.writing() as tx:
            back = advance(late.photo.position, Result.LAPSED, ROUTE)
            assert tx.queue.settle(late.photo.id, late.token, back, NOON, crashed=True)
        [current] = claim(store)
        with store.writing() as tx:
            done = advance(late.photo.position, Result.DONE, ROUTE)
            assert not tx.queue.settle(late.photo.id, late.token, done, NOON)
            assert tx.queue.is_held(current)
            assert not tx.queue.is_held(late)

    def test_what_comes_to_review_is_another_version_than_what_was_read_on_its_way(self, store: SqliteStore) -> None:
        first, second = add_photos(store, 2)
        for photo_id in (first, second):
            bring_to(store, photo_id, "caption")
        caption, review = ROUTE[3], Position("review", Status.WAITING)
        with store.writing() as tx:
            before = {photo.id: photo.version for photo in tx.photos.many([first, second])}
            [one, other] = tx.queue.claim(caption, "w", 2, NOON, LEASE)
            assert tx.queue.settle_done([one], review, NOON) == {first}
            assert tx.queue.settle(second, other.token, review, NOON)
            after = {photo.id: photo.version for photo in tx.photos.many([first, second])}
        assert after == {photo_id: version + 1 for photo_id, version in before.items()}

    def test_a_photo_that_stays_on_its_way_keeps_its_version(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with store.writing() as tx:
            [claim] = tx.queue.claim(EXIF_STEP, "w", 1, NOON, LEASE)
            tx.queue.settle_done([claim], Position("naming", Status.WAITING), NOON)
            assert tx.photos.get(photo_id).version == claim.photo.version

    def test_a_photo_is_not_claimed_before_its_time(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with store.writing() as tx:
            write_row(tx, photo_id, {"not_before": NOON + timedelta(seconds=1)})
        assert claim(store) == []
        with store.writing() as tx:
            assert tx.queue.claim(EXIF_STEP, "me", 1, NOON + timedelta(seconds=2), LEASE)

    def test_a_wait_that_a_clock_set_back_made_longer_than_any_is_over(self, store: SqliteStore) -> None:
        held, stalled, due = add_photos(store, 3)
        with store.writing() as tx:
            write_row(tx, held, {"not_before": NOON + LONGEST_HOLD, "error_message": "The model is away."})
            write_row(tx, stalled, {"not_before": NOON + LONGEST_HOLD + timedelta(seconds=1)})
        with store.reading() as tx:
            assert tx.queue.count_ready(NOON) == {"exif": 2}
            assert tx.queue.coming(EXIF_STEP, NOON) == due
            assert tx.queue.held_back(NOON) == [HeldBack(1, NOON + LONGEST_HOLD, "The model is away.")]
            assert tx.queue.held_back(NOON, stalled) == []
        assert {each.photo.id for each in claim(store)} == {stalled, due}

    def test_a_lease_runs_out_also_when_the_clock_was_set_back(self, store: SqliteStore) -> None:
        add_photos(store, 1)
        claim(store)
        with store.reading() as tx:
            assert not tx.queue.expired(NOON, 60)
            assert tx.queue.expired(NOON + timedelta(seconds=61), 60)
            assert tx.queue.expired(NOON - timedelta(hours=2), 60)

    def test_a_renewed_lease_does_not_run_out(self, store: SqliteStore) -> None:
        add_photos(store, 1)
        claims = claim(store)
        with store.writing() as tx:
            assert tx.queue.renew(claims, LEASE + timedelta(seconds=30)) == [claims[0].photo.id]
            assert not tx.queue.expired(LEASE + timedelta(seconds=1), 60)
            assert tx.queue.renew([replace(claims[0], token=99)], LEASE) == []

    def test_a_failure_is_kept_in_words(self, store: SqliteStore) -> None:
        add_photos(store, 1)
        [taken] = claim(store)
        with store.writing() as tx:
            after = advance(taken.photo.position, Result.REFUSED, ROUTE)
            tx.queue.settle(taken.photo.id, taken.token, after, NOON, failure=Failure("unreadable_image", "Broken."))
            photo = tx.photos.get(taken.photo.id)
        assert photo.error == Failure("unreadable_image", "Broken.")
        assert photo.position.status is Status.FAILED

    def test_a_set_is_past_a_step_only_with_all_sets_before_it(self, store: SqliteStore) -> None:
        first, second = add_set(store), add_set(store)
        [one] = add_photos(store, 1, first, "one")
        [two] = add_photos(store, 1, second, "two")
        bring_to(store, two, "naming")
        with store.reading() as tx:
            assert not tx.queue.is_past(second.id, "exif")
        bring_to(store, one, "naming")
        with store.reading() as tx:
            assert tx.queue.is_past(second.id, "exif")


class TestGuards:
    """What the database itself refuses, whatever the code does."""

    def test_a_row_at_publish_without_an_approval_is_refused(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with pytest.raises(IntegrityError, match="approved"), store.writing() as tx:
            write_row(tx, photo_id, {"step": "publish", "status": "queued"})

    def test_an_invented_approval_is_refused(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with pytest.raises(IntegrityError, match="FOREIGN KEY"), store.writing() as tx:
            write_row(tx, photo_id, {"step": "publish", "status": "queued", "approval_id": 1})

    def test_another_photos_approval_is_refused(self, store: SqliteStore) -> None:
        one, two = add_photos(store, 2)
        with store.writing() as tx:
            approval = tx.approvals.add(one, 1, "0" * 64, 1, "ann", NOON)
        with pytest.raises(IntegrityError, match="FOREIGN KEY"), store.writing() as tx:
            write_row(tx, two, {"step": "publish", "status": "queued", "approval_id": approval})

    def test_published_is_the_end_of_the_route_only(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with pytest.raises(IntegrityError, match="published"), store.writing() as tx:
            write_row(tx, photo_id, {"status": "published"})

    def test_the_approval_in_force_cannot_be_deleted(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        bring_to(store, photo_id, "publish")
        with pytest.raises(IntegrityError, match="FOREIGN KEY"), store.writing() as tx:
            tx.connection.execute(sql("DELETE FROM approval"))

    def test_a_row_forged_past_the_check_is_never_claimed_and_stops_nobody(self, store: SqliteStore) -> None:
        forged, honest = add_photos(store, 2)
        bring_to(store, honest, "publish")
        connection = sqlite_library.connect(str(store.path))
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("UPDATE review_queue SET step='publish', status='queued', priority=1 WHERE id=?", (forged,))
        connection.commit()
        connection.close()
        with store.writing() as tx:
            claims = tx.queue.claim(ROUTE[-1], "me", 8, NOON, LEASE)
        assert [each.photo.id for each in claims] == [honest]


class TestPhotos:
    def test_the_same_content_is_taken_in_once(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with pytest.raises(DuplicatePhoto) as caught:
            add_photos(store, 1)
        assert caught.value.fields["photo_id"] == photo_id

    def test_rejected_content_may_come_again_and_then_bars_the_old_one(self, store: SqliteStore) -> None:
        [old] = add_photos(store, 1)
        with store.writing() as tx:
            photo = tx.photos.get(old)
            tx.photos.move(photo, advance(photo.position, Result.REJECTED, ROUTE), NOON)
        add_photos(store, 1)
        with store.reading() as tx:
            photo = tx.photos.get(old)
        with pytest.raises(DuplicatePhoto), store.writing() as tx:
            tx.photos.move(photo, advance(photo.position, Result.REOPENED, ROUTE), NOON)

    def test_a_move_from_what_was_read_before_is_refused(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with store.writing() as tx:
            seen = tx.photos.get(photo_id)
            tx.photos.touch(seen, NOON)
        with pytest.raises(Conflict), store.writing() as tx:
            tx.photos.move(seen, advance(seen.position, Result.REJECTED, ROUTE), NOON)

    def test_of_many_moves_one_that_comes_too_late_stops_all(self, store: SqliteStore) -> None:
        ids = add_photos(store, 3)
        with store.writing() as tx:
            seen = tx.photos.many(ids)
            tx.photos.touch(seen[1], NOON)
        moves = [(photo, advance(photo.position, Result.REJECTED, ROUTE)) for photo in seen]
        with pytest.raises(Conflict), store.writing() as tx:
            tx.photos.move_all(moves, NOON)
        with store.reading() as tx:
            assert {photo.position.status for photo in tx.photos.many(ids)} == {Status.QUEUED}

    def test_facts_of_many_photos_keep_what_each_has_from_elsewhere(self, store: SqliteStore) -> None:
        ids = add_photos(store, 2)
        mine = Text("en", Field.CAPTION, "Mine.", Source.PERSON)
        model = Text("en", Field.CAPTION, "The model's.", Source.MODEL, model="m")
        low = QualityFacts(Scores(qr=2.0, band="Very Low"), 6, 4)
        with store.writing() as tx:
            tx.photos.put_text(ids[0], mine, NOON)
            write_row(tx, ids[1], {"qr_by_person": 9.0, "band": "Top"})
            tx.photos.write_all_facts(dict.fromkeys(ids, low), NOON)
            tx.photos.write_all_facts(dict.fromkeys(ids, CaptionFacts((model,))), NOON)
            first, second = tx.photos.many(ids)
        assert (first.text("en", Field.CAPTION), second.text("en", Field.CAPTION)) == (mine, model)
        assert (first.scores.band, second.scores.band) == ("Very Low", "Top")

    def test_a_focal_length_keeps_its_fraction_and_a_whole_one_stays_whole(self, store: SqliteStore) -> None:
        ids = add_photos(store, 4)
        found = [ExifFacts(Exif(focal_length_mm=each)) for each in (4.25, 807365 / 119471, 4.0, 4)]
        with store.writing() as tx:
            for photo_id, facts in zip(ids, found, strict=True):
                tx.photos.write_facts(photo_id, facts, NOON)
            lengths = [photo.exif.focal_length_mm for photo in tx.photos.many(ids)]
            near = tx.photos.ids(PhotoFilter(query=parse("mm:4..5")))
        assert [repr(each) for each in lengths] == ["4.25", repr(807365 / 119471), "4", "4"]
        assert set(near) == {ids[0], ids[2], ids[3]}

    def test_touching_leaves_a_lease_alone(self, store: SqliteStore) -> None:
        add_photos(store, 1)
        [held] = claim(store)
        with store.writing() as tx:
            tx.photos.touch(held.photo, NOON)
            assert tx.queue.is_held(held)
            assert tx.photos.get(held.photo.id).version == held.photo.version + 1

    def test_a_model_never_overwrites_a_person(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        mine = Text("en", Field.CAPTION, "Mine.", Source.PERSON)
        model = Text("en", Field.CAPTION, "The model's.", Source.MODEL, model="m")
        alt = Text("en", Field.ALT_TEXT, "The model's.", Source.MODEL, model="m")
        with store.writing() as tx:
            tx.photos.put_text(photo_id, mine, NOON)
            tx.photos.write_facts(photo_id, CaptionFacts((model, alt)), NOON)
            photo = tx.photos.get(photo_id)
        assert photo.text("en", Field.CAPTION) == mine
        assert photo.text("en", Field.ALT_TEXT) == alt

    def test_a_locked_text_stays(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        locked = Text("en", Field.CAPTION, "Kept.", Source.MODEL, locked=True)
        with store.writing() as tx:
            tx.photos.put_text(photo_id, locked, NOON)
            tx.photos.write_facts(photo_id, CaptionFacts((replace(locked, value="New.", locked=False),)), NOON)
            assert tx.photos.get(photo_id).text("en", Field.CAPTION) == locked

    def test_facts_come_back_as_they_were_written(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        exif = Exif(date_time="2024:06:01 10:00:00", camera="Canon EOS R5", iso=200, orientation=6, has_gps=True)
        with store.writing() as tx:
            tx.photos.write_facts(photo_id, ExifFacts(exif), NOON)
            assert tx.photos.get(photo_id).exif == exif

    def test_the_reviewers_band_survives_a_new_measurement(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with store.writing() as tx:
            write_row(tx, photo_id, {"qr_by_person": 9.0, "band": "Top"})
            tx.photos.write_facts(photo_id, QualityFacts(Scores(qr=2.0, band="Very Low"), 6, 4), NOON)
            photo = tx.photos.get(photo_id)
        assert (photo.qr, photo.scores.qr, photo.scores.band) == (9.0, 2.0, "Top")

    def test_a_search_finds_accents_in_either_case(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with store.writing() as tx:
            tx.photos.put_text(photo_id, Text("en", Field.CAPTION, "Élan 100%", Source.PERSON), NOON)
        with store.reading() as tx:
            assert [photo.id for photo in tx.photos.page(PhotoFilter(search="élan 100%"))] == [photo_id]
            assert not tx.photos.page(PhotoFilter(search="élan_100"))

    def test_pages_follow_one_another_without_gap(self, store: SqliteStore) -> None:
        ids = add_photos(store, 7)
        seen: list[int] = []
        with store.reading() as tx:
            while page := tx.photos.page(PhotoFilter(), after=seen[-1] if seen else None, limit=3):
                seen += [photo.id for photo in page]
        assert seen == list(ids)

    def test_photos_are_counted_by_month_of_intake_and_by_year_and_camera(self, store: SqliteStore) -> None:
        ids = add_photos(store, 8)
        months = (1, 1, 2, 7, 12, 12, 12, 12)
        taken = ("2012:05:04 11:32:07", "2012é", "2026:01:01 00:00:00", None, "    :  :  ", "2026:02:01", "", "20")
        cameras = ("Caméra É", "Caméra É", "Caméra É", "X100", "X100", None, "Caméra É", "Caméra É")
        with store.writing() as tx:
            for photo_id, month, date_time, camera in zip(ids, months, taken, cameras, strict=True):
                at = NOON.replace(month=month)
                write_row(tx, photo_id, {"created_at": at, "date_time": date_time, "camera": camera})
            assert tx.figures.taken_in_by_month() == {"2026-01": 2, "2026-02": 1, "2026-07": 1, "2026-12": 4}
            by_year = {"20": {"Caméra É": 1}, "2012": {"Caméra É": 2}, "2026": {"Caméra É": 1}}
            assert tx.figures.cameras_by_year() == by_year

    def test_an_empty_queue_adds_up_to_nothing(self, store: SqliteStore) -> None:
        with store.reading() as tx:
            assert (tx.figures.taken_in_by_month(), tx.figures.cameras_by_year()) == ({}, {})

    def test_an_unknown_photo_is_named(self, store: SqliteStore) -> None:
        with pytest.raises(NotFound, match="no photo 77"), store.reading() as tx:
            tx.photos.get(77)

    @pytest.mark.parametrize(("step", "status"), POSSIBLE)
    @pytest.mark.parametrize("needs_work", [True, False])
    def test_the_word_of_a_photo_is_the_same_in_sql_and_python(
        self, store: SqliteStore, step: str, status: Status, needs_work: bool
    ) -> None:
        [photo_id] = add_photos(store, 1)
        with store.writing() as tx:
            approval = tx.approvals.add(photo_id, 1, "0" * 64, 1, "ann", NOON)
            values = {"step": step, "status": status.value, "approval_id": approval, "needs_work": needs_work}
            write_row(tx, photo_id, values)
            word = review_status(tx.photos.get(photo_id))
            assert tx.photos.count_by_status() == {word: 1}
            assert [tx.photos.count(PhotoFilter(review_status=each)) for each in ReviewStatus] == [
                int(each is word) for each in ReviewStatus
            ]

    def test_deleting_a_photo_leaves_its_history(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        with store.writing() as tx:
            photo = tx.photos.get(photo_id)
            tx.photos.put_text(photo_id, Text("en", Field.CAPTION, "x", Source.PERSON), NOON)
            tx.photos.delete(photo_id)
            assert tx.connection.execute(sql("SELECT count(*) FROM photo_text")).scalar() == 0
            assert tx.photos.add(photo.set_id, new_photo("later"), Position("exif", Status.QUEUED), NOON) > photo_id


class TestNames:
    def reservation(self, number: int, photo_id: int | None = 1) -> Reservation:
        return Reservation(f"cat_{number:03}", f"Cat_{number:03}.JPG", "cat", number, photo_id)

    def test_a_name_is_held_by_one_photo(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.names.reserve(self.reservation(1), NOON)
        with pytest.raises(NameTaken), store.writing() as tx:
            tx.names.reserve(self.reservation(1, photo_id=2), NOON)

    def test_of_many_names_all_are_held_or_none(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.names.reserve(self.reservation(2), NOON)
        with pytest.raises(NameTaken, match=r"Cat_002\.JPG"), store.writing() as tx:
            tx.names.reserve_all([self.reservation(number, photo_id=number) for number in (1, 2, 3)], NOON)
        with store.reading() as tx:
            assert tx.names.held(["cat_001", "cat_002", "cat_003"]) == {"cat_002"}

    def test_a_name_wanted_twice_at_once_is_refused(self, store: SqliteStore) -> None:
        twice = [self.reservation(1, photo_id=1), self.reservation(1, photo_id=2)]
        with pytest.raises(NameTaken, match=r"Cat_001\.JPG"), store.writing() as tx:
            tx.names.reserve_all(twice, NOON)

    def test_a_released_name_is_free_and_a_published_one_never(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.names.reserve(self.reservation(1), NOON)
            tx.names.release(1, NOON)
            assert tx.names.highest(["cat"]) == {}
            tx.names.reserve(self.reservation(1, photo_id=2), NOON)
            tx.names.publish(2, NOON)
            tx.names.release(2, NOON)
            assert tx.names.is_frozen(2)
            assert tx.names.highest(["cat"]) == {"cat": 1}

    def test_importing_twice_adds_nothing(self, store: SqliteStore) -> None:
        names = [self.reservation(number, None) for number in (1, 2)]
        with store.writing() as tx:
            assert tx.names.import_names(names, NOON) == 2
            assert tx.names.import_names(names, NOON) == 0
            assert tx.names.all_held() == ["Cat_001.JPG", "Cat_002.JPG"]


class TestSets:
    def test_slugs_are_readable_and_never_shared(self, store: SqliteStore) -> None:
        assert [add_set(store, title).slug for title in ("Café au lait!", "Café au lait!", "2024", "😀")] == [
            "café-au-lait",
            "café-au-lait-2",
            "set-2024",
            "set",
        ]


class TestDatabase:
    def test_migrations_make_exactly_the_declared_tables(self, store: SqliteStore) -> None:
        with store.engine.connect() as connection:
            # the tables of the full-text index are SQLite's own
            options = {"include_name": lambda name, *_: not str(name).startswith(WORDS)}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []

    def test_migrating_twice_changes_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "review.db"
        assert migrate(path, tmp_path / "backups") == migrate(path, tmp_path / "backups")
        assert not (tmp_path / "backups").exists()

    def test_a_database_of_another_version_is_refused(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "review.db")
        with pytest.raises(DatabaseOutdated, match="lightgate migrate"):
            require_current(store.engine, store.path)
        store.close()

    def test_a_database_of_a_newer_program_is_left_as_it_is(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.connection.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseTooNew, match="newer Lightgate"):
            require_current(store.engine, store.path)
        with pytest.raises(DatabaseTooNew):
            migrate(store.path, store.path.parent / "backups")
        assert not (store.path.parent / "backups").exists()

    def test_the_newest_revision_is_the_one_that_alembic_comes_to(self, tmp_path: Path) -> None:
        path = tmp_path / "review.db"
        migrate(path, tmp_path / "backups")
        store = SqliteStore(path)
        with store.engine.connect() as connection:
            script = ScriptDirectory(str(Path(migrations.__file__).parent))
            assert MigrationContext.configure(connection).get_current_heads() == (newest_revision(),)
            assert script.get_heads() == [newest_revision()]
        store.close()

    def test_a_backup_of_a_database_in_use_is_whole(self, store: SqliteStore, tmp_path: Path) -> None:
        add_photos(store, 3)
        copy = SqliteStore(back_up(store.path, tmp_path / "copies", "test"))
        with copy.reading() as tx:
            assert tx.photos.count(PhotoFilter()) == 3
        copy.close()

    def test_a_lock_held_too_long_is_said_in_words(self, store: SqliteStore) -> None:
        impatient = SqliteStore(store.path, durable=False, busy_timeout_s=0.05)
        is_held, may_end = threading.Event(), threading.Event()

        def hold() -> None:
            with store.writing():
                is_held.set()
                may_end.wait(10)

        holder = threading.Thread(target=hold)
        holder.start()
        is_held.wait(10)
        with pytest.raises(StoreBusy), impatient.writing():
            pass
        may_end.set()
        holder.join()
        impatient.close()

    def test_a_view_does_not_wait_for_a_writer(self, store: SqliteStore) -> None:
        if choose_journal_mode(store.path) != "WAL":
            pytest.skip("in DELETE mode readers wait for writers")
        add_photos(store, 1)
        with store.writing() as tx:
            tx.notes.put("a", "b", NOON)
            with store.reading() as view:
                assert view.notes.get("a") is None
                assert view.photos.count(PhotoFilter()) == 1

    @pytest.mark.parametrize(
        ("version", "is_safe"),
        [
            ((3, 40, 1), False),
            ((3, 44, 5), False),
            ((3, 44, 6), True),
            ((3, 46, 1), False),
            ((3, 50, 4), False),
            ((3, 50, 7), True),
            ((3, 51, 2), False),
            ((3, 51, 3), True),
            ((3, 53, 4), True),
        ],
    )
    def test_wal_is_used_only_where_the_library_is_fixed(
        self, tmp_path: Path, version: tuple[int, int, int], is_safe: bool
    ) -> None:
        assert is_safe_for_wal(version) is is_safe
        assert choose_journal_mode(tmp_path / "new.db", version) == ("WAL" if is_safe else "DELETE")

    def test_an_unsafe_library_refuses_a_database_in_wal_mode(self, store: SqliteStore) -> None:
        if not is_safe_for_wal(library_version()):
            pytest.skip("this library never makes a WAL database")
        with pytest.raises(UnsafeDatabase, match="pysqlite3"):
            choose_journal_mode(store.path, (3, 40, 1))

    def test_a_database_made_in_delete_mode_stays_so(self, tmp_path: Path) -> None:
        path = tmp_path / "old.db"
        assert choose_journal_mode(path, (3, 40, 1)) == "DELETE"
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE t(a)")
        connection.commit()
        connection.close()
        assert choose_journal_mode(path, (3, 53, 4)) == "DELETE"
