"""Photographs of every kind, taken in, approved, released and published with default settings: each file is audited."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.renditions import renditions
from lightgate.domain.photo import ExifFacts, Rights
from lightgate.errors import LightgateError
from lightgate.settings import Publish
from support.audit import faults_in
from support.pictures import ADOBE_RGB, TELLING_XMP, is_upright, private_exif, quarters, rgb_profile, turned
from support.programs import needs
from support.site import House, house_in
from support.stores import NOON

#: SMPTE EG 432-1, under D65
DISPLAY_P3 = rgb_profile(((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), 2.2)
SETTINGS = Publish(responsive=(320,))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    yield made
    made.close()


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **({"quality": 95, "subsampling": 0} if kind == "JPEG" else {}), **options)
    return stream.getvalue()


def publish(house: House, content: bytes, label: str = "a") -> bool:
    """Bring a photograph all the way, with the facts that its own header tells; False where it cannot be read."""
    photo_id = house.take_in(content, label)
    original = house.folder.original(house.photo(photo_id).content_hash, ".jpg")
    try:
        header = PillowHeaders(200, 1024).read(original)
    except LightgateError:
        return False
    rights = Rights(header.rights.creator or "Ann", header.rights.copyright or "© Ann")
    with house.store.writing() as tx:
        tx.photos.write_facts(photo_id, ExifFacts(header.exif, rights, extra=header.extra), NOON)
    house.approve(photo_id)
    house.release(photo_id)
    return house.publish(house.work(renditions(SETTINGS))).done == [photo_id]


WIDE = quarters(900, 600)
KINDS: dict[str, Callable[[], bytes]] = {
    "Adobe RGB": lambda: encoded(WIDE, exif=private_exif(), xmp=TELLING_XMP, icc_profile=ADOBE_RGB),
    "Display P3": lambda: encoded(WIDE, exif=private_exif(), xmp=TELLING_XMP, icc_profile=DISPLAY_P3),
    "CMYK": lambda: encoded(WIDE.convert("CMYK"), exif=private_exif(), xmp=TELLING_XMP),
    "grey": lambda: encoded(WIDE.convert("L"), exif=private_exif(), xmp=TELLING_XMP),
    "16-bit grey PNG": lambda: encoded(Image.fromarray(np.full((600, 900), 30000, dtype=np.uint16)), "PNG"),
    "PNG with transparency": lambda: encoded(WIDE.convert("RGBA"), "PNG", exif=private_exif()),
    "TIFF": lambda: encoded(WIDE, "TIFF", icc_profile=ADOBE_RGB),
    "WebP": lambda: encoded(WIDE, "WEBP", exif=private_exif(), xmp=TELLING_XMP),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_published_photograph_tells_what_it_should_and_no_more(house: House, kind: str) -> None:
    assert publish(house, KINDS[kind]())
    assert len(list(house.folder.published.rglob("*.*"))) == 2 + 3 + 1
    assert faults_in(house.folder.published) == []


def test_what_phones_put_into_and_behind_a_picture_stays_at_home(house: House, tmp_path: Path) -> None:
    file, small = tmp_path / "phone.jpg", tmp_path / "small.jpg"
    file.write_bytes(encoded(WIDE, exif=private_exif(6), xmp=TELLING_XMP))
    small.write_bytes(encoded(quarters(160, 120), exif=private_exif()))
    told = ("-IPTC:City=Zürich", "-IPTC:Sub-location=Limmatquai", "-XMP:GPSLatitude=51.5", f"-ThumbnailImage<={small}")
    subprocess.run([needs("exiftool"), "-q", "-overwrite_original", *told, file], check=True)
    # the film of a motion photo
    film = b"\x00\x00\x00\x18ftypmp42" + b"GPS film SN-12345678" * 50
    assert publish(house, file.read_bytes() + film)
    assert faults_in(house.folder.published) == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_upright_in_every_file(house: House, orientation: int) -> None:
    assert publish(house, encoded(turned(orientation), exif=private_exif(orientation), xmp=TELLING_XMP))
    assert faults_in(house.folder.published) == []
    pictures = [file for file in house.folder.published.rglob("*.*") if file.suffix != ".json"]
    for file in pictures:
        with Image.open(file) as opened:
            assert is_upright(opened, tolerance=20), file.name


def oracle(content: bytes) -> Image.Image:
    """Convert with Pillow's LittleCMS."""
    picture = Image.open(io.BytesIO(content))
    return ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"])),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def cmyk() -> bytes:
    """Separate a picture for libvips' own press profile, and embed that."""
    profile = bytes(pyvips.Operation.call("profile_load", "cmyk"))
    press = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    separated = ImageCms.profileToProfile(muted(), ImageCms.createProfile("sRGB"), press, outputMode="CMYK")
    return encoded(separated, icc_profile=profile)


def muted() -> Image.Image:
    """Draw colours that every profile here can show."""
    picture = quarters(900, 600)
    return Image.blend(picture, Image.new("RGB", picture.size, (128, 128, 128)), 0.5)


COLOURS: dict[str, Callable[[], bytes]] = {
    "Adobe RGB": lambda: encoded(muted(), icc_profile=ADOBE_RGB),
    "Display P3": lambda: encoded(muted(), icc_profile=DISPLAY_P3),
    "CMYK": cmyk,
    "TIFF in Adobe RGB": lambda: encoded(muted(), "TIFF", icc_profile=ADOBE_RGB),
}


@pytest.mark.parametrize("kind", COLOURS)
def test_colours_are_those_of_littlecms_in_every_file(house: House, kind: str) -> None:
    content = COLOURS[kind]()
    wanted = oracle(content)
    assert publish(house, content)
    for file in house.folder.published.rglob("*.*"):
        if file.suffix == ".json":
            continue
        with Image.open(file) as opened:
            shown = opened.convert("RGB")
        for across, down in ((1, 1), (3, 1), (1, 3), (3, 3)):
            found = shown.getpixel((shown.width * across // 4, shown.height * down // 4))
            meant = wanted.getpixel((wanted.width * across // 4, wanted.height * down // 4))
            assert max(abs(a - b) for a, b in zip(found, meant, strict=True)) <= 5, (file.name, found, meant)


def test_real_photographs_pass_the_audit(house: House, photos_dir: Path) -> None:
    samples = photos_dir / "exif-samples"
    folders = ("jpg/gps", "jpg/mobile", "jpg/xmp", "heic", "tiff")
    files = [file for folder in folders for file in sorted((samples / folder).rglob("*.*"))][:24]
    done = [file.name for number, file in enumerate(files) if publish(house, file.read_bytes(), f"real{number}")]
    assert len(done) >= 10
    assert faults_in(house.folder.published) == []
