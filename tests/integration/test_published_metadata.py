"""What ExifTool, which is not ours, reads in published files: all that must be there, and nothing that must not."""

from __future__ import annotations

import io
import json
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from lightgate.adapters.metadata.published.disclosed import read_original
from lightgate.adapters.metadata.published.provenance import Provenance, provenance_of
from lightgate.adapters.pixels.renditions import renditions
from lightgate.adapters.website.open import open_website
from lightgate.domain.photo import Exif, Field, Photo, Rights, Source, Text
from lightgate.errors import RightsMissing, SettingInvalid
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import Rendition
from lightgate.settings import Publish
from support.pictures import OWNER, SERIAL, TELLING_XMP, jpeg, private_exif, quarters
from support.programs import needs
from support.published import BARE, published, read
from support.site import House, house_in

PHOTO = replace(
    BARE,
    subject="Grey herons",
    location="Zürich",
    folder="Birds",
    languages=("en", "nl"),
    file_name="Herons_001.JPG",
    exif=Exif(
        date_time="2024:05:01 10:11:12",
        offset="+02:00",
        make="Canon",
        lens_model="Objectif 50mm ƒ/1.8 é",
        orientation=6,
    ),
    texts=(
        Text("en", Field.CAPTION, "Two herons, “waiting”.", Source.PERSON),
        Text("nl", Field.CAPTION, "Twee reigers.", Source.PERSON),
        Text("en", Field.ALT_TEXT, "Two grey herons on a quay.", Source.PERSON),
        Text("nl", Field.ALT_TEXT, "Twee blauwe reigers op een kade.", Source.PERSON),
        Text("en", Field.KEYWORDS, ("animal|bird|heron", "quay", "Zürich"), Source.PERSON),
    ),
    keyword_paths=(("place", "shore", "quay"), ("Zürich",)),
)
RIGHTS = {
    "creator": "Ann Ångström",
    "usage_terms": "No use without a licence.",
    "web_statement": "https://example.org/rights",
    "licensor_name": "Ann",
    "licensor_url": "https://example.org/licence",
    "data_mining": "PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "other_constraints": "No scraping.",
}
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return jpeg(tmp_path / "a.jpg", quarters(3000, 2000), exif=private_exif(6), xmp=TELLING_XMP)


def made(original: Path, photo: Photo = PHOTO, **told: object) -> dict[str, Rendition]:
    return published(original, photo, **{"rights": RIGHTS, **told})


def size(file: Path) -> tuple[int, int]:
    with Image.open(file) as opened:
        return opened.size


@pytest.mark.parametrize("kind", ["full", "thumb", "jpeg-640", "webp-640", "avif-640"])
def test_every_file_carries_texts_and_rights_and_nothing_private(tmp_path: Path, original: Path, kind: str) -> None:
    found = read(tmp_path, made(original, responsive=(640,))[kind])
    assert found["XMP-dc:Description"] == "Two herons, “waiting”."
    assert found["XMP-dc:Description-nl"] == "Twee reigers."
    assert found["XMP-iptcCore:AltTextAccessibility"] == "Two grey herons on a quay."
    assert found["XMP-iptcCore:AltTextAccessibility-nl"] == "Twee blauwe reigers op een kade."
    assert found["XMP-dc:Subject"] == ["heron", "quay", "Zürich"]
    assert found["XMP-lr:HierarchicalSubject"] == ["animal|bird|heron", "place|shore|quay"]
    assert found["XMP-iptcCore:ExtDescrAccessibility"] == "Two herons stand on a wall of stone."
    assert found["XMP-iptcCore:ExtDescrAccessibility-de"] == "Zwei Reiher stehen auf einer Mauer."
    assert found["XMP-photoshop:Headline"] == "Grey herons"
    assert found["XMP-dc:Creator"] == ["Ann Ångström"]
    assert found["XMP-dc:Rights"] == "© 2024 Ann Ångström"
    assert found["XMP-photoshop:Credit"] == "Ann Ångström"
    assert found["XMP-xmpRights:UsageTerms"] == "No use without a licence."
    assert found["XMP-xmpRights:WebStatement"] == "https://example.org/rights"
    assert found["XMP-plus:Licensor"] == [{"LicensorName": "Ann", "LicensorURL": "https://example.org/licence"}]
    assert found["XMP-photoshop:DateCreated"] == "2024:05:01 10:11:12+02:00"
    assert found["XMP-iptcExt:DigitalSourceType"] == SOURCE_TYPE
    assert found["IFD0:Copyright"] == "© 2024 Ann Ångström"
    assert found["ExifIFD:LensModel"] == "Objectif 50mm ƒ/1.8 é"
    assert "sRGB" in str(found["ICC_Profile:ProfileDescription"])
    private = ("GPS", "Serial", "Owner", "Maker", "Region", "Orientation", "Canon:", "City", "Country", "Person")
    assert [name for name in found if any(word in name for word in private)] == []


@pytest.mark.parametrize("kind", ["full", "webp-640", "avif-640"])
def test_the_choice_about_data_mining_is_in_every_format(original: Path, kind: str) -> None:
    content = made(original, responsive=(640,))[kind].content
    assert b"http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING" in content
    assert b"No scraping." in content


def test_a_jpeg_speaks_to_old_readers_too(tmp_path: Path, original: Path) -> None:
    found = read(tmp_path, made(original)["full"])
    assert found["IPTC:Caption-Abstract"] == "Two herons, “waiting”."
    assert found["IPTC:Keywords"] == ["heron", "quay", "Zürich"]
    assert (found["IPTC:By-line"], found["IPTC:CopyrightNotice"]) == ("Ann Ångström", "© 2024 Ann Ångström")
    assert (found["IPTC:DateCreated"], found["IPTC:TimeCreated"]) == ("2024:05:01", "10:11:12+02:00")
    assert (
        found["Photoshop:IPTCDigest"]
        == read(tmp_path, made(original)["full"], "-CurrentIPTCDigest")["File:CurrentIPTCDigest"]
    )
    assert "ExifTool:Warning" not in read(tmp_path, made(original)["full"], "-validate", "-warning", "-a")


def test_a_long_caption_is_cut_between_characters_for_old_readers(tmp_path: Path, original: Path) -> None:
    long = replace(PHOTO, texts=(Text("en", Field.CAPTION, "é" * 3000, Source.PERSON),))
    found = read(tmp_path, made(original, long)["full"])
    assert found["IPTC:Caption-Abstract"] == "é" * 1000
    assert found["XMP-dc:Description"] == "é" * 3000


def test_content_credentials_of_the_original_are_noticed_and_not_kept(tmp_path: Path, original: Path) -> None:
    assert not provenance_of(original).has_credentials
    # the beginning of an APP11 segment with a JUMBF superbox, as C2PA writes it
    box = b"\xff\xeb\x00\x2aJP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x22jumb\x00\x00\x00\x1ajumdc2pa" + b"\x00" * 12
    content = original.read_bytes()
    signed = tmp_path / "signed.jpg"
    signed.write_bytes(content[:2] + box + content[2:])
    assert provenance_of(signed).has_credentials
    assert b"jumb" not in made(signed)["full"].content


def test_credentials_and_source_type_are_found_behind_the_pixels_too(tmp_path: Path) -> None:
    telling = TELLING_XMP.replace(b"Iptc4xmpExt:", b"ext:").replace(b"xmlns:Iptc4xmpExt", b"xmlns:ext")
    quarters(60, 40).save(tmp_path / "a.webp", xmp=telling)
    assert read_original(tmp_path / "a.webp").provenance == Provenance(SOURCE_TYPE)
    content = (tmp_path / "a.webp").read_bytes()
    (tmp_path / "a.webp").write_bytes(content + b"C2PA\x04\0\0\0jumb")
    assert read_original(tmp_path / "a.webp").provenance == Provenance(SOURCE_TYPE, has_credentials=True)
    quarters(64, 64).save(tmp_path / "a.avif")
    content = (tmp_path / "a.avif").read_bytes()
    assert not provenance_of(tmp_path / "a.avif").has_credentials
    box = b"uuid" + bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + b"manifest"
    (tmp_path / "a.avif").write_bytes(content + struct.pack(">I", len(box) + 4) + box)
    assert provenance_of(tmp_path / "a.avif").has_credentials
    endless = struct.pack(">I", 1) + b"mdat" + b"\xff" * 8 + b"\0" * 16
    (tmp_path / "a.avif").write_bytes(content + endless)
    assert not provenance_of(tmp_path / "a.avif").has_credentials


class TestDisclosed:
    """What the owner lets out, and no more."""

    @pytest.mark.parametrize("kind", ["full", "webp-640", "avif-640"])
    def test_each_kind_goes_out_where_it_is_named(self, tmp_path: Path, original: Path, kind: str) -> None:
        def found(*disclose: str) -> dict[str, object]:
            return read(tmp_path, made(original, responsive=(640,), disclose=disclose)[kind], "-n")

        place = found("place")
        assert (place["XMP-photoshop:City"], place["XMP-iptcCore:Location"]) == ("Zürich", "Limmatquai")
        assert (place["XMP-photoshop:Country"], place["XMP-iptcCore:CountryCode"]) == ("Switzerland", "CHE")
        position = found("position")
        assert (position["GPS:GPSLatitude"], position["GPS:GPSLongitude"]) == (51.5, 4.5)
        assert found("serial_numbers")["ExifIFD:SerialNumber"] == SERIAL
        assert found("owner")["ExifIFD:OwnerName"] == OWNER
        of_one = {"place": "City", "position": "GPS", "serial_numbers": "Serial", "owner": "Owner", "faces": "Person"}
        for disclosed in of_one:
            seen = found(disclosed)
            assert [kind for kind, word in of_one.items() if any(word in name for name in seen)] == [disclosed]

    def test_a_face_is_where_it_is_in_the_upright_picture(self, tmp_path: Path, original: Path) -> None:
        found = read(tmp_path, made(original, disclose=("faces",))["full"])
        assert found["XMP-iptcExt:PersonInImage"] == ["Paula Person"]
        regions = found["XMP-mwg-rs:RegionInfo"]
        assert isinstance(regions, dict)
        (face,) = regions["RegionList"]
        assert (face["Name"], face["Type"]) == ("Paula Person", "Face")
        # a quarter from the left and a tenth from the top, before the picture is turned by 90 degrees clockwise
        area = {name: float(face["Area"][name]) for name in "XYWH"}
        assert area == pytest.approx({"X": 0.9, "Y": 0.25, "W": 0.05, "H": 0.2})

    def test_an_old_file_s_place_is_read_from_its_iptc(self, tmp_path: Path) -> None:
        old = jpeg(tmp_path / "old.jpg", quarters(60, 40))
        subprocess.run([needs("exiftool"), "-q", "-overwrite_original", "-IPTC:City=Bern", old], check=True)
        found = read(tmp_path, made(old, disclose=("place",))["full"])
        assert (found["IPTC:City"], found["XMP-photoshop:City"]) == ("Bern", "Bern")

    def test_a_profile_only_says_what_is_other(self) -> None:
        publish = Publish.model_validate(
            {
                "quality": 80,
                "rights": {"creator": "Ann", "usage_terms": "Ask."},
                "targets": {"web": {"kind": "folder", "path": "/w", "profile": "open"}},
                "profiles": {"open": {"disclose": ["place"], "rights": {"usage_terms": "CC BY"}}},
            }
        )
        profile = publish.profile_of("web")
        assert (profile.quality, profile.disclose) == (80, ("place",))
        assert (profile.rights.creator, profile.rights.usage_terms) == ("Ann", "CC BY")


def test_how_a_picture_was_generated_is_kept(original: Path) -> None:
    for each in made(original, responsive=(640,)).values():
        assert b"<Iptc4xmpExt:AISystemUsed>Denoiser 3</Iptc4xmpExt:AISystemUsed>" in each.content


class TestRights:
    def test_the_file_s_own_words_go_before_the_template(self, tmp_path: Path, original: Path) -> None:
        own = replace(PHOTO, rights=Rights("Bea", "© Bea"))
        found = read(tmp_path, made(original, own)["full"])
        assert (found["XMP-dc:Creator"], found["XMP-dc:Rights"]) == (["Bea"], "© Bea")
        told = {**RIGHTS, "overrides": True}
        found = read(tmp_path, made(original, own, rights=told)["full"])
        assert (found["XMP-dc:Creator"], found["XMP-dc:Rights"]) == (["Ann Ångström"], "© 2024 Ann Ångström")

    def test_a_notice_is_made_of_a_creator_that_the_file_names(self, tmp_path: Path, original: Path) -> None:
        found = read(tmp_path, made(original, replace(PHOTO, rights=Rights("Bea")), rights={})["full"])
        assert found["XMP-dc:Rights"] == "© 2024 Bea"

    def test_a_maker_whom_nobody_names_is_not_invented(self, tmp_path: Path, original: Path) -> None:
        found = read(tmp_path, made(original, rights={})["full"])
        assert "XMP-dc:Creator" not in found
        assert found["XMP-dc:Rights"] == found["IFD0:Copyright"] == "© 2024 All rights reserved"

    def test_the_notice_without_a_name_never_replaces_the_files_own(self, tmp_path: Path, original: Path) -> None:
        own = replace(PHOTO, rights=Rights(copyright="© Bea"))
        assert read(tmp_path, made(original, own, rights={"overrides": True})["full"])["XMP-dc:Rights"] == "© Bea"

    def test_an_owner_may_want_no_notice(self, tmp_path: Path, original: Path) -> None:
        found = read(tmp_path, made(original, rights={"required": False})["full"])
        assert not {"XMP-dc:Creator", "XMP-dc:Rights", "IFD0:Copyright", "XMP-xmpRights:Marked"} & set(found)

    def test_without_a_notice_nothing_is_made(self, original: Path) -> None:
        with pytest.raises(RightsMissing, match=r"publish\.rights\.creator"):
            made(original, rights={"unnamed": ""})
        assert made(original, replace(PHOTO, rights=Rights(copyright="© Bea")), rights={"unnamed": ""})

    def test_who_wrote_the_texts_is_said_where_the_owner_wants_it(self, tmp_path: Path, original: Path) -> None:
        approved = replace(PHOTO, approved_by="ann")
        assert "XMP-photoshop:CaptionWriter" not in read(tmp_path, made(original, approved)["full"])
        found = read(tmp_path, made(original, approved, rights={**RIGHTS, "caption_writer": "{reviewer}"})["full"])
        assert (found["XMP-photoshop:CaptionWriter"], found["IPTC:Writer-Editor"]) == ("ann", "ann")

    def test_a_template_with_an_unknown_field_is_refused(self, original: Path) -> None:
        with pytest.raises(SettingInvalid, match=r"rights\.copyright.*\{yaer\}"):
            made(original, rights={"copyright": "© {yaer}"})


class TestWatermark:
    @pytest.fixture
    def plain(self, tmp_path: Path) -> Path:
        return jpeg(tmp_path / "plain.jpg", Image.new("RGB", (1500, 1000), (40, 60, 80)))

    def changed(self, plain: Path, **mark: object) -> tuple[int, int, int, int] | None:
        before = Image.open(io.BytesIO(made(plain)["full"].content)).convert("RGB")
        after = Image.open(io.BytesIO(made(plain, watermark=mark)["full"].content)).convert("RGB")
        return ImageChops.difference(before, after).convert("L").point(lambda value: 255 * (value > 24)).getbbox()

    @pytest.mark.parametrize(
        ("corner", "is_there"),
        [("bottom-right", (True, True)), ("top-left", (False, False)), ("bottom-left", (False, True))],
    )
    def test_words_stand_in_their_corner(self, plain: Path, corner: str, is_there: tuple[bool, bool]) -> None:
        found = self.changed(plain, text="© Ann\nPhotography", corner=corner)
        assert found is not None
        left, top, right, bottom = found
        assert ((left + right) / 2 > 750, (top + bottom) / 2 > 500) == is_there
        assert right <= 1480 + 8
        assert 30 < bottom - top < 120

    def test_an_image_is_put_on_as_faint_as_asked(self, plain: Path, tmp_path: Path) -> None:
        Image.new("RGBA", (100, 50), (255, 0, 0, 255)).save(tmp_path / "mark.png")
        picture = made(plain, watermark={"image": tmp_path / "mark.png", "height": 0.1, "opacity": 0.5})["full"]
        red, green, _ = Image.open(io.BytesIO(picture.content)).getpixel((1500 - 20 - 100, 1000 - 10 - 50))
        assert abs(red - (40 + 255) / 2) < 6
        assert abs(green - 30) < 6

    def test_a_picture_too_small_for_the_mark_stays_as_it_is(self, tmp_path: Path) -> None:
        small = jpeg(tmp_path / "small.jpg", Image.new("RGB", (40, 30), (40, 60, 80)))
        assert self.changed(small, text="A rather long line of words") is None

    def test_a_mark_that_cannot_be_read_is_a_setting_s_fault(self, plain: Path, tmp_path: Path) -> None:
        with pytest.raises(SettingInvalid, match="watermark"):
            made(plain, watermark={"image": tmp_path / "none.png"})


class TestResponsive:
    def test_sizes_are_made_up_to_the_original_and_each_once(self, original: Path) -> None:
        sizes = made(original, responsive=(320, 2560, 4000, 5000), formats=("webp",))
        edges = {kind: max(each.width_px, each.height_px) for kind, each in sizes.items() if kind.startswith("webp")}
        assert edges == {"webp-320": 320, "webp-2560": 2560, "webp-4000": 3000}

    def test_the_same_input_gives_the_same_bytes(self, original: Path) -> None:
        told = {"responsive": (640,), "watermark": {"text": "© Ann"}}
        assert made(original, **told) == made(original, **told)

    def test_any_setting_makes_another_profile(self, original: Path) -> None:
        profiles = {
            made(original, **told)["full"].profile
            for told in (
                {},
                {"watermark": {"text": "x"}},
                {"disclose": ("place",)},
                {"chroma": "4:2:0"},
                {"responsive": (32,)},
            )
        }
        assert len(profiles) == 5


class TestSite:
    @pytest.fixture
    def house(self, tmp_path: Path) -> Iterator[House]:
        made = house_in(tmp_path / "home")
        yield made
        made.close()

    def publish(self, house: House, tmp_path: Path, publish: Publish) -> Sequence[str]:
        local = house.website
        house.website = open_website(publish, DataFolder(house.home))
        photo_id = house.take_in()
        house.approve(photo_id)
        house.release(photo_id)
        work = replace(house.work(renditions(publish)))
        assert house.publish(work).done == [photo_id]
        house.website.catalogue.close()
        house.website = local
        return sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("Harbour*"))

    def test_a_responsive_set_comes_with_its_list(self, house: House, tmp_path: Path) -> None:
        publish = Publish(responsive=(32, 48), formats=("jpeg", "webp"))
        sizes = [file for file in self.publish(house, house.folder.published, publish) if "/sizes/" in file]
        stem = "2026/sizes/city/Harbour_001"
        names = ("-32.jpg", "-32.webp", "-48.jpg", "-48.webp", ".json")
        assert sizes == [f"{stem}{name}" for name in names]
        told = json.loads((house.folder.published / f"{stem}.json").read_text("utf-8"))
        assert told["alt"]
        for each in told["files"]:
            file = house.folder.published / each["path"]
            assert (file.stat().st_size, size(file)) == (each["bytes"], (each["width"], each["height"]))

    def test_each_target_gets_the_files_that_it_wants(self, house: House, tmp_path: Path) -> None:
        roots = [tmp_path / name for name in ("web", "archive")]
        for root in roots:
            root.mkdir()
        publish = Publish.model_validate(
            {
                "targets": {
                    "web": {"kind": "folder", "path": str(roots[0])},
                    "archive": {"kind": "folder", "path": str(roots[1]), "profile": "large"},
                },
                "profiles": {"large": {"full_width_px": 30, "full_height_px": 30}},
            }
        )
        self.publish(house, tmp_path, publish)
        sizes = {root.name: size(root / "2026/city/Harbour_001.JPG") for root in roots}
        assert sizes == {"web": (60, 40), "archive": (30, 20)}
        ledger = {each.target: each for each in house.photo(1).publications}
        assert ledger["web"].profile != ledger["archive"].profile
        row = house.row(1)
        assert row is not None
        assert (row.Width, row.Height) == (60, 40)
