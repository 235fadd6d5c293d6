"""What a header reader promises, over the one adapter there is."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.errors import FileTooLarge, Rejected, TooManyPixels, UnreadableImage, UnsupportedFormat
from lightgate.ports.pictures import Header
from support.pictures import jpeg, private_exif, quarters

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)
#: tags that say something to us, in three directories, with room
_MOST_DECODED = 100


def saved(folder: Path, name: str, format_: str, **options: object) -> Path:
    file = folder / name
    if format_ == "HEIF":
        pillow_heif.from_pillow(quarters(160, 96)).save(file, **options)
    else:
        quarters(160, 96).save(file, format_, **options)
    return file


def read_exif(folder: Path, fill: Callable[[Image.Exif], None], name: str = "a.jpg") -> Header:
    exif = Image.Exif()
    fill(exif)
    return READER.read(jpeg(folder / name, quarters(160, 96), exif=exif.tobytes()))


def png_of(width_px: int, height_px: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the tags that are decoded: what a hostile file can make us spend."""
    tags: list[int] = []
    decode = ImageFileDirectory_v2.__getitem__

    def counted(directory: ImageFileDirectory_v2, tag: int) -> object:
        tags.append(tag)
        return decode(directory, tag)

    monkeypatch.setattr(ImageFileDirectory_v2, "__getitem__", counted)
    return tags


class TestFormats:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"])
    def test_every_format_is_known_by_its_content_whatever_its_name(self, tmp_path: Path, format_: str) -> None:
        header = READER.read(saved(tmp_path, "holiday.txt", format_))
        assert (header.format, header.width_px, header.height_px) == (format_, 160, 96)
        assert header.exif.format == format_

    @pytest.mark.parametrize(
        ("content", "format_"),
        [
            (b"GIF89a" + bytes(60), "GIF"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(40), "video"),
            (b"%PDF-1.7" + bytes(60), "PDF"),
            (b"8BPS\0\1" + bytes(60), "Photoshop"),
            (b"\xff\x0a" + bytes(60), "JPEG XL"),
            (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60), "JPEG XL"),
            (b"BM" + bytes(60), "BMP"),
        ],
    )
    def test_other_images_are_named_and_refused(self, tmp_path: Path, content: bytes, format_: str) -> None:
        file = tmp_path / "a.jpg"
        file.write_bytes(content)
        with pytest.raises(UnsupportedFormat, match=f"^{format_} files are not taken in"):
            READER.read(file)

    @pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"Dear photographer,\n" * 9, "not an image")])
    def test_what_is_no_image_is_refused_with_a_reason(self, tmp_path: Path, content: bytes, words: str) -> None:
        file = tmp_path / "a.jpg"
        file.write_bytes(content)
        with pytest.raises(UnreadableImage, match=words):
            READER.read(file)

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"])
    def test_a_file_that_ends_in_its_header_is_refused(self, tmp_path: Path, format_: str) -> None:
        file = saved(tmp_path, "a", format_)
        file.write_bytes(file.read_bytes()[:20])
        with pytest.raises(UnreadableImage, match="beginning"):
            READER.read(file)

    def test_a_folder_or_an_absent_file_is_refused(self, tmp_path: Path) -> None:
        for file in (tmp_path, tmp_path / "absent.jpg"):
            with pytest.raises(UnreadableImage):
                READER.read(file)

    def test_a_pipe_is_refused_without_waiting_for_a_writer(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.jpg")
        with pytest.raises(UnreadableImage, match="not a file"):
            READER.read(tmp_path / "pipe.jpg")


class TestLimits:
    @pytest.mark.parametrize(("width_px", "height_px"), [(20_000, 15_000), (2_000_000, 2_000_000)])
    def test_a_bomb_is_refused_by_its_header_alone(self, tmp_path: Path, width_px: int, height_px: int) -> None:
        file = tmp_path / "bomb.png"
        file.write_bytes(png_of(width_px, height_px))
        with pytest.raises(TooManyPixels, match="limit is 200"):
            READER.read(file)

    def test_a_webp_bomb_is_refused_before_its_canvas_is_made(self, tmp_path: Path) -> None:
        body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16382).to_bytes(3, "little") * 2
        file = tmp_path / "bomb.webp"
        file.write_bytes(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body)
        with pytest.raises(TooManyPixels):
            READER.read(file)

    def test_a_large_picture_within_the_limit_is_read(self, tmp_path: Path) -> None:
        file = tmp_path / "large.png"
        file.write_bytes(png_of(19_000, 10_000))
        assert READER.read(file).width_px == 19_000

    def test_more_bytes_than_allowed_are_refused_before_they_are_read(self, tmp_path: Path) -> None:
        file = jpeg(tmp_path / "a.jpg", quarters())
        with pytest.raises(FileTooLarge, match=r"intake\.max_file_mb"):
            PillowHeaders(max_megapixels=200, max_file_mb=0.001).read(file)

    def test_of_hundreds_of_thousands_of_tags_only_ours_are_decoded(self, tmp_path: Path, decoded: list[int]) -> None:
        count, size = 60_000, 400_000
        start = 8 + 2 + 12 * count + 4
        entries = b"".join(struct.pack("<HHII", 256 + number, 5, size // 8, start) for number in range(count))
        block = b"II*\0" + struct.pack("<IH", 8, count) + entries + bytes(4) + b"\1\2" * (size // 2)
        pieces = [b"Exif\0\0" + block[at : at + 65_000] for at in range(0, len(block), 65_000)]
        plain = jpeg(tmp_path / "a.jpg", quarters(160, 96)).read_bytes()
        segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(piece) + 2) + piece for piece in pieces)
        for name, content in {"b.jpg": plain[:2] + segments + plain[2:], "b.tif": block}.items():
            (tmp_path / name).write_bytes(content)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            decoded.clear()
            with contextlib.suppress(Rejected):
                READER.read(tmp_path / name)
            assert len(decoded) < _MOST_DECODED
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


class TestExif:
    def test_the_facts_of_a_camera_are_read(self, tmp_path: Path) -> None:
        def fill(exif: Image.Exif) -> None:
            exif[0x010F], exif[0x0110], exif[0x0132] = "Canon", "Canon EOS 5D Mark IV", "2024:06:01 09:00:00"
            exif.get_ifd(0x8769).update(
                {
                    0x9003: "2024:05:31 10:11:12",
                    0x9291: "57",
                    0x9011: "+02:00",
                    0x829A: IFDRational(10, 2500),
                    0x829D: IFDRational(56, 10),
                    0x8827: 400,
                    0x9204: IFDRational(-2, 3),
                    0x920A: IFDRational(135, 1),
                    0xA405: 216,
                    0xA434: "EF70-200mm f/4L",
                }
            )
            exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (4.0, 30.0, 0.0)})

        header = read_exif(tmp_path, fill)
        exif = header.exif
        assert (header.extra.exposure_bias, header.extra.stars) == (-0.67, None)
        assert (header.extra.latitude, header.extra.longitude) == (51.5, -4.5)
        assert (exif.date_time, exif.sub_seconds, exif.offset) == ("2024:05:31 10:11:12", "57", "+02:00")
        assert (exif.make, exif.model, exif.camera) == ("Canon", "Canon EOS 5D Mark IV", "Canon EOS 5D Mark IV")
        assert (exif.exposure, exif.aperture, exif.iso) == ("1/250 sec", "f/5.6", 400)
        assert (exif.focal_length_mm, exif.focal_length_35mm_mm) == (135, 216)
        assert exif.lens_model == "EF70-200mm f/4L"
        assert exif.has_gps

    def test_a_file_that_says_nothing_has_no_invented_facts(self, tmp_path: Path) -> None:
        header = READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96)))
        exif = header.exif
        assert (exif.date_time, exif.camera, exif.lens_model, exif.exposure, exif.aperture) == (None,) * 5
        assert (exif.iso, exif.focal_length_mm, exif.has_gps, exif.orientation) == (None, None, False, 1)
        assert (header.caption, header.alt_text, header.keywords) == (None, None, ())

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_the_size_is_that_of_the_upright_picture(self, tmp_path: Path, orientation: int) -> None:
        header = READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), exif=private_exif(orientation)))
        upright = (160, 96) if orientation < 5 else (96, 160)
        assert (header.width_px, header.height_px) == (header.exif.width, header.exif.height) == upright
        assert header.exif.orientation == orientation

    @pytest.mark.parametrize("format_", ["PNG", "TIFF", "WEBP", "HEIF"])
    def test_every_container_carries_its_camera(self, tmp_path: Path, format_: str) -> None:
        header = READER.read(saved(tmp_path, "a", format_, exif=private_exif()))
        assert header.exif.camera == "Canon EOS R5"
        assert header.exif.has_gps

    def test_a_heic_is_upright_already_whatever_its_exif_says(self, tmp_path: Path) -> None:
        header = READER.read(saved(tmp_path, "a.heic", "HEIF", exif=private_exif(orientation=6)))
        assert header.exif.orientation == 1

    def test_the_moment_of_exposure_goes_before_the_moment_of_the_last_edit(self, tmp_path: Path) -> None:
        def fill(exif: Image.Exif) -> None:
            exif[0x0132] = "2024:06:01 09:00:00"
            exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
            exif.get_ifd(0x8769)[0x9004] = "2023:02:03 04:05:06"

        assert read_exif(tmp_path, fill).exif.date_time == "2023:02:03 04:05:06"

    def test_nonsense_is_missing_rather_than_wrong(self, tmp_path: Path) -> None:
        def fill(exif: Image.Exif) -> None:
            exif[0x010F], exif[0x0110], exif[0x0112] = "\0\0", "   ", 9
            exif[0x0132] = "2024:13:45 99:00:00"
            exif.get_ifd(0x8769).update(
                {
                    0x829A: IFDRational(1, 0),
                    0x829D: IFDRational(0, 1),
                    0x8827: 65535,
                    0x920A: IFDRational(0, 0),
                    0xA405: 0,
                    0xA434: "----",
                    0x9291: "abc",
                    0x9011: "   :  ",
                }
            )
            exif.get_ifd(0x8825).update({2: (IFDRational(0, 0),) * 3, 4: (IFDRational(0, 0),) * 3})

        exif = read_exif(tmp_path, fill).exif
        assert (exif.date_time, exif.camera, exif.exposure, exif.aperture, exif.iso) == (None,) * 5
        assert (exif.focal_length_mm, exif.focal_length_35mm_mm, exif.lens_model) == (None,) * 3
        assert (exif.sub_seconds, exif.offset, exif.has_gps, exif.orientation) == (None, None, False, 1)

    def test_apex_values_stand_in_for_missing_ones(self, tmp_path: Path) -> None:
        def fill(exif: Image.Exif) -> None:
            exif.get_ifd(0x8769).update({0x9201: IFDRational(8, 1), 0x9202: IFDRational(4, 1)})

        exif = read_exif(tmp_path, fill).exif
        assert (exif.exposure, exif.aperture) == ("1/256 sec", "f/4")

    def test_an_interoperability_tag_is_not_taken_for_gps(self, tmp_path: Path) -> None:
        def fill(exif: Image.Exif) -> None:
            exif.get_ifd(0x8769)[0xA005] = {1: "R98", 2: b"0100"}

        assert not read_exif(tmp_path, fill).exif.has_gps


class TestTexts:
    XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">
    <dc:description><rdf:Alt><rdf:li xml:lang="nl">Boten</rdf:li>
    <rdf:li xml:lang="x-default">Boats &amp; cranes</rdf:li>
    </rdf:Alt></dc:description>
    <Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">Red boats.</rdf:li></rdf:Alt>
    </Iptc4xmpCore:AltTextAccessibility>
    <dc:subject><rdf:Bag><rdf:li>boat</rdf:li><rdf:li>Boat</rdf:li><rdf:li>quay</rdf:li></rdf:Bag></dc:subject>
    <dc:creator><rdf:Seq><rdf:li>José Ångström</rdf:li></rdf:Seq></dc:creator>
    <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© José</rdf:li></rdf:Alt></dc:rights>
    </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""

    @pytest.mark.parametrize("format_", ["JPEG", "TIFF", "WEBP", "HEIF"])
    def test_xmp_gives_all_texts(self, tmp_path: Path, format_: str) -> None:
        options = {"tiffinfo": {700: self.XMP.encode()}} if format_ == "TIFF" else {"xmp": self.XMP.encode()}
        header = READER.read(saved(tmp_path, "a", format_, **options))
        assert (header.caption, header.alt_text) == ("Boats & cranes", "Red boats.")
        assert header.keywords == ("boat", "quay")
        assert (header.rights.creator, header.rights.copyright) == ("José Ångström", "© José")

    @pytest.mark.parametrize(
        ("written", "stars"),
        [
            ('xmp:Rating="4"', 4),
            ('xmp:Rating="-1"', -1),
            ('xmp:Rating="-1.000000"', -1),
            ('xmp:Rating="3.0"', 3),
            ('xmp:Rating="0"', None),
            ('xmp:Rating="many"', None),
        ],
    )
    def test_stars_are_read_where_somebody_gave_any(self, tmp_path: Path, written: str, stars: int | None) -> None:
        packet = self.XMP.replace(
            "<rdf:Description", f'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" {written}'
        )
        as_element = self.XMP.replace(
            "<dc:description>",
            f'<xmp:Rating xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
            f"{written.split(chr(34))[1]}</xmp:Rating><dc:description>",
            1,
        )
        for name, each in (("a", packet), ("b", as_element)):
            assert READER.read(saved(tmp_path, name, "JPEG", xmp=each.encode())).extra.stars == stars

    @pytest.mark.parametrize(
        "packet",
        [
            b"<not xml",
            b"\xff\xfe\x00garbage",
            b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
            b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
            b'<x xmlns:x="y"/>',
            b'<?xml version="1.0" encoding="klingon"?><x/>',
        ],
    )
    def test_a_packet_that_is_no_xmp_says_nothing(self, tmp_path: Path, packet: bytes) -> None:
        assert READER.read(saved(tmp_path, "a", "JPEG", xmp=packet)).caption is None

    @pytest.mark.parametrize(
        ("marker", "encoding"),
        [(b"\x1b%G", "utf-8"), (b"", "utf-8"), (b"", "latin-1")],
        ids=["utf-8", "unmarked", "latin-1"],
    )
    def test_iptc_is_read_in_its_encoding(self, tmp_path: Path, marker: bytes, encoding: str) -> None:
        def dataset(record: int, number: int, value: bytes) -> bytes:
            return b"\x1c" + bytes([record, number]) + struct.pack(">H", len(value)) + value

        block = dataset(1, 90, marker) if marker else b""
        for number, value in ((120, "Café"), (25, "Überfahrt"), (25, "boot"), (80, "Zoë"), (116, "© Zoë")):
            block += dataset(2, number, value.encode(encoding))
        header = READER.read(self._with_iptc(tmp_path, block))
        assert (header.caption, header.keywords) == ("Café", ("Überfahrt", "boot"))
        assert (header.rights.creator, header.rights.copyright) == ("Zoë", "© Zoë")

    def test_exif_gives_its_texts_where_nothing_better_does(self, tmp_path: Path) -> None:
        def fill(exif: Image.Exif) -> None:
            exif[0x010E], exif[0x013B], exif[0x8298] = "Lighthouse", "Ann Marsh", "Ann 2026"
            exif[0x9C9E] = "sea;light".encode("utf-16-le") + b"\0\0"

        header = read_exif(tmp_path, fill)
        assert (header.caption, header.keywords) == ("Lighthouse", ("sea", "light"))
        assert (header.rights.creator, header.rights.copyright) == ("Ann Marsh", "Ann 2026")

    @pytest.mark.parametrize(
        "caption",
        ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "<Digimax i6 PMP, Samsung #1>", "Canon EOS R5", "\0\0"],
    )
    def test_what_the_camera_writes_is_no_caption(self, tmp_path: Path, caption: str) -> None:
        def fill(exif: Image.Exif) -> None:
            exif[0x010E], exif[0x010F], exif[0x0110] = caption, "Canon", "EOS R5"

        assert read_exif(tmp_path, fill).caption is None

    def test_control_characters_and_line_breaks_do_not_get_in(self, tmp_path: Path) -> None:
        def fill(exif: Image.Exif) -> None:
            exif[0x010E] = "Two\r\nred\tboats\x07\x1b[31m"

        assert read_exif(tmp_path, fill).caption == "Two red boats[31m"

    @staticmethod
    def _with_iptc(folder: Path, block: bytes) -> Path:
        resource_ = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
        body = b"Photoshop 3.0\0" + resource_
        plain = jpeg(folder / "a.jpg", quarters(160, 96)).read_bytes()
        (folder / "a.jpg").write_bytes(plain[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + plain[2:])
        return folder / "a.jpg"


def test_three_hundred_damaged_files_are_read_or_refused_and_nothing_else(tmp_path: Path, decoded: list[int]) -> None:
    def fill(exif: Image.Exif) -> None:
        exif[0x010E], exif[0x010F], exif[0x0110], exif[0x013B] = "A caption", "Canon", "EOS R5", "Ann"
        exif.get_ifd(0x8769).update({0x9003: "2024:05:31 10:11:12", 0x829A: IFDRational(1, 250), 0x8827: 400})
        exif.get_ifd(0x8825).update({2: (51.0, 30.0, 0.0), 4: (4.0, 30.0, 0.0)})

    read_exif(tmp_path, fill, "sound.jpg")
    sound = (tmp_path / "sound.jpg").read_bytes()
    dice = random.Random(20261120)
    read = 0
    for number in range(360):
        file = tmp_path / f"{number}.jpg"
        file.write_bytes(_damaged(sound, dice))
        decoded.clear()
        with contextlib.suppress(Rejected):
            READER.read(file)
            read += 1
        assert len(decoded) < _MOST_DECODED
    assert read > 100


def _damaged(sound: bytes, dice: random.Random) -> bytes:
    """Change some bytes of the EXIF block, or cut it, or repeat a piece of it."""
    content = bytearray(sound)
    kind = dice.randrange(4)
    if kind == 0:
        return bytes(content[: dice.randrange(1, 700)])
    if kind == 1:
        at = dice.randrange(20, 400)
        content[at:at] = content[at : at + dice.randrange(1, 60)] * dice.randrange(1, 5)
    for _ in range(dice.randrange(1, 24)):
        content[dice.randrange(2, 420)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    return bytes(content)


def test_every_photograph_is_read_or_refused_with_a_reason(photos_dir: Path) -> None:
    files = [file for file in sorted(photos_dir.rglob("*")) if file.is_file()]
    refused = {}
    for file in files:
        try:
            assert READER.read(file).width_px > 0
        except Rejected as error:
            refused[file] = str(error)
    pictures = [file for file in files if file.suffix.lower() in {".jpg", ".jpeg", ".heic", ".heif", ".tiff"}]
    assert len(pictures) > 100
    assert set(files) - set(pictures) == refused.keys()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exif-samples/jpg/Canon_40D.jpg", ("Canon EOS 40D", "2008:05:30 15:56:01", "1/160 sec", "f/7.1", 100, 135)),
        ("exif-samples/jpg/Nikon_D70.jpg", ("NIKON D70", "2008:03:15 09:52:01", "1/200 sec", "f/9", 200, 100)),
        (
            "exif-samples/heic/mobile/iphone_13_pro_max.HEIC",
            ("Apple iPhone 13 Pro Max", "2022:02:16 12:55:41", "1/60 sec", "f/1.5", 250, 5.7),
        ),
        ("exif-samples/jpg/invalid/image00971.jpg", (None, None, None, None, None, None)),
    ],
)
def test_real_cameras_say_what_an_independent_reader_says(
    photos_dir: Path, name: str, expected: tuple[object, ...]
) -> None:
    exif = READER.read(photos_dir / name).exif
    found = (exif.camera, exif.date_time, exif.exposure, exif.aperture, exif.iso, exif.focal_length_mm)
    assert found == expected
