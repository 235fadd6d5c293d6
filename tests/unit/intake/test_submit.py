"""Submitting: what is taken in, what is named and left, and that nothing is ever half done."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.errors import CatalogueUnreachable, InputInvalid, NameTooLong, SourceChanged, StorageFull
from lightgate.intake import IntakeDesk, plan, submit, sweep
from lightgate.ports.pictures import Header
from support.desks import all_photos, canals, card, contents, copies, make_desk, photograph, read_exif_and_name
from support.raw_files import write_dng
from support.stores import NOON, Sent


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[IntakeDesk]:
    made = make_desk(tmp_path / "data")
    yield made
    made.store.close()


@pytest.fixture
def dcim(tmp_path: Path) -> Path:
    return card(tmp_path / "card" / "DCIM")


def reasons(skipped: object) -> dict[str, str]:
    return {each.name: each.reason for each in skipped}  # type: ignore[attr-defined]


class TestTakingIn:
    def test_a_folder_becomes_a_set_with_verified_copies_and_sources_stay(self, desk: IntakeDesk, dcim: Path) -> None:
        before = contents(dcim)
        report = submit(desk, [canals(dcim, brief="Canal tour", languages=("en", "nl"), on_error="rollback")])[0]
        assert (report.slug, len(report.photo_ids)) == ("canal-houses-amsterdam", 3)
        photos = all_photos(desk)
        assert [photo.position.step for photo in photos] == ["exif"] * 3
        assert [photo.original_file_name for photo in photos] == ["IMG_0000.JPG", "IMG_0001.JPG", "IMG_0002.JPG"]
        for photo in photos:
            original = desk.folder.original(photo.content_hash, photo.suffix)
            assert original.read_bytes() == (dcim / photo.relative_path).read_bytes()
        assert contents(dcim) == before
        with desk.store.reading() as tx:
            stored = tx.sets.get("canal-houses-amsterdam")
        assert (stored.brief, stored.languages, stored.on_error) == ("Canal tour", ("en", "nl"), "rollback")
        assert stored.source == str(dcim)

    def test_workers_are_woken_after_the_rows_are_there(self, desk: IntakeDesk, dcim: Path) -> None:
        class Looking(Sent):
            def wake(self, step: str) -> bool:
                assert len(all_photos(desk)) == 3
                return super().wake(step)

        sent = Looking()
        submit(replace(desk, dispatch=sent), [canals(dcim)])
        assert sent.steps == ["exif"]

    def test_every_copied_photo_is_counted(self, desk: IntakeDesk, dcim: Path) -> None:
        seen: list[tuple[int, int]] = []
        submit(desk, [canals(dcim)], progress=lambda done, total: seen.append((done, total)))
        assert seen == [(1, 3), (2, 3), (3, 3)]

    def test_the_second_submit_of_a_folder_takes_in_nothing_and_says_where_it_is(
        self, desk: IntakeDesk, dcim: Path
    ) -> None:
        submit(desk, [canals(dcim)])
        report = submit(desk, [canals(dcim)])[0]
        assert (report.slug, report.photo_ids) == (None, ())
        assert reasons(report.skipped)["IMG_0001.JPG"].endswith("photo 2 of the set canal-houses-amsterdam.")
        assert len(all_photos(desk)) == 3

    def test_a_folder_that_grew_is_taken_in_where_it_grew(self, desk: IntakeDesk, dcim: Path) -> None:
        submit(desk, [canals(dcim)])
        photograph(dcim / "IMG_0003.JPG", 3)
        report = submit(desk, [canals(dcim)])[0]
        assert (len(report.photo_ids), len(report.skipped)) == (1, 3)
        assert report.slug == "canal-houses-amsterdam-2"

    def test_equal_files_come_in_once(self, desk: IntakeDesk, dcim: Path) -> None:
        (dcim / "A_copy.JPG").write_bytes((dcim / "IMG_0001.JPG").read_bytes())
        os.link(dcim / "IMG_0002.JPG", dcim / "Z_link.JPG")
        report = submit(desk, [canals(dcim)])[0]
        assert len(report.photo_ids) == 3
        assert reasons(report.skipped) == {
            "IMG_0001.JPG": "It is the same picture as A_copy.JPG.",
            "Z_link.JPG": "It is the same picture as IMG_0002.JPG.",
        }

    def test_files_of_one_name_in_two_folders_are_two_photos(self, desk: IntakeDesk, tmp_path: Path) -> None:
        photograph(tmp_path / "card/a/IMG.JPG", 1)
        photograph(tmp_path / "card/b/IMG.JPG", 2)
        submit(desk, [canals(tmp_path / "card", recursive=True)])
        assert [photo.relative_path for photo in all_photos(desk)] == ["a/IMG.JPG", "b/IMG.JPG"]

    def test_named_files_are_taken_from_several_folders_once_each(self, desk: IntakeDesk, tmp_path: Path) -> None:
        one, two = photograph(tmp_path / "card/a/IMG.JPG", 1), photograph(tmp_path / "card/b/IMG.JPG", 2)
        submit(desk, [canals(one, two, tmp_path / "card/a")])
        assert [photo.relative_path for photo in all_photos(desk)] == ["a/IMG.JPG", "b/IMG.JPG"]

    @pytest.mark.parametrize(("format_", "ending", "suffix"), [
        ("PNG", ".png", ".png"), ("TIFF", ".TIFF", ".tif"), ("WEBP", ".webp", ".webp"), ("JPEG", ".jpeg", ".jpg"),
        ("PNG", ".jpg", ".png"),
    ])  # fmt: skip
    def test_other_formats_come_in_under_their_own_ending(
        self, desk: IntakeDesk, tmp_path: Path, format_: str, ending: str, suffix: str
    ) -> None:
        photograph(tmp_path / "card" / f"one{ending}", format_=format_)
        submit(desk, [canals(tmp_path / "card")])
        assert [photo.suffix for photo in all_photos(desk)] == [suffix]
        assert copies(desk)[0].endswith(suffix)

    @pytest.mark.parametrize(
        "name", [b"R&B 'n' \"soul\".jpg", b"new\nline.jpg", "🎉 写真.jpg".encode(), b"\xff\xfe.jpg", b"back\\slash.jpg"]
    )
    def test_a_file_of_any_name_comes_in_and_is_found_again(
        self, desk: IntakeDesk, tmp_path: Path, name: bytes
    ) -> None:
        photograph(tmp_path / "plain.jpg")
        folder = tmp_path / "card"
        folder.mkdir()
        (tmp_path / "plain.jpg").rename(folder / os.fsdecode(name))
        report = submit(desk, [canals(folder, move=True)])[0]
        assert (len(report.photo_ids), report.moved) == (1, 1)
        assert list(folder.iterdir()) == []
        assert len(all_photos(desk)[0].original_file_name.splitlines()) == 1


class TestWhatIsLeft:
    def test_each_file_that_cannot_be_taken_in_has_its_line_and_the_rest_go_on(
        self, desk: IntakeDesk, dcim: Path
    ) -> None:
        (dcim / "empty.jpg").touch()
        (dcim / "words.jpg").write_text("not a picture")
        (dcim / "raw.CR2").write_bytes(b"II*\0")
        (dcim / "notes.txt").write_text("hello")
        (dcim / "noending").write_text("hello")
        os.mkfifo(dcim / "pipe.jpg")
        (dcim / "sub.jpg").mkdir()
        report = submit(desk, [canals(dcim)])[0]
        assert len(report.photo_ids) == 3
        found = reasons(report.skipped)
        assert found.pop("words.jpg")
        assert found == {
            "empty.jpg": "The file is empty.",
            "raw.CR2": "The picture cannot be read: the beginning of this TIFF file is damaged or missing.",
            "notes.txt": ".txt files are not taken in.",
            "noending": "Files without an ending are not taken in.",
            "pipe.jpg": "It is not a file.",
        }
        assert report.left == ("1 folder (--recursive goes into them)",)

    def test_a_raw_file_alone_is_taken_in_as_such(self, desk: IntakeDesk, tmp_path: Path) -> None:
        (tmp_path / "raws").mkdir()
        write_dng(tmp_path / "raws" / "DSC_1.NEF", None)
        report = submit(desk, [canals(tmp_path / "raws")])[0]
        assert (len(report.photo_ids), report.skipped) == (1, ())
        (photo,) = all_photos(desk)
        assert (photo.original_file_name, photo.suffix) == ("DSC_1.NEF", ".raw")

    def test_a_raw_file_beside_its_picture_is_left_there(self, desk: IntakeDesk, dcim: Path) -> None:
        picture = next(each for each in dcim.iterdir() if each.suffix.lower() == ".jpg")
        write_dng(picture.with_suffix(".DNG"), None)
        report = submit(desk, [canals(dcim)])[0]
        assert picture.name not in reasons(report.skipped)
        assert "1 RAW file (beside its picture)" in report.left

    def test_only_one_name_in_one_folder_makes_a_pair(self, desk: IntakeDesk, tmp_path: Path) -> None:
        card_ = tmp_path / "card"
        for number, name in enumerate(["DSC_1.JPG", "DSC_2-edit.jpg", "jpeg/DSC_3.jpg"]):
            photograph(card_ / name, number)
        for number, name in enumerate(["dsc_1.NEF", "DSC_2.NEF", "raw/DSC_3.NEF"], 1):
            (card_ / name).parent.mkdir(exist_ok=True)
            (card_ / name).write_bytes(write_dng(tmp_path / "any.dng", None).read_bytes() + bytes(number))
        report = submit(desk, [canals(card_, recursive=True, move=True)])[0]
        assert sorted(photo.relative_path for photo in all_photos(desk)) == [
            "DSC_1.JPG", "DSC_2-edit.jpg", "DSC_2.NEF", "jpeg/DSC_3.jpg", "raw/DSC_3.NEF",
        ]  # fmt: skip
        assert report.left == ("1 RAW file (beside its picture)",)
        assert list(contents(card_)) == ["dsc_1.NEF"]

    def test_a_raw_file_comes_in_where_its_picture_is_damaged(self, desk: IntakeDesk, dcim: Path) -> None:
        picture = next(each for each in dcim.iterdir() if each.suffix.lower() == ".jpg")
        write_dng(picture.with_suffix(".DNG"), None)
        picture.write_bytes(picture.read_bytes()[:20])
        report = submit(desk, [canals(dcim)])[0]
        assert "beginning" in reasons(report.skipped)[picture.name]
        assert report.left == ()
        assert picture.with_suffix(".DNG").name in {photo.original_file_name for photo in all_photos(desk)}

    def test_a_damaged_raw_file_beside_its_picture_is_no_matter(self, desk: IntakeDesk, dcim: Path) -> None:
        picture = next(each for each in dcim.iterdir() if each.suffix.lower() == ".jpg")
        picture.with_suffix(".CR2").write_bytes(b"no raw file")
        report = submit(desk, [canals(dcim)])[0]
        assert report.skipped == ()
        assert "1 RAW file (beside its picture)" in report.left

    def test_a_truncated_header_and_a_pixel_bomb_are_named(self, desk: IntakeDesk, dcim: Path) -> None:
        whole = (dcim / "IMG_0000.JPG").read_bytes()
        (dcim / "cut.jpg").write_bytes(whole[:40])
        bomb = whole.replace(b"\xff\xc0\x00\x11\x08\x00\x1e\x00\x28", b"\xff\xc0\x00\x11\x08\xff\xff\xff\xff")
        (dcim / "bomb.jpg").write_bytes(bomb)
        report = submit(desk, [canals(dcim)])[0]
        assert len(report.photo_ids) == 3
        assert "megapixels" in reasons(report.skipped)["bomb.jpg"]
        assert "cannot be read" in reasons(report.skipped)["cut.jpg"]

    def test_links_stay_in_their_folder(self, desk: IntakeDesk, dcim: Path, tmp_path: Path) -> None:
        outside = photograph(tmp_path / "elsewhere" / "secret.jpg", 9)
        (dcim / "out.jpg").symlink_to(outside)
        (dcim / "within.jpg").symlink_to(dcim / "IMG_0001.JPG")
        (dcim / "nowhere.jpg").symlink_to(dcim / "gone.jpg")
        (dcim / "loop.jpg").symlink_to(dcim / "loop.jpg")
        (dcim / "folder.jpg").symlink_to(dcim)
        report = submit(desk, [canals(dcim, recursive=True)])[0]
        assert len(report.photo_ids) == 3
        assert reasons(report.skipped) == {
            "out.jpg": "It is a link to something outside the folder.",
            "within.jpg": "It is the same picture as IMG_0001.JPG.",
            "nowhere.jpg": "It leads nowhere.",
            "loop.jpg": "It leads nowhere.",
            "folder.jpg": "It is a link to a folder.",
        }

    def test_a_named_file_that_links_elsewhere_is_not_followed(
        self, desk: IntakeDesk, dcim: Path, tmp_path: Path
    ) -> None:
        outside = photograph(tmp_path / "elsewhere" / "secret.jpg", 9)
        (dcim / "out.jpg").symlink_to(outside)
        report = plan(desk, [canals(dcim / "out.jpg", dcim / "IMG_0000.JPG")])[0]
        assert reasons(report.skipped) == {"out.jpg": "It is a link to something outside the folder."}

    def test_hidden_files_and_sidecars_are_counted_not_named(self, desk: IntakeDesk, dcim: Path) -> None:
        for name in (".DS_Store", ".notes", "Thumbs.db", "IMG_0000.xmp", "IMG_0001.XMP", "IMG_0000.THM"):
            (dcim / name).touch()
        report = submit(desk, [canals(dcim)])[0]
        assert report.left == (
            "1 sidecar (.thm)",
            "2 sidecars (.xmp)",
            "1 file called .* (hidden)",
            "1 file called .DS_Store (resource forks and notes of macOS)",
            "1 file called Thumbs.db (thumbnails)",
        )
        assert report.skipped == ()

    def test_a_file_over_the_limit_is_named(self, desk: IntakeDesk, dcim: Path) -> None:
        with (dcim / "large.jpg").open("wb") as large:
            large.truncate(3_000_000)
        report = plan(replace(desk, max_file_mb=2), [canals(dcim)])[0]
        assert reasons(report.skipped)["large.jpg"].startswith("The file has 3 MB; the limit is 2 MB")

    def test_a_picture_that_is_live_already_is_a_warning(self, desk: IntakeDesk, dcim: Path) -> None:
        class Asked:
            def has_capture(self, original_file_name: str, date_time: str) -> bool:
                return (original_file_name, date_time) == ("IMG_0001.JPG", "2024:05:01 12:00:01")

        report = submit(replace(desk, catalogue=Asked()), [canals(dcim)])[0]  # type: ignore[arg-type]
        assert len(report.photo_ids) == 3
        assert report.warnings == ("IMG_0001.JPG: a photo of this name and capture time is on the website already.",)

    def test_a_catalogue_that_does_not_answer_is_a_warning(self, desk: IntakeDesk, dcim: Path) -> None:
        class Away:
            def has_capture(self, original_file_name: str, date_time: str) -> bool:
                raise CatalogueUnreachable(reason="no answer")

        report = submit(replace(desk, catalogue=Away()), [canals(dcim)])[0]  # type: ignore[arg-type]
        assert len(report.warnings) == 1
        assert len(report.photo_ids) == 3


class TestRefusals:
    @pytest.mark.parametrize(("changes", "says"), [
        ({"subject": "  "}, "The subject is missing"),
        ({"location": "a\nb"}, "The location holds a control character"),
        ({"folder": "\udcff"}, "The folder holds a control character"),
        ({"subject": "🎉"}, "no letter or digit"),
        ({"subject": "x" * 201}, "201 characters"),
        ({"brief": "a\0b"}, "The brief holds control characters"),
        ({"brief": "a" * 10_001}, "10001 characters"),
        ({"languages": ()}, "at least one language"),
        ({"languages": ("english!",)}, "not a language tag"),
        ({"on_error": "panic"}, "wait or rollback"),
        ({"paths": ()}, "Name a folder"),
    ])  # fmt: skip
    def test_a_field_that_is_unusable_is_refused_in_a_sentence(
        self, desk: IntakeDesk, dcim: Path, changes: dict[str, object], says: str
    ) -> None:
        with pytest.raises(InputInvalid, match=says):
            submit(desk, [replace(canals(dcim), **changes)])  # type: ignore[arg-type]

    def test_a_folder_that_is_not_there_is_refused(self, desk: IntakeDesk, tmp_path: Path) -> None:
        with pytest.raises(InputInvalid, match="There is no file or folder"):
            submit(desk, [canals(tmp_path / "nowhere")])

    def test_a_folder_without_photographs_says_what_is_in_it(self, desk: IntakeDesk, dcim: Path) -> None:
        with pytest.raises(InputInvalid, match=r"no photographs in .*card \(1 folder \(--recursive"):
            submit(desk, [canals(dcim.parent)])

    def test_a_slip_in_the_last_set_stops_before_the_first(self, desk: IntakeDesk, dcim: Path) -> None:
        with pytest.raises(InputInvalid):
            submit(desk, [canals(dcim), canals(dcim, location="")])
        assert all_photos(desk) == []

    def test_a_name_over_the_limit_is_refused_before_anything_is_copied(self, desk: IntakeDesk, dcim: Path) -> None:
        with pytest.raises(NameTooLong, match="limit is 150"):
            submit(desk, [canals(dcim, subject="many words " * 12)])
        assert not desk.folder.incoming.exists()

    def test_a_disk_without_room_is_refused_before_anything_is_copied(self, desk: IntakeDesk, dcim: Path) -> None:
        with pytest.raises(StorageFull, match="Nothing was taken in"):
            submit(replace(desk, min_free_mb=1e9), [canals(dcim)])
        assert not desk.folder.incoming.exists()

    def test_a_source_that_changes_while_it_is_copied_stops_the_set_whole(self, desk: IntakeDesk, dcim: Path) -> None:
        class Growing(PillowHeaders):
            def read(self, file: Path) -> Header:
                header = super().read(file)
                with file.open("ab") as stream:
                    stream.write(b"more")
                return header

        with pytest.raises(SourceChanged, match=r"IMG_\d+.JPG could not be read to its end \(it changed meanwhile\)"):
            submit(replace(desk, headers=Growing(200, 100)), [canals(dcim)])
        assert (copies(desk), all_photos(desk)) == ([], [])

    def test_a_folder_that_vanishes_stops_the_set_whole(self, desk: IntakeDesk, dcim: Path) -> None:
        class Unplugged(PillowHeaders):
            def read(self, file: Path) -> Header:
                header = super().read(file)
                if file.name == "IMG_0002.JPG":
                    file.unlink()
                return header

        with pytest.raises(SourceChanged, match=r"IMG_0002.JPG .*\(it is gone\)"):
            submit(replace(desk, headers=Unplugged(200, 100)), [canals(dcim)])
        assert (copies(desk), all_photos(desk)) == ([], [])
        assert len(submit(desk, [canals(dcim)])[0].photo_ids) == 2

    def test_a_data_folder_that_cannot_be_written_is_said(self, desk: IntakeDesk, dcim: Path) -> None:
        desk.folder.incoming.write_text("in the way")
        with pytest.raises(InputInvalid, match=r"data cannot be written"):
            submit(desk, [canals(dcim)])


class TestDryRun:
    def test_it_gives_the_names_that_the_gate_gives_and_writes_nothing(self, desk: IntakeDesk, dcim: Path) -> None:
        photograph(dcim / "unknown.jpg", 7, camera=None)
        names = dict(plan(desk, [canals(dcim)])[0].names)
        assert {path.name for path in desk.folder.home.iterdir()} <= {"review.db", "review.db-shm", "review.db-wal"}
        assert all_photos(desk) == []
        submit(desk, [canals(dcim)])
        assert read_exif_and_name(desk) == names
        assert names["IMG_0001.JPG"] == "Canal_houses_Amsterdam_Street_Photography_Canon_EOS_R5_2024_002.JPG"
        assert names["unknown.jpg"] == "Canal_houses_Amsterdam_Street_Photography_001.JPG"

    def test_it_counts_on_from_names_in_the_queue_and_from_set_to_set(self, desk: IntakeDesk, tmp_path: Path) -> None:
        submit(desk, [canals(card(tmp_path / "one", 2))])
        read_exif_and_name(desk)
        photograph(tmp_path / "two" / "x.jpg", 11)
        photograph(tmp_path / "three" / "y.jpg", 12)
        plans = plan(desk, [canals(tmp_path / "two"), canals(tmp_path / "three")])
        assert [each.names[0][1][-7:] for each in plans] == ["003.JPG", "004.JPG"]

    def test_it_names_twins_without_copying(self, desk: IntakeDesk, dcim: Path) -> None:
        (dcim / "twin.jpg").write_bytes((dcim / "IMG_0000.JPG").read_bytes())
        assert reasons(plan(desk, [canals(dcim)])[0].skipped) == {"twin.jpg": "It is the same picture as IMG_0000.JPG."}


class TestRealFiles:
    def test_every_real_file_is_taken_in_or_has_its_line(self, desk: IntakeDesk, photos_dir: Path) -> None:
        report = submit(desk, [canals(photos_dir, recursive=True)])[0]
        hidden = sum(int(line.split()[0]) for line in report.left)
        files = [path for path in photos_dir.rglob("*") if path.is_file()]
        assert len(report.photo_ids) + len(report.skipped) + hidden == len(files)
        assert len(report.photo_ids) > 50
        assert all(each.reason.endswith((".", ")")) for each in report.skipped)
        assert None not in read_exif_and_name(desk).values()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
class TestPermissions:
    def test_a_file_that_may_not_be_read_has_its_line(self, desk: IntakeDesk, dcim: Path) -> None:
        (dcim / "IMG_0001.JPG").chmod(0)
        report = submit(desk, [canals(dcim)])[0]
        assert reasons(report.skipped) == {"IMG_0001.JPG": "There is no permission to read it."}

    def test_a_read_only_folder_cannot_be_moved_from(self, desk: IntakeDesk, dcim: Path) -> None:
        dcim.chmod(0o555)
        with pytest.raises(InputInvalid, match="is read-only, so --move cannot empty it"):
            submit(desk, [canals(dcim, move=True)])
        assert not desk.folder.incoming.exists()


class TestTogether:
    def test_two_submits_of_one_folder_at_once_make_one_set_of_photos(self, desk: IntakeDesk, tmp_path: Path) -> None:
        dcim = card(tmp_path / "many", 12)
        meeting = threading.Barrier(2)

        class Meeting(PillowHeaders):
            """Both have planned before one has copied."""

            def read(self, file: Path) -> Header:
                if file.name == "IMG_0011.JPG":
                    meeting.wait(30)
                return super().read(file)

        both = replace(desk, headers=Meeting(200, 100))
        reports = []
        threads = [
            threading.Thread(target=lambda: reports.extend(submit(both, [canals(dcim, move=False)]))) for _ in range(2)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(all_photos(desk)) == 12
        assert sum(len(each.photo_ids) for each in reports) == 12
        assert sum(len(each.skipped) for each in reports) == 12
        assert len(copies(desk)) == 12

    def test_a_sweep_leaves_a_running_submit_alone(self, desk: IntakeDesk, dcim: Path) -> None:
        swept: list[int] = []
        submit(desk, [canals(dcim)], progress=lambda done, total: swept.append(sweep_all(desk)))
        assert swept == [0, 0, 0]
        assert len(copies(desk)) == 3


def test_a_sweep_takes_half_written_pictures_along(desk: IntakeDesk) -> None:
    draft = desk.folder.proxies / "ab" / f".{'ab' * 32}-proxy.jpg.99999.part"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    assert sweep(desk.store, desk.folder, desk.now()) == 0
    assert sweep_all(desk) == 1
    assert not draft.exists()


def sweep_all(desk: IntakeDesk) -> int:
    return sweep(desk.store, desk.folder, NOON.replace(year=2100))
