"""Every kind of colour comes out as lcms, or the standard of its container, says: on the site and published."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import piexif
import pillow_heif
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageCms

from lightgate.adapters.pixels.colour import coded, hdr
from lightgate.adapters.pixels.colour.profiles import (
    ADOBE_GAMMA,
    ADOBE_PRIMARIES,
    SRGB_CURVE,
    SRGB_PRIMARIES,
    meaning_of,
    rgb_profile,
)
from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.upright import upright
from lightgate.files.data_folder import DataFolder
from support.colours import de2000, table_profile, to_srgb

P3 = coded.PRIMARIES[12]
PROPHOTO = (0.734699, 0.265301, 0.159597, 0.840403, 0.036598, 0.000105, 0.345704, 0.358540)
PROFILES = {
    "adobe": rgb_profile(ADOBE_PRIMARIES, (ADOBE_GAMMA,)),
    "p3": rgb_profile(P3, SRGB_CURVE),
    "rec2020": rgb_profile(coded.PRIMARIES[9], (2.4,)),
    "prophoto": rgb_profile(PROPHOTO, (1.8,)),
    "linear": rgb_profile(SRGB_PRIMARIES, (1.0,)),
    "linear p3": rgb_profile(P3, (1.0,)),
    "gamma 2.2": rgb_profile(SRGB_PRIMARIES, (2.2,)),
    "srgb": rgb_profile(SRGB_PRIMARIES, SRGB_CURVE),
    "": b"",
}
COLOURS = np.array([[40, 180, 60], [220, 120, 30], [118, 118, 118], [200, 40, 60], [12, 14, 20], [250, 250, 250]])


def patches(values: NDArray[Any], most: float, dtype: str) -> NDArray[Any]:
    """Give squares of 32 px, side by side, of values from 0 to 255."""
    shown = np.repeat(np.repeat(values[None], 32, 0), 32, 1) * (most / 255)
    return (shown if dtype.startswith("f") else shown.round()).astype(dtype)


def middles(picture: NDArray[Any]) -> NDArray[Any]:
    return picture[16, 16::32][: len(COLOURS)].astype(float)


def both(original: Path, tmp_path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    """Give what the review site shows, and what is published."""
    files = DataFolder(tmp_path / "data").proxy_files("0" * 64)
    VipsDarkroom(200).develop(original, files)
    with Image.open(files.view) as view:
        shown = np.asarray(view.convert("RGB"))
    published = upright(original, 4000, 4000)
    assert (published.bands, published.format) == (3, "uchar")
    return middles(shown), middles(np.asarray(published.numpy()))


def assert_near(original: Path, tmp_path: Path, expected: NDArray[Any], mean: float = 1.0) -> None:
    shown, published = both(original, tmp_path)
    assert de2000(published, expected).mean() <= mean, (published, expected)
    assert de2000(shown, expected).mean() <= mean + 1, (shown, expected)


def write_tiff(file: Path, pixels: NDArray[Any], profile: bytes = b"", **fields: object) -> Path:
    """Write an uncompressed TIFF of any samples, which Pillow cannot."""
    bands = pixels.shape[2] if pixels.ndim == 3 else 1
    kind = {"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]
    tags: dict[int, tuple[str, tuple[int, ...] | bytes]] = {
        256: ("I", (pixels.shape[1],)),
        257: ("I", (pixels.shape[0],)),
        258: ("H", (pixels.dtype.itemsize * 8,) * bands),
        259: ("H", (1,)),
        262: ("H", (int(str(fields.get("photometric", 2 if bands > 2 else 1))),)),
        273: ("I", (8,)),
        277: ("H", (bands,)),
        278: ("I", (pixels.shape[0],)),
        279: ("I", (pixels.nbytes,)),
        339: ("H", (kind,) * bands),
    }
    if "extra" in fields:
        tags[338] = ("H", (int(str(fields["extra"])),))
    if profile:
        tags[34675] = ("B", profile)
    content = pixels.tobytes()
    table, values, at = b"", b"", 8 + len(content) + 2 + 12 * len(tags) + 4
    for tag, (code, value) in sorted(tags.items()):
        packed = value if isinstance(value, bytes) else struct.pack(f"<{len(value)}{code}", *value)
        table += struct.pack("<HHI", tag, {"H": 3, "I": 4, "B": 7}[code], len(value))
        table += packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack("<I", at + len(values))
        values += packed if len(packed) > 4 else b""
    head = b"II*\0" + struct.pack("<I", 8 + len(content))
    file.write_bytes(head + content + struct.pack("<H", len(tags)) + table + bytes(4) + values)
    return file


def write_png(file: Path, pixels: NDArray[Any], *chunks: tuple[bytes, bytes]) -> Path:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    colour = {1: 0, 2: 4, 3: 2, 4: 6}[pixels.shape[2] if pixels.ndim == 3 else 1]
    size = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], pixels.dtype.itemsize * 8, colour, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(pixels.dtype.newbyteorder(">")).tobytes() for row in pixels)
    told = [(b"IHDR", size), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in told))
    return file


def iccp(profile: bytes) -> tuple[bytes, bytes]:
    return b"iCCP", b"x\0\0" + zlib.compress(profile)


class TestProfilesByFormatAndDepth:
    @pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
    @pytest.mark.parametrize("kind", ["jpg", "png8", "png16", "tif8", "tif16", "float16", "float32", "webp"])
    def test_a_profile_is_done_as_lcms_does_it(self, tmp_path: Path, kind: str, profile: bytes) -> None:
        is_wide = kind[-2:] in {"16", "32"}
        dtype, most = {"float16": ("f2", 1.0), "float32": ("f4", 1.0)}.get(
            kind, ("u2", 65535) if is_wide else ("u1", 255)
        )
        pixels = patches(COLOURS, most, dtype)
        file = tmp_path / f"a.{kind[:3]}"
        if kind in {"jpg", "webp"}:
            file = tmp_path / f"a.{kind}"
            more = {"quality": 100, "subsampling": 0} if kind == "jpg" else {"lossless": True}
            Image.fromarray(pixels).save(file, icc_profile=profile or None, **more)
        elif kind.startswith("png"):
            write_png(file, pixels, *([iccp(profile)] if profile else []))
        else:
            write_tiff(file, pixels, profile)
        if not profile and kind.startswith("float"):
            profile = PROFILES["linear"]
        assert_near(file, tmp_path, to_srgb(COLOURS, profile))

    @pytest.mark.parametrize("extra", [1, 2])
    @pytest.mark.parametrize(("dtype", "most"), [("u1", 255), ("u2", 65535), ("f4", 1.0)])
    def test_transparency_does_not_change_what_is_opaque(
        self, tmp_path: Path, dtype: str, most: float, extra: int
    ) -> None:
        colours = patches(COLOURS, most, dtype)
        opaque = np.full((*colours.shape[:2], 1), most, dtype)
        file = write_tiff(tmp_path / "a.tif", np.concatenate([colours, opaque], 2), PROFILES["p3"], extra=extra)
        assert_near(file, tmp_path, to_srgb(COLOURS, PROFILES["p3"]))

    def test_what_is_transparent_is_white_in_linear_light_too(self, tmp_path: Path) -> None:
        clear = patches(np.column_stack([COLOURS, np.zeros(6)]), 1.0, "f4")
        assert_near(write_tiff(tmp_path / "a.tif", clear, extra=2), tmp_path, np.full((6, 3), 255))

    def test_grey_floats_are_linear_light(self, tmp_path: Path) -> None:
        greys = patches(COLOURS[:, 2], 1.0, "f4")
        expected = to_srgb(np.repeat(COLOURS[:, 2:], 3, 1), PROFILES["linear"])
        assert_near(write_tiff(tmp_path / "a.tif", greys), tmp_path, expected)

    def test_numbers_that_are_none_are_black_and_those_beyond_are_white(self, tmp_path: Path) -> None:
        strange = np.repeat(np.array([np.nan, -1, 0, 1, 7, np.inf])[:, None], 3, 1) * 255
        expected = np.repeat(np.array([0, 0, 0, 255, 255, 255])[:, None], 3, 1)
        assert_near(write_tiff(tmp_path / "a.tif", patches(strange, 1.0, "f4")), tmp_path, expected)


class TestWhatAProfileIs:
    def test_a_name_is_nothing(self) -> None:
        named = PROFILES["p3"].replace("made".encode("utf-16-be"), "sRGB".encode("utf-16-be"))
        assert named != PROFILES["p3"]
        meaning = meaning_of(named)
        assert meaning is not None
        assert not meaning.is_srgb

    def test_srgb_is_srgb_whoever_made_it(self) -> None:
        made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        for each in (made, PROFILES["srgb"], bytes(pyvips.Operation.call("profile_load", "srgb"))):
            meaning = meaning_of(each)
            assert meaning is not None
            assert meaning.is_srgb

    @pytest.mark.parametrize("kind", [b"link", b"nmcl", b"abst"])
    def test_what_describes_no_pixels_does_not_count(self, tmp_path: Path, kind: bytes) -> None:
        wrong = PROFILES["p3"][:12] + kind + PROFILES["p3"][16:]
        file = tmp_path / "a.jpg"
        Image.fromarray(patches(COLOURS, 255, "u1")).save(file, quality=100, subsampling=0, icc_profile=wrong)
        assert_near(file, tmp_path, COLOURS)

    @pytest.mark.parametrize("length", [3, 127, 200, 400])
    def test_a_broken_profile_is_taken_for_srgb(self, tmp_path: Path, length: int) -> None:
        file = tmp_path / "a.jpg"
        Image.fromarray(patches(COLOURS, 255, "u1")).save(
            file, quality=100, subsampling=0, icc_profile=PROFILES["linear"][:length]
        )
        assert_near(file, tmp_path, COLOURS)

    @pytest.mark.parametrize("space", [b"GRAY", b"CMYK", b"Lab "])
    def test_a_profile_of_other_pixels_is_taken_for_srgb(self, tmp_path: Path, space: bytes) -> None:
        wrong = PROFILES["linear"][:16] + space + PROFILES["linear"][20:]
        file = tmp_path / "a.jpg"
        Image.fromarray(patches(COLOURS, 255, "u1")).save(file, quality=100, subsampling=0, icc_profile=wrong)
        assert_near(file, tmp_path, COLOURS)

    def test_an_rgb_profile_speaks_for_greys_as_in_browsers(self, tmp_path: Path) -> None:
        file = tmp_path / "a.jpg"
        Image.fromarray(patches(COLOURS[:, 2], 255, "u1")).save(file, quality=100, icc_profile=PROFILES["linear"])
        assert_near(file, tmp_path, to_srgb(np.repeat(COLOURS[:, 2:], 3, 1), PROFILES["linear"]))

    def test_a_table_whose_first_colour_is_no_black_is_not_pulled_down(self, tmp_path: Path) -> None:
        """YCC by a table: its (0, 0, 0) is a green that black-point compensation would take for black."""
        profile = table_profile()
        meaning = meaning_of(profile)
        assert meaning is not None
        assert (meaning.has_tables, meaning.has_black) == (True, False)
        file = tmp_path / "a.jpg"
        greys = np.array(
            [[60, 128, 128], [118, 128, 128], [200, 128, 128], [90, 128, 128], [150, 128, 128], [230, 128, 128]]
        )
        Image.fromarray(patches(greys, 255, "u1")).save(file, quality=100, subsampling=0, icc_profile=profile)
        _, published = both(file, tmp_path)
        assert np.ptp(published, axis=1).max() <= 6
        assert np.abs(published.mean(axis=1) - greys[:, 0]).max() <= 8


class TestLabTiff:
    LAB = np.array([[62.0, -50, 40], [60, 35, 55], [50, 0, 0], [45, 58, 25], [10, 2, -5], [95, 0, 0]])

    @pytest.mark.parametrize("alpha", [False, True])
    @pytest.mark.parametrize("dtype", ["u1", "u2"])
    @pytest.mark.parametrize("photometric", [8, 9])
    def test_cielab_is_shown(self, tmp_path: Path, photometric: int, dtype: str, alpha: bool) -> None:
        unit = 256 if dtype == "u2" else 1
        light = self.LAB[:, :1] * (255 * unit / 100 if photometric == 9 or unit == 1 else 655.35)
        signs = self.LAB[:, 1:] * unit
        signs = signs % (256 * unit) if photometric == 8 else signs + 128 * unit
        parts = [light, signs] + [np.full((6, 1), 65535 if unit == 256 else 255)] * alpha
        pixels = patches(np.concatenate(parts, 1), 255, dtype)
        more = {"extra": 2} if alpha else {}
        file = write_tiff(tmp_path / "a.tif", pixels, photometric=photometric, **more)
        levels = np.column_stack([self.LAB[:, 0] * 2.55, self.LAB[:, 1:] % 256]).round().astype(np.uint8)
        change = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB", 1)
        shown = ImageCms.applyTransform(Image.frombytes("LAB", (6, 1), levels.tobytes()), change)
        assert shown is not None
        assert_near(file, tmp_path, np.asarray(shown)[0])


class TestPng:
    P3_CICP = (b"cICP", bytes([12, 13, 0, 1]))
    GAMMA = (b"gAMA", struct.pack(">I", 100_000))
    ADOBE_CHRM = (
        b"cHRM",
        struct.pack(">8I", *(round(each * 1e5) for each in (*ADOBE_PRIMARIES[6:], *ADOBE_PRIMARIES[:6]))),
    )

    @pytest.mark.parametrize(
        ("chunks", "profile"),
        [
            ([GAMMA], PROFILES["linear"]),
            ([(b"gAMA", struct.pack(">I", 45_455))], b""),
            ([(b"gAMA", struct.pack(">I", 45_455)), ADOBE_CHRM], rgb_profile(ADOBE_PRIMARIES, (2.2,))),
            ([(b"sRGB", b"\0"), GAMMA], b""),
            ([iccp(PROFILES["adobe"]), GAMMA], PROFILES["adobe"]),
            ([iccp(PROFILES["adobe"][:150]), GAMMA], PROFILES["linear"]),
            ([P3_CICP, iccp(PROFILES["adobe"]), (b"sRGB", b"\0"), GAMMA], PROFILES["p3"]),
            ([(b"cICP", bytes([12, 13, 1, 1])), iccp(PROFILES["adobe"])], PROFILES["adobe"]),
            ([(b"gAMA", bytes(4))], b""),
            ([GAMMA, (b"cHRM", bytes(32))], b""),
        ],
    )
    @pytest.mark.parametrize(("dtype", "most"), [("u1", 255), ("u2", 65535)])
    def test_the_first_chunk_of_the_standard_counts(
        self, tmp_path: Path, chunks: list[tuple[bytes, bytes]], profile: bytes, dtype: str, most: int
    ) -> None:
        file = write_png(tmp_path / "a.png", patches(COLOURS, most, dtype), *chunks)
        assert_near(file, tmp_path, to_srgb(COLOURS, profile))

    def test_greys_have_a_gamma_too(self, tmp_path: Path) -> None:
        file = write_png(tmp_path / "a.png", patches(COLOURS[:, 2], 255, "u1"), self.GAMMA)
        assert_near(file, tmp_path, to_srgb(np.repeat(COLOURS[:, 2:], 3, 1), PROFILES["linear"]))

    @pytest.mark.parametrize(("dtype", "unit"), [("u1", 1), ("u2", 256)])
    def test_a_narrow_range_is_widened(self, tmp_path: Path, dtype: str, unit: int) -> None:
        pixels = ((patches(COLOURS, 219, "f8") + 16) * unit).round().astype(dtype)
        assert_near(write_png(tmp_path / "a.png", pixels, (b"cICP", bytes([1, 13, 0, 0]))), tmp_path, COLOURS)


class TestHdr:
    @staticmethod
    def signal(transfer: int, white: float = 1.0) -> NDArray[np.float64]:
        """Give the patches as PQ or HLG of BT.2020, 0 to 1, with sRGB's white at a multiple of 203 cd/m²."""
        levels = COLOURS / 255
        linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
        srgb_to_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
        light = linear @ srgb_to_2020.T * white
        if transfer == coded.PQ:
            power = (light * 203 / 10000) ** (2610 / 16384)
            return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)
        scene = light * 0.26496
        high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)

    @pytest.mark.parametrize("transfer", [coded.PQ, coded.HLG])
    def test_what_is_no_brighter_than_white_stays_in_png_as_it_was(self, tmp_path: Path, transfer: int) -> None:
        pixels = patches(self.signal(transfer) * 255, 65535, "u2")
        file = write_png(tmp_path / "a.png", pixels, (b"cICP", bytes([9, transfer, 0, 1])))
        assert_near(file, tmp_path, COLOURS)

    @pytest.mark.parametrize("transfer", [coded.PQ, coded.HLG])
    def test_heif_of_ten_bits_is_tone_mapped(self, tmp_path: Path, transfer: int) -> None:
        pixels = patches(self.signal(transfer) * 255, 65535, "u2")
        file = tmp_path / "a.hif"
        pillow_heif.encode(
            "RGB;16", (pixels.shape[1], pixels.shape[0]), pixels.tobytes(), str(file), quality=100, chroma=444,
            color_primaries=9, transfer_characteristics=transfer, matrix_coefficients=9, full_range_flag=1,
        )  # fmt: skip
        assert_near(file, tmp_path, COLOURS, mean=2)

    def test_lights_beyond_white_are_rolled_off_and_keep_their_order(self, tmp_path: Path) -> None:
        steps = np.repeat(np.linspace(0.3, 0.75, 6)[:, None], 3, 1) * 255
        file = write_png(tmp_path / "a.png", patches(steps, 65535, "u2"), (b"cICP", bytes([9, coded.PQ, 0, 1])))
        _, published = both(file, tmp_path)
        assert (np.diff(published[:, 0]) > 0).all()
        assert published[-1, 0] >= 253

    def test_the_roll_off_is_bt_2390s(self) -> None:
        """By hand, after BT.2390-11 §5.4.1: 145 cd/m² of a picture of 1000 become 133 where white is 203."""
        peak = hdr._to_pq(1000)
        gains = hdr._gains(peak)
        assert gains[round(hdr._to_pq(145) * 65535)] * 145 == pytest.approx(133, abs=2)
        assert gains[round(hdr._to_pq(20) * 65535)] == pytest.approx(1)
        assert gains[round(peak * 65535)] * 1000 == pytest.approx(203, abs=1)


class TestCamerasOwnWord:
    @pytest.mark.parametrize(
        ("space", "index", "is_adobe"),
        [(65535, b"R03", True), (2, b"", True), (None, b"R03", True), (1, b"R03", False), (2, b"R98", False),
         (65535, b"", False), (65535, b"R98", False), (1, b"R98", False)],
    )  # fmt: skip
    def test_adobe_rgb_by_dcf(self, tmp_path: Path, space: int | None, index: bytes, is_adobe: bool) -> None:
        told: dict[str, dict[int, object]] = {"Exif": {}, "Interop": {}}
        if space is not None:
            told["Exif"][piexif.ExifIFD.ColorSpace] = space
        if index:
            told["Interop"][piexif.InteropIFD.InteroperabilityIndex] = index
        file = tmp_path / "a.jpg"
        Image.fromarray(patches(COLOURS, 255, "u1")).save(file, quality=100, subsampling=0, exif=piexif.dump(told))
        assert_near(file, tmp_path, to_srgb(COLOURS, PROFILES["adobe"] if is_adobe else b""))

    def test_a_profile_goes_before_it(self, tmp_path: Path) -> None:
        exif = piexif.dump({"Exif": {}, "Interop": {piexif.InteropIFD.InteroperabilityIndex: b"R03"}})
        file = tmp_path / "a.jpg"
        Image.fromarray(patches(COLOURS, 255, "u1")).save(
            file, quality=100, subsampling=0, exif=exif, icc_profile=PROFILES["srgb"]
        )
        assert_near(file, tmp_path, COLOURS)


class TestAvif:
    def test_it_is_shown_with_its_profile(self, tmp_path: Path) -> None:
        file = tmp_path / "a.avif"
        Image.fromarray(patches(COLOURS, 255, "u1")).save(
            file, quality=100, subsampling="4:4:4", icc_profile=PROFILES["adobe"]
        )
        assert_near(file, tmp_path, to_srgb(COLOURS, PROFILES["adobe"]))

    @pytest.mark.parametrize("bits", [8, 10, 12])
    def test_any_depth_is_shown(self, tmp_path: Path, bits: int) -> None:
        pixels = patches(COLOURS, 65535 if bits > 8 else 255, "u2" if bits > 8 else "u1")
        image = pyvips.Image.new_from_array(pixels).copy(interpretation="rgb16" if bits > 8 else "srgb")
        image.heifsave(str(tmp_path / "a.avif"), compression="av1", bitdepth=bits, Q=95, subsample_mode="off")
        assert_near(tmp_path / "a.avif", tmp_path, COLOURS)

    @pytest.mark.parametrize("transfer", [coded.PQ, coded.HLG])
    def test_hdr_is_tone_mapped(self, tmp_path: Path, transfer: int) -> None:
        pixels = patches(TestHdr.signal(transfer) * 255, 255, "u1")
        Image.fromarray(pixels).save(tmp_path / "a.avif", quality=100, subsampling="4:4:4")
        content = bytearray((tmp_path / "a.avif").read_bytes())
        at = content.index(b"nclx") + 4
        content[at : at + 4] = struct.pack(">HH", 9, transfer)
        (tmp_path / "a.avif").write_bytes(content)
        # eight bits of PQ are coarse
        assert_near(tmp_path / "a.avif", tmp_path, COLOURS, mean=3)
