from __future__ import annotations

from pathlib import Path

import pytest

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.demo import photos
from lightgate.errors import ServiceMissing

pytest.importorskip("skimage")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("home") / "demo"
    assert photos.make_photos(made)
    return made


def test_the_set_holds_about_a_dozen_files(folder: Path) -> None:
    assert len(list(folder.iterdir())) == len(photos.SAMPLES) + 2


def test_every_camera_and_time_reads_back(folder: Path) -> None:
    reader = PillowHeaders(200, 100)
    headers = {sample.name: reader.read(folder / sample.name) for sample in photos.SAMPLES}
    assert {header.exif.camera for header in headers.values()} == {
        "Canon EOS 5D Mark IV", "FUJIFILM X-T4", "SONY DSC-RX100M3",
    }  # fmt: skip
    assert {name: header.exif.date_time for name, header in headers.items()} == {
        sample.name: sample.taken for sample in photos.SAMPLES
    }
    assert {header.exif.orientation for header in headers.values()} == {1, 6}


def test_one_file_is_a_copy_of_another(folder: Path) -> None:
    one, other = photos.DUPLICATE
    assert (folder / one).read_bytes() == (folder / other).read_bytes()


def test_a_second_time_nothing_is_made_again(folder: Path) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert not photos.make_photos(folder)
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before


def test_the_same_bytes_come_out_on_another_machine(folder: Path, tmp_path: Path) -> None:
    photos.make_photos(tmp_path / "demo")
    assert all((tmp_path / "demo" / file.name).read_bytes() == file.read_bytes() for file in folder.iterdir())


def test_a_run_that_was_cut_off_leaves_no_half_set(tmp_path: Path) -> None:
    (tmp_path / ".demo.new").mkdir()
    (tmp_path / ".demo.new" / "half.JPG").write_bytes(b"")
    assert photos.make_photos(tmp_path / "demo")
    assert not (tmp_path / "demo" / "half.JPG").exists()


def test_without_the_pictures_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PACKAGE", "no_such_package")
    with pytest.raises(ServiceMissing, match=r"lightgate\[demo\]"):
        photos.make_photos(tmp_path / "demo")
