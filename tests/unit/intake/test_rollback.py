"""Undoing: the state before the submit comes back byte for byte, and nothing public is undone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lightgate.domain.photo import LedgerState, Publication
from lightgate.domain.route.pipeline import Result, Status, advance
from lightgate.errors import IllegalMove, InputInvalid, NotFound
from lightgate.files.locks import shared
from lightgate.intake import IntakeDesk, finish_moves, rollback, submit, sweep, sweep_when_due
from lightgate.store import Event
from support.desks import all_photos, canals, card, contents, copies, make_desk, photograph, read_exif_and_name
from support.stores import NOON, bring_to

LONG_AFTER = NOON.replace(year=2100)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[IntakeDesk]:
    made = make_desk(tmp_path / "data")
    yield made
    made.store.close()


@pytest.fixture
def dcim(tmp_path: Path) -> Path:
    return card(tmp_path / "card" / "DCIM")


def held(desk: IntakeDesk) -> Sequence[str]:
    with desk.store.reading() as tx:
        return tx.names.all_held()


def events(desk: IntakeDesk, photo_id: int) -> Sequence[Event]:
    with desk.store.reading() as tx:
        return tx.events.of_photo(photo_id)


class TestRollback:
    @pytest.mark.parametrize("move", [False, True])
    def test_everything_is_as_before(self, desk: IntakeDesk, dcim: Path, move: bool) -> None:
        before = contents(dcim)
        slug = submit(desk, [canals(dcim, move=move)])[0].slug
        assert (contents(dcim) == before) is not move
        read_exif_and_name(desk)
        for photo in all_photos(desk):
            proxies = desk.folder.proxy_files(photo.content_hash)
            photograph(proxies.view)
        report = rollback(desk, slug or "", "ann")
        assert (report.removed, report.freed, report.copies_remain) == (3, 3, False)
        assert len(report.restored) == (3 if move else 0)
        assert contents(dcim) == before
        assert (copies(desk), held(desk), all_photos(desk)) == ([], [], [])
        assert list(contents(desk.folder.proxies)) == []

    def test_the_set_stays_as_a_tombstone_with_its_history(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        rollback(desk, 1, "ann")
        with desk.store.reading() as tx:
            assert tx.sets.get(1).rolled_back_at == NOON
        last = events(desk, 1)[-1]
        assert (last.kind, last.name, last.actor, last.old) == ("decision", "rolled_back", "ann", "exif:queued")

    def test_the_same_folder_can_be_taken_in_again_under_the_same_names(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        names = read_exif_and_name(desk)
        rollback(desk, 1, "ann")
        submit(desk, [canals(dcim)])
        assert read_exif_and_name(desk) == names

    def test_a_second_rollback_changes_nothing(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        rollback(desk, 1, "ann")
        assert rollback(desk, 1, "ann").removed == 0

    def test_a_rejected_photo_goes_too(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim, move=True)])
        photo = all_photos(desk)[0]
        with desk.store.writing() as tx:
            tx.photos.move(photo, advance(photo.position, Result.REJECTED, desk.route), NOON)
        aside = desk.folder.set_aside(photo.content_hash, photo.suffix)
        aside.parent.mkdir(parents=True)
        desk.folder.original(photo.content_hash, photo.suffix).rename(aside)
        rollback(desk, 1, "ann")
        assert len(contents(dcim)) == 3
        assert not aside.exists()

    def test_an_unknown_set_is_said(self, desk: IntakeDesk) -> None:
        with pytest.raises(NotFound, match="There is no set nothing"):
            rollback(desk, "nothing", "ann")

    def test_a_live_photo_stops_it(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        with desk.store.writing() as tx:
            tx.publications.put(2, Publication("folder", LedgerState.LIVE, "x.JPG", {}), NOON)
        with pytest.raises(IllegalMove, match=r"Photo 2 .* is on the website: unpublish it first"):
            rollback(desk, 1, "ann")
        assert len(all_photos(desk)) == 3

    def test_a_released_photo_stops_it(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        bring_to(desk.store, 2, "publish")
        with pytest.raises(IllegalMove, match=r"Photo 2 .* is released"):
            rollback(desk, 1, "ann")

    def test_a_photo_in_a_workers_hands_stops_it_and_the_rest_is_held(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        with desk.store.writing() as tx:
            claim = tx.queue.claim(desk.route[0], "worker", 1, NOON, NOON)[0]
        with pytest.raises(IllegalMove, match=r"Photo 1 is being worked on \(exif; 1 in all\)"):
            rollback(desk, 1, "ann")
        with desk.store.writing() as tx:
            assert tx.queue.count_ready(NOON) == {}
            assert tx.queue.count_ready(NOON + timedelta(minutes=11)) == {"exif": 2}
            after = advance(claim.photo.position, Result.DONE, desk.route)
            assert tx.queue.settle(1, claim.token, after, NOON)
        assert rollback(desk, 1, "ann").removed == 3

    def test_a_name_that_was_published_once_stays_taken(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        names = read_exif_and_name(desk)
        with desk.store.writing() as tx:
            tx.names.publish(1, NOON)
        assert rollback(desk, 1, "ann").freed == 2
        assert held(desk) == [names["IMG_0000.JPG"]]


class TestPuttingBack:
    def test_a_file_that_stands_there_now_is_never_overwritten(self, desk: IntakeDesk, dcim: Path) -> None:
        before = contents(dcim)
        submit(desk, [canals(dcim, move=True)])
        photograph(dcim / "IMG_0001.JPG", 77)
        newer = (dcim / "IMG_0001.JPG").read_bytes()
        rollback(desk, 1, "ann")
        after = contents(dcim)
        assert after["IMG_0001.JPG"][0] == newer
        assert after["IMG_0001_restored_001.JPG"] == before["IMG_0001.JPG"]
        assert len(after) == 4

    def test_a_folder_that_is_gone_stops_it_before_anything_is_changed(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim, move=True)])
        dcim.rmdir()
        with pytest.raises(InputInvalid, match="connect that disk or make that folder"):
            rollback(desk, 1, "ann")
        assert (len(all_photos(desk)), len(copies(desk))) == (3, 3)
        dcim.mkdir()
        assert len(rollback(desk, 1, "ann").restored) == 3

    def test_a_damaged_copy_stops_it(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim, move=True)])
        photo = all_photos(desk)[1]
        copy = desk.folder.original(photo.content_hash, photo.suffix)
        copy.chmod(0o600)
        copy.write_bytes(b"rot")
        with pytest.raises(InputInvalid, match=r"working copy of IMG_0001.JPG is missing or damaged"):
            rollback(desk, 1, "ann")
        assert len(all_photos(desk)) == 3

    def test_a_copy_that_another_set_uses_stays(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        photo = all_photos(desk)[0]
        with desk.store.writing() as tx:
            tx.photos.move(photo, advance(photo.position, Result.REJECTED, desk.route), NOON)
        submit(desk, [canals(dcim)])
        rollback(desk, 2, "ann")
        assert desk.folder.original(photo.content_hash, photo.suffix).exists()


class TestMoving:
    def test_sources_are_removed_after_their_rows_are_there(self, desk: IntakeDesk, dcim: Path) -> None:
        before = sorted(content for content, _, _ in contents(dcim).values())
        report = submit(desk, [canals(dcim, move=True)])[0]
        assert (report.moved, contents(dcim)) == (3, {})
        assert sorted((desk.folder.incoming / name).read_bytes() for name in copies(desk)) == before
        assert [(each.kind, each.name) for each in events(desk, 1)][-1] == ("source", "removed")

    def test_files_that_are_not_taken_in_stay(self, desk: IntakeDesk, dcim: Path) -> None:
        (dcim / "twin.jpg").write_bytes((dcim / "IMG_0000.JPG").read_bytes())
        (dcim / "notes.txt").write_text("hello")
        submit(desk, [canals(dcim, move=True)])
        assert sorted(contents(dcim)) == ["notes.txt", "twin.jpg"]

    def test_a_source_that_changed_after_the_commit_stays(self, desk: IntakeDesk, dcim: Path) -> None:
        class Overwriting:
            """The card is written to just when the workers are woken."""

            def wake(self, step: str) -> bool:
                photograph(dcim / "IMG_0001.JPG", 77)
                return True

        report = submit(replace(desk, dispatch=Overwriting()), [canals(dcim, move=True)])[0]  # type: ignore[arg-type]
        assert report.moved == 2
        assert [(each.name, each.reason) for each in report.kept] == [
            ("IMG_0001.JPG", "It changed after it was taken in.")
        ]
        assert list(contents(dcim)) == ["IMG_0001.JPG"]
        assert finish_moves(desk.store, desk.folder, NOON) == 0

    def test_an_unplugged_disk_is_waited_for(self, desk: IntakeDesk, dcim: Path, tmp_path: Path) -> None:
        class Unplugging:
            def wake(self, step: str) -> bool:
                dcim.rename(tmp_path / "away")
                return True

        report = submit(replace(desk, dispatch=Unplugging()), [canals(dcim, move=True)])[0]  # type: ignore[arg-type]
        assert (report.moved, report.kept) == (0, ())
        assert finish_moves(desk.store, desk.folder, NOON) == 0
        (tmp_path / "away").rename(dcim)
        assert finish_moves(desk.store, desk.folder, NOON) == 3
        assert contents(dcim) == {}

    def test_a_source_is_kept_when_its_copy_is_damaged_meanwhile(
        self, desk: IntakeDesk, dcim: Path, tmp_path: Path
    ) -> None:
        class Unplugging:
            def wake(self, step: str) -> bool:
                dcim.rename(tmp_path / "away")
                return True

        submit(replace(desk, dispatch=Unplugging()), [canals(dcim, move=True)])  # type: ignore[arg-type]
        shutil.rmtree(desk.folder.incoming)
        (tmp_path / "away").rename(dcim)
        finish_moves(desk.store, desk.folder, NOON)
        assert len(contents(dcim)) == 3


class TestSweeping:
    def stray(self, desk: IntakeDesk) -> Path:
        return photograph(desk.folder.original("ab" * 32, ".jpg"))

    def test_files_without_a_row_go_after_an_hour(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        strays = [self.stray(desk), photograph(desk.folder.proxy_files("cd" * 32).view)]
        strays.append(photograph(desk.folder.set_aside("ef" * 32, ".jpg")))
        staging = desk.folder.incoming / ".staging-0000"
        photograph(staging / "0")
        assert sweep(desk.store, desk.folder, NOON.replace(year=1990)) == 0
        assert sweep(desk.store, desk.folder, LONG_AFTER) == 4
        assert not any(path.exists() for path in (*strays, staging))
        assert len(copies(desk)) == 3

    def test_files_of_rejected_photos_stay(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        for photo in all_photos(desk):
            with desk.store.writing() as tx:
                tx.photos.move(photo, replace(photo.position, status=Status.REJECTED), NOON)
        assert sweep(desk.store, desk.folder, LONG_AFTER) == 0

    def test_files_of_other_names_are_not_ours(self, desk: IntakeDesk) -> None:
        other = photograph(desk.folder.incoming / "ab" / "holiday.jpg")
        sweep(desk.store, desk.folder, LONG_AFTER)
        assert other.exists()

    def test_nothing_is_swept_while_somebody_submits(self, desk: IntakeDesk) -> None:
        stray = self.stray(desk)
        with shared(desk.folder.intake_lock):
            assert sweep(desk.store, desk.folder, LONG_AFTER) == 0
        assert stray.exists()

    def test_it_is_due_once_an_hour(self, desk: IntakeDesk) -> None:
        self.stray(desk)
        assert sweep_when_due(desk.store, desk.folder, LONG_AFTER) == 1
        self.stray(desk)
        assert sweep_when_due(desk.store, desk.folder, LONG_AFTER + timedelta(minutes=59)) == 0
        assert sweep_when_due(desk.store, desk.folder, LONG_AFTER + timedelta(minutes=61)) == 1
