"""IPTC-IIM as old programs wrote it: encodings without a name, data sets twice, changes that XMP does not know."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.metadata.containers.photoshop import SEGMENT_MARK
from lightgate.adapters.metadata.iptc import texts_of
from lightgate.adapters.metadata.published.disclosed import Place, read_original
from lightgate.adapters.metadata.published.write_iptc import iim_block
from lightgate.adapters.metadata.published.write_xmp import xmp_packet
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.metadata.texts import is_boilerplate, words_from_iptc
from lightgate.domain.approval.rights import RightsStatement
from lightgate.domain.photo import Field, Source, Text
from lightgate.pictures.file_facts import facts_of
from lightgate.ports.pictures import Header
from support.pictures import jpeg, quarters
from support.published import BARE

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)


def data_set(number: int, value: bytes, record: int = 2) -> bytes:
    return b"\x1c" + bytes([record, number]) + struct.pack(">H", len(value)) + value


def resource(number: int, content: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + bytes(len(content) % 2)


def with_resources(file: Path, resources: bytes, xmp: bytes = b"") -> Path:
    extra = {"xmp": xmp} if xmp else {}
    jpeg(file, quarters(16, 16), **extra)
    segment = SEGMENT_MARK + resources
    content = file.read_bytes()
    file.write_bytes(content[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + content[2:])
    return file


class TestEncodings:
    WORDS = ("Zürich", "Straßenbahn über die Brücke", "café", "Zoë", "© Zoë")

    @pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman"])
    def test_the_texts_of_a_file_tell_its_encoding_together(self, encoding: str) -> None:
        city, caption, keyword, name, rights = (each.encode(encoding) for each in self.WORDS)
        block = data_set(90, city) + data_set(120, caption) + data_set(25, keyword) + data_set(25, b"tram")
        words = words_from_iptc(block + data_set(80, name) + data_set(116, rights))
        assert words.caption == (("x-default", "Straßenbahn über die Brücke"),)
        assert words.keywords == ("café", "tram")
        assert (words.creator, words.copyright) == ("Zoë", (("x-default", "© Zoë"),))

    def test_one_short_text_is_read_by_what_the_others_tell(self) -> None:
        # by itself the sign could be anything
        block = data_set(25, "œ".encode("mac_roman")) + data_set(120, "Vögel über Städten, größer".encode("mac_roman"))
        assert words_from_iptc(block).keywords == ("œ",)

    @pytest.mark.parametrize(
        ("named", "encoding"),
        [
            (b"\x1b%G", "utf-8"),
            (b"\x1b%/I", "utf-8"),
            (b"\x1b.A", "cp1252"),
            (b"\x1b-B", "iso8859-2"),
            (b"\x1b-F", "iso8859-7"),
        ],
    )
    def test_an_encoding_that_is_named_is_taken(self, named: bytes, encoding: str) -> None:
        said = {"iso8859-2": "Łódź", "iso8859-7": "λίμνη"}.get(encoding, "Zürich")
        block = data_set(90, named, 1) + data_set(120, said.encode(encoding))
        assert words_from_iptc(block).caption == (("x-default", said),)

    def test_a_name_that_is_wrong_is_not_believed(self) -> None:
        block = data_set(90, b"\x1b%G", 1) + data_set(120, "Vögel über Städten".encode("cp1252"))
        assert words_from_iptc(block).caption == (("x-default", "Vögel über Städten"),)

    def test_any_bytes_are_read(self) -> None:
        assert texts_of(data_set(120, bytes(range(256))))[120]
        assert texts_of(b"\x1c\x02") == {}


class TestRepeated:
    def test_what_may_stand_there_once_is_not_joined(self, tmp_path: Path) -> None:
        block = b"".join(
            data_set(number, value)
            for number, value in (
                (120, b" "), (120, b"Harbour at dawn"), (120, b"Harbour at dusk"), (116, b"Ann"), (116, b"Ben"),
                (90, b"Bled"), (90, b"Bohinj"), (80, b"Ann"), (80, b"Ben"), (25, b"boat"), (25, b"quay"),
            )
        )  # fmt: skip
        header = READER.read(with_resources(tmp_path / "a.jpg", resource(0x0404, block)))
        assert (header.caption, header.rights.copyright) == ("Harbour at dawn", "Ann")
        assert (header.rights.creator, header.keywords) == ("Ann; Ben", ("boat", "quay"))
        assert read_original(tmp_path / "a.jpg").place.city == "Bled"


class TestDigest:
    XMP = replace(
        BARE,
        languages=("en", "de"),
        texts=(
            Text("en", Field.CAPTION, "A boat.", Source.PERSON),
            Text("de", Field.CAPTION, "Ein Boot.", Source.PERSON),
            Text("en", Field.ALT_TEXT, "A red boat.", Source.PERSON),
            Text("en", Field.KEYWORDS, ("boat", "x" * 70), Source.PERSON),
        ),
    )
    OLD = data_set(120, b"A boat.") + data_set(25, b"boat") + data_set(25, b"x" * 64) + data_set(80, b"Ann")
    NEW = OLD.replace(b"\x00\x07A boat.", b"\x00\x07A ship.")

    def read(self, tmp_path: Path, block: bytes, digest: bytes) -> Header:
        packet = xmp_packet(self.XMP, RightsStatement(creator="Ann"))
        resources = resource(0x0404, block) + (resource(0x0425, digest) if digest else b"")
        return READER.read(with_resources(tmp_path / "a.jpg", resources, packet))

    @pytest.mark.parametrize(
        ("block", "signed", "caption"),
        [(NEW, OLD, "A ship."), (NEW, NEW, "A boat."), (NEW, b"", "A boat."), (OLD, NEW, "A boat.")],
    )
    def test_the_block_wins_where_it_was_changed_after_its_digest(
        self, tmp_path: Path, block: bytes, signed: bytes, caption: str
    ) -> None:
        header = self.read(tmp_path, block, hashlib.md5(signed).digest() if signed else b"")
        assert header.caption == caption
        # what was only cut to fit was not changed, and what IPTC has no room for stays
        assert header.keywords == ("boat", "x" * 70)
        assert (header.alt_text, header.rights.creator) == ("A red boat.", "Ann")
        texts = {
            text.language: text.value for text in facts_of(header, None, ["en", "de"]).texts if text.field == "caption"
        }
        assert texts == {"en": caption, "de": "Ein Boot."}

    @pytest.mark.parametrize("digest", [b"", b"\1", hashlib.md5(b"").digest() * 2])
    def test_a_digest_that_is_none_does_no_harm(self, tmp_path: Path, digest: bytes) -> None:
        assert self.read(tmp_path, self.OLD, digest).caption == "A boat."

    def test_place_and_day_follow_it(self, tmp_path: Path) -> None:
        xmp = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Bled" photoshop:DateCreated="1965"/>
        </rdf:RDF>"""
        block = data_set(55, b"19660704") + data_set(90, b"Bohinj")
        for name, digest, city, day in (("a", b"\1" * 16, "Bohinj", "1966:07:04"), ("b", b"", "Bled", "1965")):
            resources = resource(0x0404, block) + (resource(0x0425, digest) if digest else b"")
            file = with_resources(tmp_path / name, resources, xmp)
            assert read_original(file).place == Place(city=city)
            assert READER.read(file).exif.date_time == day

    def test_what_we_publish_is_not_taken_for_changed(self, tmp_path: Path) -> None:
        segment = iim_block(self.XMP, RightsStatement(creator="Ann"))
        packet = xmp_packet(self.XMP, RightsStatement(creator="Ann"))
        file = with_resources(tmp_path / "a.jpg", segment.removeprefix(SEGMENT_MARK), packet)
        assert READER.read(file).keywords == ("boat", "x" * 70)


class TestNothingSaid:
    @pytest.mark.parametrize("name", ["---", ".", "1", "1.0", "©", "  ", "2023"])
    @pytest.mark.parametrize("place", ["iptc", "xmp", "exif"])
    def test_a_name_without_a_letter_is_none(self, tmp_path: Path, name: str, place: str) -> None:
        file = tmp_path / "a.jpg"
        if place == "iptc":
            with_resources(file, resource(0x0404, data_set(80, name.encode())))
        elif place == "xmp":
            jpeg(file, quarters(16, 16), xmp=xmp_packet(BARE, RightsStatement(creator=name)))
        else:
            exif = Image.Exif()
            exif[0x013B] = name.encode()
            jpeg(file, quarters(16, 16), exif=exif.tobytes())
        assert READER.read(file).rights.creator is None

    @pytest.mark.parametrize(
        "text",
        [
            ".", "-", "---", "...", "a", "1", "?", "🎉", "* * *", "1.0.3", "v1.2", "Ver. 1.00", "version 2.10.1",
            "V1.0.0b2", "6.1.7601.24499",
            "1_0_3", "SAMSUNG", "Samsung", "OLYMPUS DIGITAL CAMERA", "SONY DSC", "KONICA MINOLTA DIGITAL CAMERA",
            "SAMSUNG CSC", "NIKON CORPORATION", "Maginon", "oplus_32", "DSC_0001.JPG", "P1010032", "LG Electronics",
            "(null)",
        ],
    )  # fmt: skip
    def test_a_sign_a_version_and_a_cameras_default_are_no_caption(self, text: str) -> None:
        assert is_boilerplate(text)

    @pytest.mark.parametrize(
        "text",
        [
            "海", "湖泊", "Ö1", "1965", "4.7.1965", "07.04.2023", "Concorde", "Mount Fuji", "Olympus", "An apple",
            "No. 5", "7.1965", "1965.07.04",
            "3 boats", "Samsung building in Seoul", "My first digital camera", "A.", "F 1.8",
        ],
    )  # fmt: skip
    def test_a_persons_words_are_kept(self, text: str) -> None:
        assert not is_boilerplate(text)
