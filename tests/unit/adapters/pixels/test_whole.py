"""Pictures of which a part is lost are refused; nothing else is called damaged."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.decode import decoding, fitted, full_size
from lightgate.errors import UnreadableImage

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT = 960, 640
RNG = np.random.default_rng(16)


def landscape() -> Pixels:
    """Soft shapes with grain, as a photograph has."""
    rough = Image.fromarray(np.clip(RNG.normal(128, 60, (42, 62, 3)), 0, 255).astype(np.uint8))
    soft = np.asarray(rough.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)).astype(float)
    return np.clip(soft + RNG.normal(0, 6, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)


def night_sky() -> Pixels:
    sky = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    sky[RNG.integers(0, HEIGHT, 200), RNG.integers(0, WIDTH, 200)] = 255
    return sky


def white_border() -> Pixels:
    made = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    made[100:-100, 150:-150] = landscape()[100:-100, 150:-150]
    return made


def black_below() -> Pixels:
    made = landscape()
    made[HEIGHT // 3 :] = 0
    return made


#: a format's name and the options of Pillow's writer
KINDS: dict[str, tuple[str, dict[str, object], str]] = {
    "jpeg": ("JPEG", {}, "RGB"),
    "jpeg with tables of its own": ("JPEG", {"optimize": True}, "RGB"),
    "progressive jpeg": ("JPEG", {"progressive": True}, "RGB"),
    "jpeg with restart marks": ("JPEG", {"restart_marker_rows": 1}, "RGB"),
    "grey jpeg": ("JPEG", {}, "L"),
    "cmyk jpeg": ("JPEG", {}, "CMYK"),
    "webp": ("WEBP", {"quality": 80}, "RGB"),
    "lossless webp": ("WEBP", {"lossless": True, "method": 0}, "RGB"),
    "heic": ("HEIF", {"quality": 60}, "RGB"),
    "png": ("PNG", {}, "RGB"),
    "lzw tiff": ("TIFF", {"compression": "tiff_lzw"}, "RGB"),
    "deflate tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}, "RGB"),
    "packbits tiff": ("TIFF", {"compression": "packbits"}, "RGB"),
    "jpeg tiff": ("TIFF", {"compression": "jpeg"}, "RGB"),
}


def written(pixels: Pixels, kind: str) -> bytes:
    format_, options, mode = KINDS[kind]
    pillow_heif.register_heif_opener()
    made = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(made, format_, **options)  # type: ignore[arg-type]
    return made.getvalue()


def shown(folder: Path, content: bytes) -> NDArray[np.uint8]:
    file = folder / "picture"
    file.write_bytes(content)
    with decoding():
        return np.asarray(fitted(full_size(file, 100), 400, 400).numpy())


@pytest.mark.parametrize("kind", KINDS)
class TestLosses:
    @pytest.mark.parametrize("seed", range(6))
    def test_a_tail_of_zeros_is_refused(self, tmp_path: Path, kind: str, seed: int) -> None:
        whole = written(landscape(), kind)
        at = random.Random(seed).randint(len(whole) // 20, len(whole) * 94 // 100)
        with pytest.raises(UnreadableImage):
            shown(tmp_path, whole[:at] + bytes(len(whole) - at))

    @pytest.mark.parametrize("seed", range(6))
    def test_zeros_in_the_middle_are_refused(self, tmp_path: Path, kind: str, seed: int) -> None:
        whole = written(landscape(), kind)
        at = random.Random(seed).randint(len(whole) // 10, len(whole) * 7 // 10)
        lost = len(whole) // 8
        with pytest.raises(UnreadableImage):
            shown(tmp_path, whole[:at] + bytes(lost) + whole[at + lost :])

    @pytest.mark.parametrize("picture", [landscape, night_sky, white_border, black_below])
    def test_no_sound_picture_is_refused(self, tmp_path: Path, kind: str, picture: Callable[[], Pixels]) -> None:
        assert shown(tmp_path, written(picture(), kind)).shape[2] == 3


@pytest.mark.parametrize("kind", ["jpeg", "jpeg with tables of its own", "progressive jpeg", "grey jpeg", "cmyk jpeg"])
@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("picture", [landscape, black_below])
def test_a_missing_end_mark_alone_is_no_damage(
    tmp_path: Path, kind: str, cut: int, picture: Callable[[], Pixels]
) -> None:
    whole = written(picture(), kind)
    assert np.array_equal(shown(tmp_path, whole[:-cut]), shown(tmp_path, whole))


@pytest.mark.parametrize("kind", ["jpeg", "jpeg with tables of its own", "progressive jpeg", "grey jpeg", "cmyk jpeg"])
def test_zeros_in_place_of_the_end_mark_alone_are_no_damage(tmp_path: Path, kind: str) -> None:
    whole = written(landscape(), kind)
    assert np.array_equal(shown(tmp_path, whole[:-2] + bytes(4096)), shown(tmp_path, whole))


def test_a_progressive_picture_without_its_last_passes_is_cut_off(tmp_path: Path) -> None:
    whole = written(landscape(), "progressive jpeg")
    last_scan = whole.rindex(b"\xff\xda")
    with pytest.raises(UnreadableImage, match="cut off"):
        shown(tmp_path, whole[:last_scan])


def test_filler_behind_the_end_is_no_damage(tmp_path: Path) -> None:
    whole = written(landscape(), "jpeg")
    assert shown(tmp_path, whole + bytes(100_000)).shape[2] == 3


def tags_of(content: bytes) -> tuple[int, int]:
    """Give where a little-endian TIFF's first directory stands, and how many tags it has."""
    (place,) = struct.unpack_from("<L", content, 4)
    return place, struct.unpack_from("<H", content, place)[0]


@pytest.mark.parametrize("next_directory", [65535, 12, 7])
@pytest.mark.parametrize("kind", ["lzw tiff", "packbits tiff"])
def test_a_bad_directory_behind_the_picture_is_no_damage(tmp_path: Path, kind: str, next_directory: int) -> None:
    whole = bytearray(written(landscape(), kind))
    expected = shown(tmp_path, bytes(whole))
    place, count = tags_of(bytes(whole))
    struct.pack_into("<L", whole, place + 2 + 12 * count, next_directory)
    assert np.array_equal(shown(tmp_path, bytes(whole)), expected)


def test_a_bad_tag_of_another_program_is_no_damage(tmp_path: Path) -> None:
    whole = written(landscape(), "lzw tiff")
    place, count = tags_of(whole)
    entries = whole[place + 2 : place + 2 + 12 * count] + struct.pack("<HHLL", 50_900, 99, 2**31, 2**31)
    moved = len(whole)
    bad = bytearray(whole + struct.pack("<H", count + 1) + entries + struct.pack("<L", 3))
    struct.pack_into("<L", bad, 4, moved)
    assert np.array_equal(shown(tmp_path, bytes(bad)), shown(tmp_path, whole))


def bare_tiff(bits: int, compression: int = 1) -> bytes:
    rows = bytes(range(256)) * 16
    tags = {256: 16, 257: 16, 258: bits, 259: compression, 262: 1, 273: 8, 277: 1, 278: 16, 279: len(rows)}
    entries = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<L", 8 + len(rows)) + rows + struct.pack("<H", len(tags)) + entries + bytes(4)


@pytest.mark.parametrize(
    ("bits", "compression", "said"),
    [
        (12, 1, "12 bits a sample are not read"),
        (24, 1, "24 bits a sample are not read"),
        (64, 1, "64 bits a sample are not read"),
        (8, 34661, "its compression, JBIG, is not read"),
        (8, 64999, "the kind of pixels that it holds is not read"),
    ],
)
def test_a_sound_tiff_of_a_kind_that_is_not_read_is_not_called_damaged(
    tmp_path: Path, bits: int, compression: int, said: str
) -> None:
    with pytest.raises(UnreadableImage, match=said):
        shown(tmp_path, bare_tiff(bits, compression))


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_few_and_many_bits_a_sample_are_read(tmp_path: Path, bits: int) -> None:
    assert shown(tmp_path, bare_tiff(bits)).shape == (16, 16, 3)


@pytest.mark.parametrize(
    "segment", [b"\xff\xe0\x00\x07JFIF\x00", b"\xff\xe0\x00\x08JFIF\x00\x01", b"\xff\xee\x00\x08Adobe\x00"]
)
def test_a_short_segment_of_another_program_is_no_damage(tmp_path: Path, segment: bytes) -> None:
    whole = written(landscape(), "jpeg")
    file = tmp_path / "short.jpg"
    length = int.from_bytes(whole[4:6], "big")
    file.write_bytes(whole[:2] + segment + whole[4 + length :])
    found = PillowHeaders(100, 100).read(file)
    assert (found.exif.width, found.exif.height) == (WIDTH, HEIGHT)
    assert shown(tmp_path, file.read_bytes()).shape[2] == 3
