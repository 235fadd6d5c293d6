"""Metadata where other programs put it: behind a PNG's pixels, in XMP alone, in several segments, damaged in part."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.errors import UnreadableImage
from support.pictures import jpeg, quarters
from support.raw_files import Tag, tiff_block

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)

NAMED: dict[int, Tag] = {271: (2, b"Canon\0"), 272: (2, b"Canon EOS R5\0"), 274: (3, (6,))}
FACTS = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 tiff:Make="NIKON" tiff:Model="NIKON D1X" aux:Lens="17-35 mm f/2.8" exif:ExposureTime="1/125" exif:FNumber="56/10"
 exif:FocalLength="42/1" exif:DateTimeOriginal="2004-06-21T23:37:53.12+01:00" exif:GPSLatitude="48,53.5N"
 exif:GPSLongitude="2,20,30W">
<exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li></rdf:Seq></exif:ISOSpeedRatings>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Quay</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(file: Path, before: bytes = b"", behind: bytes = b"", *, pixels: bool = True, depth: int = 8) -> Path:
    head = struct.pack(">IIBBBBB", 4, 3, depth, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(3 * 13))) if pixels else b""
    whole = chunk(b"IHDR", head) + before + rows + behind + chunk(b"IEND", b"")
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + whole)
    return file


def raw_profile(name: str, content: bytes) -> bytes:
    text = f"\n{name}\n{len(content):8}\n{content.hex()}\n".encode()
    return chunk(b"zTXt", f"Raw profile type {name}".encode() + b"\0\0" + zlib.compress(text))


def data_set(number: int, value: bytes) -> bytes:
    return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(value)) + value


def resource(number: int, content: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + bytes(len(content) % 2)


class TestPng:
    @pytest.mark.parametrize("is_behind", [False, True])
    def test_metadata_counts_before_and_behind_the_pixels(self, tmp_path: Path, is_behind: bool) -> None:
        told = chunk(b"eXIf", tiff_block(NAMED)) + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + FACTS.encode())
        file = png(tmp_path / "a.png", *((b"", told) if is_behind else (told, b"")))
        header = READER.read(file)
        assert (header.exif.camera, header.exif.orientation, header.caption) == ("Canon EOS R5", 6, "Quay")
        assert (header.width_px, header.height_px) == (3, 4)

    def test_profiles_as_imagemagick_wrote_them_are_read(self, tmp_path: Path) -> None:
        words = data_set(120, b"Harbour") + data_set(116, b"E.T.")
        told = raw_profile("exif", b"Exif\0\0" + tiff_block(NAMED)) + raw_profile("iptc", resource(0x0404, words))
        header = READER.read(png(tmp_path / "a.png", told))
        assert (header.exif.camera, header.caption, header.rights.copyright) == ("Canon EOS R5", "Harbour", "E.T.")

    def test_the_standards_own_keywords_are_the_last_resort(self, tmp_path: Path) -> None:
        told = chunk(b"tEXt", b"Author\0Zo\xeb") + chunk(b"iTXt", "Description\0\0\0\0\0Überfahrt".encode())
        header = READER.read(png(tmp_path / "a.png", told))
        assert (header.caption, header.rights.creator) == ("Überfahrt", "Zoë")

    def test_a_damaged_chunk_costs_itself_alone(self, tmp_path: Path) -> None:
        broken = struct.pack(">I", 3) + b"cHRM" + b"abc" + b"\0\0\0\0" + chunk(b"zTXt", b"Author\0\0no zlib")
        header = READER.read(png(tmp_path / "a.png", broken + chunk(b"eXIf", tiff_block(NAMED))))
        assert header.exif.camera == "Canon EOS R5"

    def test_a_text_that_unfolds_to_very_much_is_left(self, tmp_path: Path) -> None:
        told = chunk(b"zTXt", b"Description\0\0" + zlib.compress(b"a" * 40_000_000))
        assert READER.read(png(tmp_path / "a.png", told)).caption is None

    @pytest.mark.parametrize("fault", [{"pixels": False}, {"depth": 7}])
    def test_one_that_can_have_no_pixels_is_refused(self, tmp_path: Path, fault: dict[str, int]) -> None:
        with pytest.raises(UnreadableImage, match="beginning"):
            READER.read(png(tmp_path / "a.png", **fault))


class TestXmp:
    def test_facts_are_taken_from_it_where_exif_has_none(self, tmp_path: Path) -> None:
        header = READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), xmp=FACTS.encode()))
        exif = header.exif
        assert (exif.camera, exif.lens_model, exif.exposure) == ("NIKON D1X", "17-35 mm f/2.8", "1/125 sec")
        assert (exif.aperture, exif.iso, exif.focal_length_mm) == ("f/5.6", 200, 42)
        assert (exif.date_time, exif.sub_seconds, exif.offset) == ("2004:06:21 23:37:53", "12", "+01:00")
        assert exif.has_gps
        assert (header.extra.latitude, header.extra.longitude) == (48.8916667, -2.3416667)

    def test_exif_goes_before_it(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0110], exif[0x0132] = "D70", "2020:01:01 10:00:00"
        exif.get_ifd(0x8769)[0x9003] = "2010:01:01 10:00:00"
        file = jpeg(tmp_path / "a.jpg", quarters(160, 96), exif=exif.tobytes(), xmp=FACTS.encode())
        found = READER.read(file).exif
        assert (found.model, found.date_time, found.aperture) == ("D70", "2010:01:01 10:00:00", "f/5.6")

    def test_the_day_of_the_picture_goes_before_that_of_its_last_edit(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0132] = "2020:01:01 10:00:00"
        slide = FACTS.replace(
            'exif:DateTimeOriginal="2004-06-21T23:37:53.12+01:00"',
            'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:DateCreated="1988-12-01T18:53:44"',
        )
        file = jpeg(tmp_path / "a.jpg", quarters(160, 96), exif=exif.tobytes(), xmp=slide.encode())
        assert READER.read(file).exif.date_time == "1988:12:01 18:53:44"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("FNumber", "56/0"),
            ("FNumber", "1e999999999"),
            ("FocalLength", "9" * 400),
            ("DateTimeOriginal", "2004-13-99T99:99:99"),
            ("GPSLatitude", "99,00N"),
        ],
    )
    def test_nonsense_in_it_is_missing(self, tmp_path: Path, name: str, value: str) -> None:
        packet = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:{name}="{value}" exif:GPSLongitude="1,1E"/></rdf:RDF>"""
        exif = READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), xmp=packet.encode())).exif
        assert (exif.aperture, exif.focal_length_mm, exif.date_time, exif.has_gps) == (None, None, None, False)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
    def test_it_is_read_in_every_unicode_encoding(self, tmp_path: Path, encoding: str) -> None:
        file = jpeg(tmp_path / "a.jpg", quarters(160, 96), xmp=FACTS.encode(encoding))
        assert READER.read(file).caption == "Quay"

    def test_the_end_of_an_earlier_longer_packet_behind_it_does_no_harm(self, tmp_path: Path) -> None:
        packet = f'{FACTS}<?xpacket end="w"?></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
        assert READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), xmp=packet.encode())).caption == "Quay"

    def test_words_of_a_picture_that_was_pasted_in_are_not_its_own(self, tmp_path: Path) -> None:
        pasted = """<xmpMM:Pantry xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"><rdf:Bag><rdf:li>
        <rdf:Description><dc:description>Another</dc:description></rdf:Description></rdf:li></rdf:Bag></xmpMM:Pantry>
        <dc:description>"""
        packet = FACTS.replace("<dc:description>", pasted, 1)
        assert READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), xmp=packet.encode())).caption == "Quay"


class TestOtherPlaces:
    def test_iptc_may_be_cut_into_several_segments(self, tmp_path: Path) -> None:
        words = resource(0x0BB7, bytes(101)) + resource(0x0404, data_set(120, b"Harbour"))
        file = jpeg(tmp_path / "a.jpg", quarters(160, 96))
        segments = b"".join(
            b"\xff\xed" + struct.pack(">H", len(part) + 16) + b"Photoshop 3.0\0" + part
            for part in (words[:60], words[60:120], words[120:])
        )
        file.write_bytes(file.read_bytes()[:2] + segments + file.read_bytes()[2:])
        assert READER.read(file).caption == "Harbour"

    def test_iptcs_day_and_time_count_together(self, tmp_path: Path) -> None:
        for number, (words, expected) in enumerate(
            (
                (data_set(55, b"20060204") + data_set(60, b"160930+0130"), ("2006:02:04 16:09:30", "+01:30")),
                (data_set(55, b"20060204"), ("2006:02:04", None)),
            )
        ):
            told = raw_profile("iptc", resource(0x0404, words))
            exif = READER.read(png(tmp_path / f"{number}.png", told)).exif
            assert (exif.date_time, exif.offset) == expected

    def test_a_camera_may_put_all_into_the_first_directory(self, tmp_path: Path) -> None:
        file = tmp_path / "a.tif"
        taken: dict[int, Tag] = {36867: (2, b"2006:05:27 12:37:03\0"), 34855: (3, (250,))}
        file.write_bytes(tiff_block({**NAMED, 256: (4, (8,)), 257: (4, (8,)), **taken}))
        exif = READER.read(file).exif
        assert (exif.date_time, exif.iso) == ("2006:05:27 12:37:03", 250)

    def test_a_value_behind_the_end_costs_no_tag_after_it(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif.get_ifd(0x8769).update({0x927C: b"maker" * 40, 0xA405: 82})
        block = exif.tobytes()
        place = block.index(b"maker") - 6
        assert block.count(struct.pack(">I", place)) == 1
        beyond = block.replace(struct.pack(">I", place), struct.pack(">I", len(block) * 2))
        header = READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), exif=beyond))
        assert header.exif.focal_length_35mm_mm == 82

    def test_what_a_person_wrote_with_windows_is_read(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x9C9C], exif[0x9C9D] = "Regatta".encode("utf-16-le"), "Zoë".encode("utf-16-le")
        exif[0x010E], exif[0x4746] = "OLYMPUS DIGITAL CAMERA", 4
        header = READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), exif=exif.tobytes()))
        assert (header.caption, header.rights.creator, header.extra.stars) == ("Regatta", "Zoë", 4)

    def test_what_cameras_put_into_the_user_comment_is_no_caption(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0R:  139 G:  255 B:  189"
        assert READER.read(jpeg(tmp_path / "a.jpg", quarters(160, 96), exif=exif.tobytes())).caption is None

    def test_a_big_tiff_is_read_in_both_byte_orders(self, tmp_path: Path) -> None:
        for order, mark in (("<", b"II+\0"), (">", b"MM\0+")):
            tags = ((256, 4, 40), (257, 4, 30))
            entries = b"".join(struct.pack(f"{order}HHQII", tag, kind, 1, value, 0) for tag, kind, value in tags)
            file = tmp_path / f"{mark[:2].decode()}.tif"
            head = mark + struct.pack(f"{order}HHQ", 8, 0, 16)
            file.write_bytes(head + struct.pack(f"{order}Q", len(tags)) + entries + bytes(8))
            header = READER.read(file)
            assert (header.width_px, header.height_px) == (40, 30)

    def test_a_list_that_was_written_into_one_keyword_is_taken_apart(self, tmp_path: Path) -> None:
        words = ", ".join(f"carrier {number}" for number in range(20))
        header = READER.read(png(tmp_path / "a.png", raw_profile("iptc", data_set(25, words.encode()))))
        assert header.keywords[:2] == ("carrier 0", "carrier 1")
        assert len(header.keywords) == 20
