"""Which turn of an HEIF file counts: its own properties, and EXIF's only where the sizes that it tells ask for it."""

from __future__ import annotations

import io
import random
import struct
from dataclasses import replace
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.renditions import Box, Renditions
from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.adapters.pixels.upright import upright
from lightgate.domain.photo import Exif, Rights
from lightgate.errors import LightgateError
from lightgate.files.data_folder import DataFolder
from support.pictures import is_upright, quarters, turned
from support.published import BARE

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)
LYING, STANDING = (1200, 800), (800, 1200)
#: a camera that is held upright, and its picture as the sensor saw it
HELD_UPRIGHT = 6


def exif_block(
    orientation: int, size: tuple[int, int] | None = None, thumbnail: tuple[int, int] | None = None
) -> bytes:
    """Write a TIFF structure with an orientation, and as wanted the size of the pixels and a small JPEG."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker"
    if size:
        exif.get_ifd(0x8769).update({0xA002: size[0], 0xA003: size[1]})
    block = bytearray(exif.tobytes().removeprefix(b"Exif\0\0"))
    if thumbnail is None:
        return bytes(block)
    order = "<" if block[:2] == b"II" else ">"
    jpeg = io.BytesIO()
    Image.new("RGB", thumbnail, "grey").save(jpeg, "JPEG")
    first = struct.unpack_from(order + "L", block, 4)[0]
    entries = struct.unpack_from(order + "H", block, first)[0]
    at = len(block)
    struct.pack_into(order + "L", block, first + 2 + 12 * entries, at)
    told = jpeg.getvalue()
    block += struct.pack(order + "H", 2)
    block += struct.pack(order + "HHLL", 0x0201, 4, 1, at + 30) + struct.pack(order + "HHLL", 0x0202, 4, 1, len(told))
    return bytes(block) + bytes(4) + told


def heic(
    file: Path,
    picture: Image.Image,
    block: bytes,
    *,
    property_turn: bool = False,
    thumbs: tuple[int, ...] = (),
) -> Path:
    """Write an HEIC whose EXIF has an orientation, with or without the property that says the same."""
    made = io.BytesIO()
    unsaid = with_orientation(block, 1)
    pillow_heif.from_pillow(picture).save(
        made, quality=95, exif=b"Exif\0\0" + (block if property_turn else unsaid), thumbnails=list(thumbs)
    )
    content = made.getvalue()
    assert (b"irot" in content or b"imir" in content) is property_turn
    assert property_turn or content.count(unsaid) == 1
    file.write_bytes(content.replace(unsaid, block))
    return file


def with_orientation(block: bytes, orientation: int) -> bytes:
    at = _orientation_at(block)
    return block[:at] + struct.pack("<H" if block[:2] == b"II" else ">H", orientation) + block[at + 2 :]


def _orientation_at(block: bytes) -> int:
    order = "<" if block[:2] == b"II" else ">"
    first = struct.unpack_from(order + "L", block, 4)[0]
    entries = struct.unpack_from(order + "H", block, first)[0]
    places = (first + 2 + 12 * each for each in range(entries))
    return next(at + 8 for at in places if struct.unpack_from(order + "H", block, at)[0] == 0x0112)


def shown(original: Path) -> Image.Image:
    """Develop, and look whether header, pictures and what is published agree."""
    header = READER.read(original)
    files = DataFolder(original.parent).proxy_files("ab" * 32)
    developed = VipsDarkroom(100).develop(original, files)
    published = upright(original, 1200, 1200)
    size = (header.exif.width, header.exif.height)
    assert size == (header.width_px, header.height_px) == (developed.width_px, developed.height_px)
    assert (published.width, published.height) == size
    with Image.open(files.view) as opened:
        view = opened.copy()
    assert view.size == size
    return view


class TestWithoutProperty:
    @pytest.mark.parametrize("orientation", [5, 6, 7, 8])
    def test_pixels_of_the_size_that_the_camera_exposed_are_still_turned(
        self, tmp_path: Path, orientation: int
    ) -> None:
        picture = turned(orientation)
        view = shown(heic(tmp_path / "a.heic", picture, exif_block(orientation, picture.size)))
        assert is_upright(view, tolerance=20)
        assert READER.read(tmp_path / "a.heic").exif.orientation == orientation

    def test_pixels_that_a_converter_has_turned_stay(self, tmp_path: Path) -> None:
        picture = quarters(*STANDING)
        view = shown(heic(tmp_path / "a.heic", picture, exif_block(HELD_UPRIGHT, LYING)))
        assert is_upright(view, tolerance=20)
        assert READER.read(tmp_path / "a.heic").exif.orientation == 1

    @pytest.mark.parametrize(("first", "is_left"), [(STANDING, HELD_UPRIGHT), (LYING, 1)])
    def test_a_phone_that_tells_the_size_in_the_first_directory_is_understood(
        self, tmp_path: Path, first: tuple[int, int], is_left: int
    ) -> None:
        exif = Image.Exif()
        exif[0x0112], exif[0x0100], exif[0x0101] = HELD_UPRIGHT, *first
        block = exif.tobytes().removeprefix(b"Exif\0\0")
        file = heic(tmp_path / "a.heic", quarters(*STANDING), block)
        assert READER.read(file).exif.orientation == is_left

    def test_sizes_that_contradict_each_other_turn_nothing(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112], exif[0x0100], exif[0x0101] = HELD_UPRIGHT, *LYING
        exif.get_ifd(0x8769).update({0xA002: STANDING[0], 0xA003: STANDING[1]})
        file = heic(tmp_path / "a.heic", quarters(*STANDING), exif.tobytes().removeprefix(b"Exif\0\0"))
        assert READER.read(file).exif.orientation == 1

    @pytest.mark.parametrize("told", [(3000, 2000), (600, 400), (1203, 801)])
    def test_a_picture_that_was_made_smaller_has_the_same_shape(self, tmp_path: Path, told: tuple[int, int]) -> None:
        view = shown(heic(tmp_path / "a.heic", turned(HELD_UPRIGHT), exif_block(HELD_UPRIGHT, _lying(told))))
        assert is_upright(view, tolerance=20)

    @pytest.mark.parametrize("orientation", range(2, 9))
    def test_where_nothing_tells_the_pixels_stay_as_every_viewer_shows_them(
        self, tmp_path: Path, orientation: int
    ) -> None:
        assert shown(heic(tmp_path / "a.heic", quarters(), exif_block(orientation))).size == LYING
        assert is_upright(shown(tmp_path / "a.heic"), tolerance=20)

    @pytest.mark.parametrize("orientation", [2, 3, 4])
    def test_no_size_tells_of_a_picture_that_does_not_lie_on_its_side(self, tmp_path: Path, orientation: int) -> None:
        view = shown(heic(tmp_path / "a.heic", quarters(), exif_block(orientation, LYING, (160, 120))))
        assert is_upright(view, tolerance=20)

    def test_a_square_picture_stays(self, tmp_path: Path) -> None:
        view = shown(heic(tmp_path / "a.heic", quarters(800, 800), exif_block(HELD_UPRIGHT, (800, 800))))
        assert is_upright(view, tolerance=20)

    @pytest.mark.parametrize("told", [(5000, 700), (0, 0), (0, 800), (1, 1)])
    def test_a_size_that_is_neither_tells_nothing(self, tmp_path: Path, told: tuple[int, int]) -> None:
        assert is_upright(shown(heic(tmp_path / "a.heic", quarters(), exif_block(HELD_UPRIGHT, told))), tolerance=20)


class TestThumbnails:
    def test_one_in_exif_that_lies_as_the_pixels_do_asks_for_the_turn(self, tmp_path: Path) -> None:
        block = exif_block(8, None, (160, 120))
        file = heic(tmp_path / "a.heic", quarters(*LYING), block)
        assert READER.read(file).exif.orientation == 8
        assert shown(file).size == STANDING

    def test_one_in_exif_that_lies_while_the_pixels_stand_says_that_they_were_turned(self, tmp_path: Path) -> None:
        # a program that turned the pixels told their new size, and left the camera's thumbnail and orientation
        block = exif_block(HELD_UPRIGHT, STANDING, (160, 120))
        assert is_upright(shown(heic(tmp_path / "a.heic", quarters(*STANDING), block)), tolerance=20)

    def test_one_of_the_container_that_stands_beside_pixels_that_lie_asks_for_the_turn(self, tmp_path: Path) -> None:
        file = heic(tmp_path / "a.heic", turned(HELD_UPRIGHT), exif_block(HELD_UPRIGHT), thumbs=(300,))
        assert shown(file).size == turned(HELD_UPRIGHT).size
        content = file.read_bytes()
        across, down = turned(HELD_UPRIGHT).size
        small = next(size for size in _sizes(content) if size != (across, down))
        file.write_bytes(content.replace(struct.pack(">LL", *small), struct.pack(">LL", *reversed(small))))
        assert READER.read(file).exif.orientation == HELD_UPRIGHT

    def test_one_of_the_container_that_is_as_the_picture_tells_nothing(self, tmp_path: Path) -> None:
        file = heic(tmp_path / "a.heic", quarters(*STANDING), exif_block(HELD_UPRIGHT), thumbs=(300,))
        assert is_upright(shown(file), tolerance=20)

    @pytest.mark.parametrize("cut", [1, 40, 200])
    def test_one_that_is_damaged_tells_nothing(self, tmp_path: Path, cut: int) -> None:
        block = exif_block(HELD_UPRIGHT, None, (160, 120))
        jpeg = block.index(b"\xff\xd8")
        spoilt = block[:jpeg] + b"\0" * cut + block[jpeg + cut :]
        assert is_upright(shown(heic(tmp_path / "a.heic", quarters(), spoilt)), tolerance=20)


class TestProperty:
    @pytest.mark.parametrize("orientation", range(2, 9))
    def test_it_alone_counts(self, tmp_path: Path, orientation: int) -> None:
        picture = turned(orientation)
        file = heic(tmp_path / "a.heic", picture, exif_block(orientation, picture.size), property_turn=True)
        assert is_upright(shown(file), tolerance=20)
        assert READER.read(file).exif.orientation == 1

    def test_it_counts_where_exif_says_something_else(self, tmp_path: Path) -> None:
        block = exif_block(HELD_UPRIGHT, turned(HELD_UPRIGHT).size)
        file = heic(tmp_path / "a.heic", turned(HELD_UPRIGHT), block, property_turn=True)
        file.write_bytes(file.read_bytes().replace(block, with_orientation(block, 8)))
        assert is_upright(shown(file), tolerance=20)

    def test_one_that_turns_by_nothing_counts(self, tmp_path: Path) -> None:
        block = exif_block(HELD_UPRIGHT, LYING)
        file = heic(tmp_path / "a.heic", quarters(*LYING), block, property_turn=True)
        content = file.read_bytes()
        at = content.index(b"irot") + 4
        file.write_bytes(content[:at] + b"\0" + content[at + 1 :])
        assert is_upright(shown(file), tolerance=20)

    def test_one_that_belongs_to_nothing_does_not_count(self, tmp_path: Path) -> None:
        picture = turned(HELD_UPRIGHT)
        block = exif_block(HELD_UPRIGHT, picture.size)
        file = heic(tmp_path / "a.heic", picture, block, property_turn=True)
        file.write_bytes(file.read_bytes().replace(b"irot", b"skip"))
        assert is_upright(shown(file), tolerance=20)


@pytest.mark.parametrize("said", [1, 8])
def test_a_photo_that_was_taken_in_by_another_rule_is_published_as_it_was_seen(tmp_path: Path, said: int) -> None:
    """Its facts say which turn was obeyed; the file alone would be turned by another one today."""
    picture = turned(HELD_UPRIGHT)
    file = heic(tmp_path / "a.heic", picture, exif_block(HELD_UPRIGHT, picture.size))
    assert READER.read(file).exif.orientation == HELD_UPRIGHT
    files = DataFolder(tmp_path).proxy_files("ab" * 32)
    size = picture.size if said == 1 else (picture.size[1], picture.size[0])
    for darkroom in (VipsDarkroom(100), CarefulDarkroom(100)):
        developed = darkroom.develop(file, files, orientation=said)
        assert (developed.width_px, developed.height_px) == size
    renderer = Renditions((Box("full", 1500, 1500), Box("thumb", 300, 300)))
    full = renderer.render(file, replace(BARE, rights=Rights("Ann", "© Ann"), exif=Exif(orientation=said)))[0]
    assert (full.width_px, full.height_px) == size


@pytest.mark.parametrize("seed", range(40))
def test_a_spoilt_file_ends_in_a_sentence_or_a_header(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    file = heic(tmp_path / "a.heic", quarters(160, 96), exif_block(HELD_UPRIGHT, (160, 96), (80, 60)), thumbs=(64,))
    content = bytearray(file.read_bytes())
    for _ in range(dice.randint(1, 30)):
        content[dice.randrange(8, min(len(content), 1500))] = dice.choice((0, 255, dice.randrange(256)))
    file.write_bytes(content)
    try:
        header = READER.read(file)
    except LightgateError:
        return
    assert header.exif.orientation in range(1, 9)


def _lying(size: tuple[int, int]) -> tuple[int, int]:
    across, down = turned(HELD_UPRIGHT).size
    return size if across > down else (size[1], size[0])


def _sizes(content: bytes) -> list[tuple[int, int]]:
    found, at = [], content.find(b"ispe")
    while at >= 0:
        found.append(struct.unpack_from(">LL", content, at + 8))
        at = content.find(b"ispe", at + 1)
    return found
