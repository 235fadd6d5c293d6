"""What Lightroom, darktable and digiKam write beside a photo counts before what is in it, and is only read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.metadata.sidecar import read_sidecar
from lightgate.domain.photo import Claim, ExifFacts, Field, Source
from lightgate.intake import IntakeDesk, submit
from lightgate.steps.exif import ExifWork
from support.desks import all_photos, canals, contents, make_desk, photograph

LIGHTROOM = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="{stars}">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{caption}</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>heron</rdf:li><rdf:li>Meuse</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
DARKTABLE = """<?xml version="1.0" encoding="UTF-8"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:darktable="http://darktable.sf.net/" xmp:Rating="-1" darktable:xmp_version="5">
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Ann</rdf:li></rdf:Alt></dc:rights>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
NOTHING = DARKTABLE.replace('xmp:Rating="-1"', "").replace("© Ann", "")


@pytest.fixture
def desk(tmp_path: Path) -> IntakeDesk:
    return make_desk(tmp_path / "data", sidecar=read_sidecar)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return photograph(tmp_path / "card" / "IMG_1.JPG")


def beside(photo: Path, name: str, packet: str, **words: object) -> Path:
    file = photo.with_name(name)
    file.write_text(packet.format(**{"stars": 4, "caption": "A heron", **words}) if words or "{" in packet else packet)
    return file


class TestReading:
    @pytest.mark.parametrize("name", ["IMG_1.JPG.xmp", "IMG_1.xmp", "IMG_1.XMP"])
    def test_both_names_are_found(self, photo: Path, name: str) -> None:
        beside(photo, name, LIGHTROOM)
        found = read_sidecar(photo)
        assert found is not None
        assert (found.caption, found.keywords, found.stars) == ("A heron", ("heron", "Meuse"), 4)

    def test_the_one_of_the_whole_name_goes_first_field_by_field(self, photo: Path) -> None:
        beside(photo, "IMG_1.xmp", LIGHTROOM)
        beside(photo, "IMG_1.JPG.xmp", DARKTABLE)
        found = read_sidecar(photo)
        assert found is not None
        assert (found.stars, found.copyright, found.caption) == (-1, "© Ann", "A heron")

    def test_without_one_or_with_an_empty_one_nothing_is_said(self, photo: Path) -> None:
        assert read_sidecar(photo) is None
        beside(photo, "IMG_1.xmp", NOTHING)
        assert read_sidecar(photo) is None

    def test_what_is_no_sidecar_says_nothing_and_hangs_nothing(self, photo: Path, tmp_path: Path) -> None:
        (tmp_path / "secret.xmp").write_text(LIGHTROOM.format(stars=5, caption="Secret"))
        photo.with_name("IMG_1.JPG.xmp").symlink_to(tmp_path / "secret.xmp")
        os.mkfifo(photo.with_name("IMG_1.JPG.XMP"))
        photo.with_name("IMG_1.xmp").mkdir()
        photo.with_name("IMG_1.XMP").write_bytes(b"<x>" * 3_000_000)
        assert read_sidecar(photo) is None

    def test_entities_are_not_followed(self, photo: Path) -> None:
        beside(photo, "IMG_1.xmp", f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{DARKTABLE}')
        assert read_sidecar(photo) is None


class TestSubmitting:
    def test_its_words_count_before_those_in_the_file(self, desk: IntakeDesk, photo: Path) -> None:
        beside(photo, "IMG_1.xmp", LIGHTROOM)
        before = contents(photo.parent)
        submit(desk, [canals(photo.parent)])
        (taken,) = all_photos(desk)
        work = ExifWork(PillowHeaders(200, 1024), desk.folder)
        (found,) = work.do([Claim(taken, 1, "worker")])
        assert isinstance(found, ExifFacts)
        texts = {text.field: (text.value, text.source) for text in found.texts}
        assert texts[Field.CAPTION] == ("A heron", Source.FILE)
        assert texts[Field.KEYWORDS] == (("heron", "Meuse"), Source.FILE)
        # what the sidecar leaves open is the file's own
        assert (found.extra.stars, found.rights.creator) == (4, "Ann")
        assert contents(photo.parent) == before

    def test_it_stays_known_when_later_facts_are_written(self, desk: IntakeDesk, photo: Path) -> None:
        beside(photo, "IMG_1.JPG.xmp", LIGHTROOM)
        submit(desk, [canals(photo)])
        (taken,) = all_photos(desk)
        with desk.store.writing() as tx:
            tx.photos.write_facts(taken.id, ExifFacts(taken.exif), desk.now())
        (again,) = all_photos(desk)
        assert again.sidecar is not None
        assert again.sidecar == taken.sidecar == read_sidecar(photo)
