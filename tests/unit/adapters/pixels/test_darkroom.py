"""The pictures that a darkroom leaves: upright, in sRGB, never enlarged, whole or not there."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import pyvips
from PIL import Image, ImageCms

from lightgate.adapters.pixels.darkroom import CROP_PX, VipsDarkroom, glance_at, upright_jpeg
from lightgate.adapters.pixels.decode import full_size
from lightgate.adapters.pixels.measure.hashes import distance
from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.errors import (
    LightgateError,
    Misconfigured,
    OriginalMissing,
    Rejected,
    TooManyPixels,
    UnreadableImage,
    UnsupportedFormat,
)
from lightgate.files.data_folder import DataFolder, ProxyFiles
from lightgate.ports.pictures import GLANCE_PX, Development
from support.pictures import ADOBE_RGB, is_upright, jpeg, private_exif, quarters, turned

DARKROOM = VipsDarkroom(max_megapixels=200)


@pytest.fixture
def files(tmp_path: Path) -> ProxyFiles:
    return DataFolder(tmp_path / "data").proxy_files("ab" * 32)


def develop(original: Path, files: ProxyFiles) -> Image.Image:
    DARKROOM.develop(original, files)
    return opened(files.proxy)


def opened(file: Path) -> Image.Image:
    return Image.open(io.BytesIO(file.read_bytes()))


def middle_of(picture: Image.Image) -> tuple[int, ...]:
    pixel = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(pixel, tuple)
    return tuple(int(value) for value in pixel)


def is_near(one: tuple[int, ...], other: tuple[int, ...], tolerance: int = 4) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


class TestTheFourPictures:
    def test_a_large_original_is_brought_to_every_size_and_its_crop_is_not_scaled(
        self, tmp_path: Path, files: ProxyFiles
    ) -> None:
        noise = np.random.default_rng(1).integers(0, 256, (2000, 3000, 3), dtype=np.uint8)
        developed = DARKROOM.develop(jpeg(tmp_path / "a.jpg", Image.fromarray(noise)), files)
        sizes = {kind: opened(getattr(files, kind)).size for kind in ("view", "crop", "proxy", "thumb")}
        assert sizes == {"view": (2560, 1707), "crop": (1200, 800), "proxy": (1280, 854), "thumb": (500, 334)}
        assert (developed.width_px, developed.height_px) == (3000, 2000)

    def test_a_small_original_is_never_enlarged(self, tmp_path: Path, files: ProxyFiles) -> None:
        DARKROOM.develop(jpeg(tmp_path / "a.jpg", quarters(60, 40)), files)
        for kind in ("view", "crop", "proxy", "thumb"):
            assert opened(getattr(files, kind)).size == (60, 40)

    def test_a_picture_of_one_pixel_is_developed(self, tmp_path: Path, files: ProxyFiles) -> None:
        developed = DARKROOM.develop(jpeg(tmp_path / "a.jpg", Image.new("RGB", (1, 1))), files)
        assert developed.measured.sharpness is None

    def test_the_crop_shows_the_sharpest_place(self, tmp_path: Path, files: ProxyFiles) -> None:
        pixels = np.full((2000, 3000, 3), 128, dtype=np.uint8)
        rows, columns = np.indices((300, 300)) // 12
        pixels[1500:1800, 2400:2700] = np.where((rows + columns) % 2, 30, 220)[..., None]
        developed = DARKROOM.develop(jpeg(tmp_path / "a.jpg", Image.fromarray(pixels)), files)
        x, y = developed.measured.sharpest
        assert abs(x - 2550 / 3000) < 0.1
        assert abs(y - 1650 / 2000) < 0.1
        assert np.asarray(opened(files.crop)).std() > 20

    @pytest.mark.parametrize("size", [(3000, 2000), (60, 40), (1, 1), (901, 13)])
    def test_the_model_gets_the_whole_picture_in_one_square(
        self, tmp_path: Path, files: ProxyFiles, size: tuple[int, int]
    ) -> None:
        developed = DARKROOM.develop(jpeg(tmp_path / "a.jpg", quarters(*size)), files)
        assert len(developed.glance) == GLANCE_PX * GLANCE_PX * 3
        from_memory, from_proxy = (
            np.frombuffer(each, dtype=np.uint8).astype(int) for each in (developed.glance, glance_at(files.proxy))
        )
        assert np.abs(from_memory - from_proxy).mean() < 2

    def test_a_baseline_jpeg_is_decoded_to_the_pixels_that_pillow_sees(self, tmp_path: Path) -> None:
        noise = np.random.default_rng(1).integers(0, 256, (300, 200, 3), dtype=np.uint8)
        original = jpeg(tmp_path / "a.jpg", Image.fromarray(noise), exif=private_exif(6))
        decoded = full_size(original, 200)
        assert np.abs(decoded.numpy().astype(int) - np.asarray(Image.open(original)).astype(int)).max() <= 1
        assert (decoded.autorot().width, decoded.autorot().height) == (300, 200)

    def test_no_metadata_gets_out(self, tmp_path: Path, files: ProxyFiles) -> None:
        DARKROOM.develop(jpeg(tmp_path / "a.jpg", quarters(), exif=private_exif(), xmp=b"<x/>"), files)
        for kind in ("view", "crop", "proxy", "thumb"):
            with opened(getattr(files, kind)) as picture:
                assert not {"exif", "xmp", "icc_profile"} & picture.info.keys()

    def test_developing_twice_gives_the_same_bytes_and_leaves_nothing_else(
        self, tmp_path: Path, files: ProxyFiles
    ) -> None:
        original = jpeg(tmp_path / "a.jpg", quarters())
        DARKROOM.develop(original, files)
        first = {file.name: file.read_bytes() for file in files.proxy.parent.iterdir()}
        DARKROOM.develop(original, files)
        assert {file.name: file.read_bytes() for file in files.proxy.parent.iterdir()} == first
        assert len(first) == 4


class TestOrientation:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_every_orientation_comes_out_upright(
        self, tmp_path: Path, files: ProxyFiles, orientation: int, format_: str
    ) -> None:
        original = tmp_path / "original"
        turned(orientation).save(original, format_, exif=private_exif(orientation), quality=95)
        developed = DARKROOM.develop(original, files)
        assert (developed.width_px, developed.height_px) == (1200, 800)
        for kind in ("view", "crop", "proxy", "thumb"):
            assert is_upright(opened(getattr(files, kind)), tolerance=20)

    @pytest.mark.parametrize("orientation", [3, 6])
    def test_a_png_is_turned_as_its_metadata_behind_the_pixels_says(
        self, tmp_path: Path, files: ProxyFiles, orientation: int
    ) -> None:
        original = tmp_path / "a.png"
        turned(orientation).save(original, "PNG")
        block = private_exif(orientation).removeprefix(b"Exif\0\0")
        chunk = struct.pack(">I", len(block)) + b"eXIf" + block + struct.pack(">I", zlib.crc32(b"eXIf" + block))
        whole = original.read_bytes()
        original.write_bytes(whole[:-12] + chunk + whole[-12:])
        assert is_upright(develop(original, files), tolerance=20)

    def test_a_heic_is_turned_once(self, tmp_path: Path, files: ProxyFiles) -> None:
        original = tmp_path / "a.heic"
        pillow_heif.from_pillow(quarters()).save(original, quality=95, exif=private_exif(6))
        # pillow-heif writes the turn that EXIF asks for as the container's own
        with_turn = pillow_heif.open_heif(str(original))
        developed = DARKROOM.develop(original, files)
        assert (developed.width_px, developed.height_px) == with_turn.size

    @pytest.mark.parametrize("view", ["Landscape", "Portrait"])
    def test_the_same_scene_in_all_orientations_looks_the_same(
        self, photos_dir: Path, tmp_path: Path, view: str
    ) -> None:
        found: list[Development] = []
        for number in range(1, 9):
            files = DataFolder(tmp_path).proxy_files(f"{number:064x}")
            found.append(DARKROOM.develop(photos_dir / "orientation" / f"{view}_{number}.jpg", files))
        assert len({(each.width_px, each.height_px) for each in found}) == 1
        for one, other in pairwise(found):
            assert distance(one.measured.perceptual_hash, other.measured.perceptual_hash) <= 2
            assert distance(one.measured.difference_hash, other.measured.difference_hash) <= 2


#: what Pillow calls a number of quarter turns clockwise
QUARTERS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


class TestTurns:
    @pytest.mark.parametrize("turn", [1, 2, 3])
    @pytest.mark.parametrize("orientation", [1, 6, 3])
    def test_a_person_turns_the_upright_picture(
        self, tmp_path: Path, files: ProxyFiles, turn: int, orientation: int
    ) -> None:
        original = jpeg(tmp_path / "a.jpg", turned(orientation), exif=private_exif(orientation))
        developed = DARKROOM.develop(original, files, turn)
        assert (developed.width_px, developed.height_px) == ((800, 1200) if turn % 2 else (1200, 800))
        for kind in ("view", "proxy", "thumb"):
            with opened(getattr(files, kind)) as picture:
                assert is_upright(picture.transpose(QUARTERS[4 - turn]), tolerance=20)

    @pytest.mark.parametrize("turn", [1, 2, 3])
    def test_the_rating_stays_and_the_sharpest_place_turns_with_the_picture(
        self, tmp_path: Path, files: ProxyFiles, turn: int
    ) -> None:
        pixels = np.full((2000, 3000, 3), 128, dtype=np.uint8)
        rows, columns = np.indices((300, 300)) // 12
        pixels[1500:1800, 2400:2700] = np.where((rows + columns) % 2, 30, 220)[..., None]
        original = jpeg(tmp_path / "a.jpg", Image.fromarray(pixels))
        plain = DARKROOM.develop(original, files)
        x, y = plain.measured.sharpest
        found = DARKROOM.develop(original, files, turn)
        assert replace(found.measured, sharpest=(x, y)) == plain.measured
        assert found.glance == plain.glance
        assert found.measured.sharpest == pytest.approx({1: (1 - y, x), 2: (1 - x, 1 - y), 3: (y, 1 - x)}[turn])
        with opened(files.crop) as crop:
            assert crop.size == CROP_PX
            assert np.asarray(crop).std() > 20

    def test_a_program_of_its_own_turns_alike(self, tmp_path: Path, files: ProxyFiles) -> None:
        original = jpeg(tmp_path / "a.jpg", quarters())
        assert CarefulDarkroom(200).develop(original, files, 3) == DARKROOM.develop(original, files, 3)

    def test_the_model_is_shown_an_original_turned(self, tmp_path: Path) -> None:
        shown = Image.open(io.BytesIO(upright_jpeg(jpeg(tmp_path / "a.jpg", quarters()), 600, 85, 1)))
        assert shown.size == (400, 600)
        assert is_upright(shown.transpose(QUARTERS[3]), tolerance=20)


class TestColours:
    def test_an_embedded_profile_is_converted(self, tmp_path: Path, files: ProxyFiles) -> None:
        original = jpeg(tmp_path / "a.jpg", Image.new("RGB", (80, 60), (100, 160, 100)), icc_profile=ADOBE_RGB)
        to_srgb = ImageCms.profileToProfile(
            Image.open(original),
            ImageCms.ImageCmsProfile(io.BytesIO(ADOBE_RGB)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        )
        assert to_srgb is not None
        assert not is_near(middle_of(to_srgb), (100, 160, 100), tolerance=20)
        assert is_near(middle_of(develop(original, files)), middle_of(to_srgb))

    def test_a_picture_without_a_profile_keeps_its_numbers(self, tmp_path: Path, files: ProxyFiles) -> None:
        original = jpeg(tmp_path / "a.jpg", Image.new("RGB", (80, 60), (100, 160, 100)))
        assert is_near(middle_of(develop(original, files)), (100, 160, 100))

    def test_an_srgb_profile_changes_nothing(self, tmp_path: Path, files: ProxyFiles) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        original = jpeg(tmp_path / "a.jpg", Image.new("RGB", (80, 60), (100, 160, 100)), icc_profile=srgb)
        assert is_near(middle_of(develop(original, files)), (100, 160, 100))

    def test_a_profile_that_is_none_is_left_aside(self, tmp_path: Path, files: ProxyFiles) -> None:
        original = jpeg(tmp_path / "a.jpg", Image.new("RGB", (80, 60), (100, 160, 100)), icc_profile=b"junk" * 50)
        assert is_near(middle_of(develop(original, files)), (100, 160, 100))

    def test_sixteen_bits_are_scaled_rather_than_cut(self, tmp_path: Path, files: ProxyFiles) -> None:
        grey = np.full((60, 80), 0x8080, dtype=np.uint16)
        Image.fromarray(grey).save(tmp_path / "grey.png")
        assert is_near(middle_of(develop(tmp_path / "grey.png", files)), (128, 128, 128))
        colour = np.stack([grey, grey // 2, grey // 4], axis=2)
        pyvips.Image.new_from_array(colour).copy(interpretation="rgb16").tiffsave(str(tmp_path / "colour.tif"))
        assert is_near(middle_of(develop(tmp_path / "colour.tif", files)), (128, 64, 32))

    def test_cmyk_becomes_rgb(self, tmp_path: Path, files: ProxyFiles) -> None:
        jpeg(tmp_path / "a.jpg", Image.new("CMYK", (80, 60), (0, 0, 0, 0)))
        assert is_near(middle_of(develop(tmp_path / "a.jpg", files)), (255, 255, 255), tolerance=6)
        jpeg(tmp_path / "b.jpg", Image.new("CMYK", (80, 60), (0, 255, 255, 0)))
        red, green, blue = middle_of(develop(tmp_path / "b.jpg", files))
        assert red > 150 > 90 > max(green, blue)

    @pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA"])
    def test_grey_palette_and_transparent_pictures_are_taken(
        self, tmp_path: Path, files: ProxyFiles, mode: str
    ) -> None:
        quarters(160, 96).convert(mode).save(tmp_path / "a.png")
        proxy = develop(tmp_path / "a.png", files)
        assert (proxy.mode, proxy.size) == ("RGB", (160, 96))

    def test_what_is_transparent_becomes_white(self, tmp_path: Path, files: ProxyFiles) -> None:
        Image.new("RGBA", (80, 60), (0, 0, 0, 0)).save(tmp_path / "a.png")
        assert is_near(middle_of(develop(tmp_path / "a.png", files)), (255, 255, 255))

    @pytest.mark.parametrize(("extra", "colour"), [(0, (250, 10, 10)), (1, (255, 255, 255)), (2, (255, 255, 255))])
    def test_a_selection_that_was_kept_in_a_tiff_hides_nothing(
        self, tmp_path: Path, files: ProxyFiles, extra: int, colour: tuple[int, ...]
    ) -> None:
        original = tmp_path / "a.tif"
        Image.new("RGBA", (64, 48), (250, 10, 10, 0)).save(original, "TIFF")
        entry = struct.pack("<HHI", 338, 3, 1)
        head, _, tail = original.read_bytes().partition(entry)
        original.write_bytes(head + entry + struct.pack("<HH", extra, 0) + tail[4:])
        assert is_near(middle_of(develop(original, files)), colour)

    def test_a_heic_keeps_its_colours(self, tmp_path: Path, files: ProxyFiles) -> None:
        pillow_heif.from_pillow(Image.new("RGB", (80, 60), (100, 160, 100))).save(tmp_path / "a.heic", quality=95)
        assert is_near(middle_of(develop(tmp_path / "a.heic", files)), (100, 160, 100), tolerance=6)


class TestRefusals:
    def test_a_file_that_was_cut_off_is_refused_and_leaves_no_picture(self, tmp_path: Path, files: ProxyFiles) -> None:
        whole = jpeg(tmp_path / "a.jpg", quarters()).read_bytes()
        (tmp_path / "a.jpg").write_bytes(whole[: len(whole) * 2 // 3])
        with pytest.raises(UnreadableImage, match="cut off"):
            DARKROOM.develop(tmp_path / "a.jpg", files)
        assert not files.proxy.parent.exists()

    @pytest.mark.parametrize("format_", ["PNG", "TIFF", "WEBP", "HEIF"])
    def test_other_formats_that_were_cut_off_are_refused_too(
        self, tmp_path: Path, files: ProxyFiles, format_: str
    ) -> None:
        file = tmp_path / "a"
        noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8))
        if format_ == "HEIF":
            pillow_heif.from_pillow(noise).save(file)
        else:
            noise.save(file, format_)
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(UnreadableImage):
            DARKROOM.develop(file, files)

    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    def test_a_jpeg_whose_end_was_lost_is_refused_though_somebody_closed_it(
        self, tmp_path: Path, files: ProxyFiles, mode: str
    ) -> None:
        noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
        original = tmp_path / "a.jpg"
        Image.fromarray(noise).convert(mode).save(original, "JPEG")
        whole = original.read_bytes()
        original.write_bytes(whole[: len(whole) // 2] + b"\xff\xd9")
        with pytest.raises(UnreadableImage, match=r"missing or damaged|cut off"):
            DARKROOM.develop(original, files)
        assert not files.proxy.exists()

    def test_a_jpeg_with_bytes_too_many_is_taken(self, tmp_path: Path, files: ProxyFiles) -> None:
        original = jpeg(tmp_path / "a.jpg", quarters(160, 96))
        whole = original.read_bytes()
        table = whole.index(b"\xff\xdb")
        original.write_bytes(whole[:table] + b"12345" + whole[table:])
        assert is_upright(develop(original, files), tolerance=20)

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (b"", UnreadableImage),
            (b"not a picture at all", UnreadableImage),
            (b"GIF89a" + bytes(60), UnsupportedFormat),
        ],
    )
    def test_what_is_no_picture_is_refused(
        self, tmp_path: Path, files: ProxyFiles, content: bytes, error: type[LightgateError]
    ) -> None:
        (tmp_path / "a.jpg").write_bytes(content)
        with pytest.raises(error):
            DARKROOM.develop(tmp_path / "a.jpg", files)

    def test_a_bomb_is_refused_before_it_is_decoded(self, tmp_path: Path, files: ProxyFiles) -> None:
        def chunk(kind: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 15_000, 8, 2, 0, 0, 0))
        body = chunk(b"IDAT", zlib.compress(bytes(1000)))
        (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b""))
        with pytest.raises(TooManyPixels, match="300 megapixels"):
            DARKROOM.develop(tmp_path / "a.png", files)

    def test_an_absent_original_is_named_as_such(self, tmp_path: Path, files: ProxyFiles) -> None:
        with pytest.raises(OriginalMissing):
            DARKROOM.develop(tmp_path / "absent.jpg", files)

    def test_a_folder_that_cannot_be_written_is_no_fault_of_the_photo(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("a file where a folder should be")
        with pytest.raises(Misconfigured, match="cannot be written"):
            DARKROOM.develop(jpeg(tmp_path / "a.jpg", quarters()), DataFolder(tmp_path / "data").proxy_files("ab" * 32))

    def test_progressive_and_misnamed_files_are_taken(self, tmp_path: Path, files: ProxyFiles) -> None:
        original = jpeg(tmp_path / "a.tiff", quarters(), progressive=True)
        assert is_upright(develop(original, files))

    def test_a_picture_larger_than_memory_should_hold_goes_through_the_disk(
        self, tmp_path: Path, files: ProxyFiles
    ) -> None:
        original = tmp_path / "large.png"
        pyvips.Image.black(12_000, 9_000, bands=3).copy(interpretation="srgb").pngsave(str(original), compression=1)
        assert DARKROOM.develop(original, files).width_px == 12_000


class TestForTheCaptionModel:
    def test_it_gets_an_upright_jpeg_of_the_asked_size(self, tmp_path: Path) -> None:
        original = jpeg(tmp_path / "a.jpg", turned(6), exif=private_exif(6))
        picture = Image.open(io.BytesIO(upright_jpeg(original, 600, 85)))
        assert (picture.format, picture.size) == ("JPEG", (600, 400))
        assert is_upright(picture, tolerance=20)

    def test_a_missing_proxy_is_named_as_such(self, tmp_path: Path) -> None:
        with pytest.raises(OriginalMissing):
            upright_jpeg(tmp_path / "absent.jpg", 600, 85)


def test_every_photograph_is_developed_or_refused_with_a_reason(photos_dir: Path, files: ProxyFiles) -> None:
    developed, refused = 0, set()
    for file in sorted(photos_dir.rglob("*")):
        if not file.is_file():
            continue
        try:
            DARKROOM.develop(file, files)
            developed += 1
        except Rejected:
            refused.add(file.name)
    assert developed > 100
    # its pixels end in the middle of the picture
    assert "corrupted.jpg" in refused


def test_what_a_killed_worker_left_half_written_goes_with_the_next_try(files: ProxyFiles, tmp_path: Path) -> None:
    original = jpeg(tmp_path / "a.jpg", quarters(60, 40))
    files.view.parent.mkdir(parents=True, exist_ok=True)
    left = [each.with_name(f".{each.name}.99999.part") for each in (files.view, files.proxy, files.thumb)]
    for each in left:
        each.write_bytes(b"half")
    other = files.view.with_name(f".{'0' * 64}-view.jpg.99999.part")
    other.write_bytes(b"another photo's")
    DARKROOM.develop(original, files)
    assert not any(each.exists() for each in left)
    assert other.exists()
