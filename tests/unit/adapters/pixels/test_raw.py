"""Cameras' raw files: their header is read, their preview is shown and marked as such, and it is never published."""

from __future__ import annotations

import importlib.util
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lightgate.adapters.metadata.containers import raw
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.adapters.pixels.upright import upright
from lightgate.errors import LightgateError, RawReaderMissing, TooManyPixels, UnreadableImage
from lightgate.files.data_folder import DataFolder, ProxyFiles
from support.pictures import is_upright, private_exif, quarters, turned
from support.raw_files import Tag, tiff_block, write_cr3, write_dng, write_raf

if importlib.util.find_spec("rawpy") is None and "CI" not in os.environ:
    pytest.skip("the extra lightgate[raw] is not installed", allow_module_level=True)

HEADERS = PillowHeaders(max_megapixels=200, max_file_mb=1024)
DARKROOM = VipsDarkroom(max_megapixels=200)

NAMED: dict[int, Tag] = {
    256: (4, (6000,)),
    257: (4, (4000,)),
    271: (2, b"Canon\0"),
    272: (2, b"Canon EOS R5\0"),
    274: (3, (8,)),
}
TAKEN: dict[int, Tag] = {36867: (2, b"2021:02:03 04:05:06\0"), 34855: (3, (800,))}


@pytest.fixture
def files(tmp_path: Path) -> ProxyFiles:
    return DataFolder(tmp_path / "data").proxy_files("ab" * 32)


class TestHeaders:
    def test_a_dng_is_told_from_the_small_tiff_in_front_of_it(self, tmp_path: Path) -> None:
        header = HEADERS.read(write_dng(tmp_path / "a.tif", quarters(600, 400)))
        assert (header.format, header.exif.format, header.exif.is_preview) == ("RAW", "RAW", True)
        assert (header.exif.camera, header.exif.date_time) == ("Test R1", "2024:05:31 10:11:12")

    @pytest.mark.parametrize("tags", [{50706: (1, (1, 4, 0, 0))}, {254: (4, (1,)), 330: (4, (8,))}])
    @pytest.mark.parametrize("code", [259, 262])
    def test_makers_tags_mark_a_raw_file(self, tmp_path: Path, tags: dict[int, Tag], code: int) -> None:
        values = {259: 34713, 262: 32803}
        for number, marks in enumerate((tags, {code: (3, (values[code],))})):
            file = tmp_path / f"{number}.tif"
            file.write_bytes(tiff_block({**NAMED, **marks}))
            assert HEADERS.read(file).format == "RAW"

    @pytest.mark.parametrize("mark", [b"IIRO", b"IIRS", b"IIU\0", b"II*\0"])
    def test_a_makers_own_mark_in_front_hides_nothing(self, tmp_path: Path, mark: bytes) -> None:
        file = tmp_path / "a.orf"
        file.write_bytes(tiff_block({**NAMED, 50706: (1, (1, 4, 0, 0))}, mark))
        exif = HEADERS.read(file).exif
        assert (exif.camera, exif.orientation, exif.width, exif.height) == ("Canon EOS R5", 8, 4000, 6000)

    def test_fujifilms_files_are_read_by_the_jpeg_in_front(self, tmp_path: Path) -> None:
        stream = io.BytesIO()
        turned(6).save(stream, "JPEG", exif=private_exif(6))
        header = HEADERS.read(write_raf(tmp_path / "a.raf", stream.getvalue()))
        assert (header.format, header.exif.camera, header.exif.orientation) == ("RAW", "Canon EOS R5", 6)
        assert (header.width_px, header.height_px) == (1200, 800)

    def test_minoltas_block_and_the_jpeg_in_sigmas_file_are_read(self, tmp_path: Path) -> None:
        block = tiff_block(NAMED)
        minolta, sigma = tmp_path / "a.mrw", tmp_path / "a.x3f"
        named = b"\0PRD" + struct.pack(">I", 24) + bytes(24) + b"\0TTW" + struct.pack(">I", len(block)) + block
        minolta.write_bytes(b"\0MRM" + struct.pack(">I", len(named)) + named + bytes(99))
        sigma.write_bytes(b"FOVb" + bytes(5000) + b"\xff\xd8\xff\xe1\0\0Exif\0\0" + block + bytes(70_000))
        for file in (minolta, sigma):
            assert HEADERS.read(file).exif.camera == "Canon EOS R5"

    def test_phase_ones_file_is_no_picture_in_tiff(self, tmp_path: Path) -> None:
        for number, mark in enumerate((b"IIII\x01waR", b"MMMMRawT")):
            file = tmp_path / f"{number}.iiq"
            file.write_bytes(b"II*\0" + struct.pack("<I", 16) + mark + tiff_block(NAMED)[8:])
            assert HEADERS.read(file).format == "RAW"

    def test_canons_boxes_are_read(self, tmp_path: Path) -> None:
        exif = HEADERS.read(write_cr3(tmp_path / "a.cr3", tiff_block(NAMED), tiff_block(TAKEN))).exif
        assert (exif.camera, exif.date_time, exif.iso) == ("Canon EOS R5", "2021:02:03 04:05:06", 800)
        assert (exif.width, exif.height) == (4000, 6000)

    @pytest.mark.parametrize(
        "content", [b"FOVb" + bytes(60), b"\0MRM" + bytes(60), b"IIU\0\x08\0\0\0" + bytes(60), b"\0\0\0\x18ftypcrx "]
    )
    def test_one_whose_header_says_nothing_is_taken_without_facts(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "a.raw"
        file.write_bytes(content)
        header = HEADERS.read(file)
        assert (header.format, header.exif.camera, header.exif.width) == ("RAW", None, None)

    def test_without_the_package_one_sentence_says_what_to_do(
        self, tmp_path: Path, files: ProxyFiles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = write_dng(tmp_path / "a.dng", quarters())
        monkeypatch.setattr(raw, "READER", "no_such_package")
        with pytest.raises(RawReaderMissing, match=r"pip install 'lightgate\[raw\]'"):
            HEADERS.read(file)
        with pytest.raises(RawReaderMissing):
            DARKROOM.develop(file, files)


class TestPreviews:
    @pytest.mark.parametrize("orientation", [1, 3, 6, 8])
    def test_the_preview_is_developed_upright(self, tmp_path: Path, files: ProxyFiles, orientation: int) -> None:
        original = write_dng(tmp_path / "a.dng", turned(orientation), orientation=orientation)
        found = DARKROOM.develop(original, files)
        assert (found.width_px, found.height_px) == (1200, 800)
        with Image.open(files.proxy) as proxy:
            assert is_upright(proxy, tolerance=20)

    def test_the_careful_darkroom_finds_the_same(self, tmp_path: Path, files: ProxyFiles) -> None:
        noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
        original = write_dng(tmp_path / "a.dng", Image.fromarray(noise))
        assert CarefulDarkroom(200).develop(original, files) == DARKROOM.develop(original, files)

    def test_a_preview_over_the_limit_is_refused(self, tmp_path: Path, files: ProxyFiles) -> None:
        with pytest.raises(TooManyPixels):
            VipsDarkroom(0.5).develop(write_dng(tmp_path / "a.dng", quarters()), files)

    def test_one_without_a_preview_is_refused_in_words(self, tmp_path: Path, files: ProxyFiles) -> None:
        with pytest.raises(UnreadableImage, match="no preview"):
            DARKROOM.develop(write_dng(tmp_path / "a.dng", None), files)

    @pytest.mark.parametrize("share", [0.05, 0.4, 0.7, 0.95])
    def test_one_that_was_cut_off_is_refused(self, tmp_path: Path, files: ProxyFiles, share: float) -> None:
        original = write_dng(tmp_path / "a.dng", quarters())
        whole = original.read_bytes()
        original.write_bytes(whole[: round(len(whole) * share)])
        with pytest.raises(LightgateError):
            DARKROOM.develop(original, files)
        assert not files.proxy.exists()

    def test_it_is_never_what_gets_published(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableImage, match="has to be developed"):
            upright(write_dng(tmp_path / "a.dng", quarters()), 2000, 2000)
