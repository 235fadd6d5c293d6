"""Thumbnails and rubbish of a NAS, a system or a program stay where they are, and are counted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from lightgate.cli import lightgate
from lightgate.errors import InputInvalid
from lightgate.intake import IntakeDesk, left_alone, plan, submit
from lightgate.intake.left_alone import LeftKind
from support.desks import all_photos, canals, make_desk, photograph


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[IntakeDesk]:
    made = make_desk(tmp_path / "data")
    yield made
    made.store.close()


@pytest.fixture
def nas(tmp_path: Path) -> Path:
    photograph(tmp_path / "nas" / "IMG_0001.JPG", 1)
    return tmp_path / "nas"


def taken(desk: IntakeDesk) -> list[str]:
    return [photo.relative_path for photo in all_photos(desk)]


@pytest.mark.parametrize("folder", [
    "@eaDir", "@eaDir/IMG_0001.JPG", "2024/@eaDir", "#recycle", "#snapshot/GMT-2024", ".@__thumb", "@Recycle",
    "@Recently-Snapshot", "$RECYCLE.BIN/S-1-5", "$Recycle.Bin", ".Trashes/501", ".Trash-1000/files", "lost+found",
    "System Volume Information", "system volume information", ".AppleDouble", "__MACOSX", ".thumbnails",
    "Catalog Previews.lrdata/1", "catalog.LRDATA", "Catalog.lrcat-data", "CaptureOne/Cache/Thumbnails",
    "captureone/cache", "Session.cocatalog/Cache/Thumbnails", "Fotos.photoslibrary/resources/derivatives/masters",
    ".dtrash", ".picasaoriginals", ".stversions", ".sync/Archive", "darktable/mipmaps-0a1b.d/3", ".hidden", "RECYCLER",
    "PRIVATE/M4ROOT/THMBNL",
])  # fmt: skip
def test_what_lies_in_such_a_folder_is_left_alone_and_counted(desk: IntakeDesk, nas: Path, folder: str) -> None:
    photograph(nas / folder / "small.jpg", 2)
    photograph(nas / folder / "deeper" / "other.jpg", 3)
    report = submit(desk, [canals(nas, recursive=True)])[0]
    assert taken(desk) == ["IMG_0001.JPG"]
    assert report.skipped == ()
    assert (report.left_alone.files, [each.folders for each in report.left_alone.kinds]) == (2, [1])
    assert report.left == report.left_alone.sentences()


@pytest.mark.parametrize("folder", [
    "Lost+Found", "Recycled glass", "Recycler", "Cache", "Fotos.photoslibrary/originals/0", "derivatives",
    "CaptureOne/Output", "CaptureOne", "eaDir", "lrdata", "snapshot", "THMBNL", "Thumbnails",
])  # fmt: skip
def test_a_folder_of_a_persons_own_is_taken_in(desk: IntakeDesk, nas: Path, folder: str) -> None:
    photograph(nas / folder / "one.jpg", 2)
    report = submit(desk, [canals(nas, recursive=True)])[0]
    assert taken(desk) == [f"{folder}/one.jpg", "IMG_0001.JPG"] or taken(desk) == ["IMG_0001.JPG", f"{folder}/one.jpg"]
    assert report.left_alone.files == 0


@pytest.mark.parametrize("name", ["._IMG_0001.JPG", "Thumbs.db", "THUMBS.DB", ".DS_Store", "desktop.ini", ".x.jpg"])
def test_such_a_file_is_left_alone_and_counted(desk: IntakeDesk, nas: Path, name: str) -> None:
    (nas / name).write_bytes(b"\0\5\26\7")
    report = submit(desk, [canals(nas, recursive=True)])[0]
    assert (taken(desk), report.skipped) == (["IMG_0001.JPG"], ())
    assert [(each.files, each.folders) for each in report.left_alone.kinds] == [(1, 0)]


@pytest.mark.parametrize("inside", ["@eaDir", "#recycle", "Old.cocatalog", "a.photoslibrary/resources/derivatives"])
def test_who_names_such_a_folder_himself_gets_what_is_in_it(desk: IntakeDesk, nas: Path, inside: str) -> None:
    photograph(nas / inside / "2024" / "small.jpg", 2)
    report = submit(desk, [canals(nas / inside, recursive=True)])[0]
    assert taken(desk) == ["2024/small.jpg"]
    assert report.left_alone.files == 0


def test_who_names_a_folder_or_file_of_it_beside_its_parent_gets_both_and_the_rest_is_counted(
    desk: IntakeDesk, nas: Path
) -> None:
    for number, name in enumerate(["#recycle/a.jpg", "@eaDir/b.jpg", "@eaDir/c.jpg"], 2):
        photograph(nas / name, number)
    report = submit(desk, [canals(nas, nas / "#recycle", nas / "@eaDir" / "b.jpg", recursive=True)])[0]
    assert sorted(taken(desk)) == ["#recycle/a.jpg", "@eaDir/b.jpg", "IMG_0001.JPG"]
    assert report.left_alone.files == 1


def test_a_folder_that_nobody_goes_into_is_not_promised_with_recursive(desk: IntakeDesk, nas: Path) -> None:
    photograph(nas / "@eaDir" / "small.jpg", 2)
    photograph(nas / "more" / "one.jpg", 3)
    report = submit(desk, [canals(nas)])[0]
    assert report.left == (
        "1 folder (--recursive goes into them)",
        "1 file in 1 folder called @eaDir (thumbnails of a NAS)",
    )


def test_kinds_are_counted_apart(desk: IntakeDesk, nas: Path) -> None:
    for number, name in enumerate(["@eaDir/a.jpg", "2024/@eaDir/b.jpg", "2024/@eaDir/c.jpg", "#recycle/d.jpg"], 2):
        photograph(nas / name, number)
    (nas / "lost+found").mkdir()
    found = plan(desk, [canals(nas, recursive=True)])[0].left_alone
    assert found.files == 4
    assert found.kinds == (
        LeftKind("@eaDir", "thumbnails of a NAS", files=3, folders=2),
        LeftKind("#recycle", "deleted files", files=1, folders=1),
    )


def test_a_folder_of_nothing_else_is_refused_in_a_sentence_that_says_what_is_there(
    desk: IntakeDesk, tmp_path: Path
) -> None:
    photograph(tmp_path / "share" / "@eaDir" / "a.jpg", 2)
    with pytest.raises(InputInvalid, match=r"no photographs in .* \(1 file in 1 folder called @eaDir"):
        submit(desk, [canals(tmp_path / "share", recursive=True)])


def test_counting_ends_where_snapshots_hold_a_share_many_times_over(
    desk: IntakeDesk, nas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(left_alone, "MOST_COUNTED", 5)
    for number in range(9):
        photograph(nas / "#snapshot" / f"{number}.jpg", number)
    report = submit(desk, [canals(nas, recursive=True)])[0]
    assert (report.left_alone.files, report.left_alone.is_more) == (5, True)
    assert "more than that" in report.left[-1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_said_to_be_so(desk: IntakeDesk, nas: Path) -> None:
    (nas / "lost+found").mkdir(mode=0)
    report = submit(desk, [canals(nas, recursive=True)])[0]
    assert report.left == (
        "0 files in 1 folder called lost+found (remains of a disk check, 1 of which cannot be read)",
    )


def test_folders_may_lie_deep_in_one_another(desk: IntakeDesk, nas: Path) -> None:
    deep = nas
    for _ in range(1200):
        deep /= "a"
        deep.mkdir()
    photograph(deep / "one.jpg", 2)
    submit(desk, [canals(nas, recursive=True)])
    assert len(taken(desk)) == 2
    # who clears away behind the tests goes down by calling itself
    (deep / "one.jpg").unlink()
    while deep != nas:
        deep.rmdir()
        deep = deep.parent


def test_the_command_says_it_to_a_person_and_as_json(
    nas: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIGHTGATE_HOME", str(tmp_path / "home"))
    photograph(nas / "@eaDir" / "IMG_0001.JPG" / "SYNOPHOTO_THUMB_M.jpg", 2)
    asked = ["submit", str(nas), "--recursive", "--subject", "Canals"]
    asked += ["--location", "Amsterdam", "--folder", "street", "--dry-run"]
    told = CliRunner().invoke(lightgate, asked)
    assert "left alone: 1 file in 1 folder called @eaDir (thumbnails of a NAS)" in told.stdout
    (answer,) = json.loads(CliRunner().invoke(lightgate, [*asked, "--json"]).stdout)
    assert answer["left_alone"]["files"] == 1
    assert answer["left_alone"]["kinds"][0]["name"] == "@eaDir"
