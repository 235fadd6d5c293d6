"""Published files are upright, in sRGB, small enough, and say only what they may."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from lightgate.adapters.pixels.renditions import Box, Renditions
from lightgate.domain.approval.rights import RightsTemplate
from lightgate.domain.photo import Exif, Field, Photo, Rights, Source, Text
from lightgate.errors import OriginalMissing, TextTooLong, UnreadableImage
from support.pictures import (
    ADOBE_RGB,
    MAKER_NOTE,
    OWNER,
    SERIAL,
    TELLING_XMP,
    is_upright,
    jpeg,
    private_exif,
    quarters,
    turned,
)
from support.published import BARE

RENDERER = Renditions((Box("full", 1500, 1000), Box("thumb", 548, 365)), quality=90)
PHOTO = replace(
    BARE,
    languages=("en", "nl"),
    exif=Exif(
        date_time="2024:05:01 10:11:12",
        offset="+02:00",
        make="Canon",
        model="EOS R5",
        lens_model="RF24-70mm F2.8",
        exposure="1/250 sec",
        aperture="f/5.6",
        iso=400,
        focal_length_mm=50,
    ),
    rights=Rights("José Ångström", "© José & <co>"),
    texts=(
        Text("en", Field.CAPTION, "Boats & \"cranes\" <old>, 'quay' \U0001f6a2\x00", Source.PERSON),
        Text("nl", Field.CAPTION, "Boten", Source.PERSON),
        Text("en", Field.ALT_TEXT, "Two red cranes.", Source.PERSON),
        Text("en", Field.KEYWORDS, ("crane & boat", "quay"), Source.PERSON),
    ),
)


def render(original: Path, photo: Photo = PHOTO) -> tuple[Image.Image, Image.Image]:
    full, thumb = RENDERER.render(original, photo)
    return Image.open(io.BytesIO(full.content)), Image.open(io.BytesIO(thumb.content))


def pixel(picture: Image.Image) -> tuple[int, int, int]:
    return picture.getpixel((picture.width // 2, picture.height // 2))


def is_near(one: tuple[int, ...], other: tuple[int, ...], tolerance: int = 3) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("size", "full", "thumb"),
    [
        ((6000, 4000), (1500, 1000), (548, 365)),
        ((4000, 6000), (667, 1000), (243, 365)),
        ((6000, 1000), (1500, 250), (548, 91)),
        ((600, 400), (600, 400), (548, 365)),
        ((40, 30), (40, 30), (40, 30)),
    ],
)
def test_renditions_fit_their_boxes_and_are_never_enlarged(
    tmp_path: Path, size: tuple[int, int], full: tuple[int, int], thumb: tuple[int, int]
) -> None:
    made = RENDERER.render(jpeg(tmp_path / "a.jpg", quarters(*size)), PHOTO)
    assert [(each.kind, each.width_px, each.height_px) for each in made] == [("full", *full), ("thumb", *thumb)]
    assert [Image.open(io.BytesIO(each.content)).size for each in made] == [full, thumb]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_published_upright_and_without_the_tag(tmp_path: Path, orientation: int) -> None:
    original = jpeg(tmp_path / "a.jpg", turned(orientation), exif=private_exif(orientation))
    for picture in render(original):
        assert is_upright(picture)
        assert 0x0112 not in picture.getexif()


@pytest.mark.parametrize("orientation", [1, 6, 3])
@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_photo_that_a_person_turned_is_published_so(tmp_path: Path, orientation: int, turn: int) -> None:
    original = jpeg(tmp_path / "a.jpg", turned(orientation), exif=private_exif(orientation))
    photo = replace(PHOTO, exif=replace(PHOTO.exif, orientation=orientation), turn=turn)
    back = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}[turn]
    for picture, box in zip(render(original, photo), RENDERER.boxes, strict=True):
        assert is_upright(picture.transpose(back))
        assert picture.width <= box.width_px
        assert picture.height <= box.height_px
        told = picture.getexif()
        assert 0x0112 not in told
        assert (told.get_ifd(0x8769)[0xA002], told.get_ifd(0x8769)[0xA003]) == picture.size


@pytest.mark.parametrize(
    ("turn", "place", "size"),
    [
        (0, (0.25, 0.1), (0.2, 0.05)),
        (1, (0.9, 0.25), (0.05, 0.2)),
        (2, (0.75, 0.9), (0.2, 0.05)),
        (3, (0.1, 0.75), (0.05, 0.2)),
    ],
)
def test_faces_turn_with_the_picture(
    tmp_path: Path, turn: int, place: tuple[float, float], size: tuple[float, float]
) -> None:
    original = jpeg(tmp_path / "a.jpg", quarters(), xmp=TELLING_XMP)
    full = replace(RENDERER, disclose=("faces",)).render(original, replace(PHOTO, turn=turn))[0]
    told = Image.open(io.BytesIO(full.content)).getxmp()["xmpmeta"]["RDF"]["Description"]["Regions"]
    area = told["RegionList"]["Bag"]["li"]["Area"]
    assert (float(area["x"]), float(area["y"])) == pytest.approx(place)
    assert (float(area["w"]), float(area["h"])) == pytest.approx(size)


def test_colours_are_converted_from_adobe_rgb_as_littlecms_does(tmp_path: Path) -> None:
    colour = (60, 170, 90)
    original = jpeg(tmp_path / "a.jpg", Image.new("RGB", (90, 60), colour), icc_profile=ADOBE_RGB)
    wanted = ImageCms.profileToProfile(
        Image.open(original),
        ImageCms.ImageCmsProfile(io.BytesIO(ADOBE_RGB)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    full, thumb = render(original)
    assert not is_near(pixel(full), colour)
    assert is_near(pixel(full), pixel(wanted))
    assert is_near(pixel(thumb), pixel(wanted))


@pytest.mark.parametrize(
    ("mode", "colour", "wanted"),
    [("L", 120, (120, 120, 120)), ("RGBA", (200, 0, 0, 0), (255, 255, 255)), ("P", 0, (0, 0, 0)), ("1", 1, (255,) * 3)],
)
def test_any_mode_of_png_becomes_rgb_on_white(
    tmp_path: Path, mode: str, colour: object, wanted: tuple[int, int, int]
) -> None:
    Image.new(mode, (90, 60), colour).save(tmp_path / "a.png")
    for picture in render(tmp_path / "a.png"):
        assert picture.mode == "RGB"
        assert is_near(pixel(picture), wanted)


def test_sixteen_bits_are_scaled_not_cut(tmp_path: Path) -> None:
    Image.fromarray(np.full((60, 90), 30000, dtype=np.uint16)).save(tmp_path / "a.png")
    assert is_near(pixel(render(tmp_path / "a.png")[0]), (117, 117, 117))


def test_cmyk_becomes_srgb(tmp_path: Path) -> None:
    original = jpeg(tmp_path / "a.jpg", Image.new("CMYK", (90, 60), (0, 230, 230, 10)))
    for picture in render(original):
        red, green, blue = pixel(picture)
        assert red > 180
        assert green < 90
        assert blue < 90


def test_a_profile_that_does_not_fit_the_pixels_is_passed_over(tmp_path: Path) -> None:
    original = jpeg(tmp_path / "a.jpg", Image.new("L", (90, 60), 120), icc_profile=ADOBE_RGB)
    assert is_near(pixel(render(original)[0]), (120, 120, 120))


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".heic"])
def test_every_accepted_format_is_published_as_jpeg(tmp_path: Path, suffix: str) -> None:
    original = tmp_path / f"a{suffix}"
    if suffix == ".heic":
        pillow_heif.from_pillow(quarters()).save(original, quality=95)
    else:
        quarters().save(original, quality=95)
    for picture in render(original):
        assert picture.format == "JPEG"
        assert is_upright(picture, tolerance=20)


def test_a_heic_file_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    pillow_heif.from_pillow(quarters()).save(tmp_path / "a.heic", quality=95)
    original = (tmp_path / "a.heic").rename(tmp_path / "a.jpg")
    assert is_upright(render(original)[0], tolerance=20)


def test_the_srgb_profile_is_embedded(tmp_path: Path) -> None:
    for picture in render(jpeg(tmp_path / "a.jpg", quarters())):
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_positions_serial_numbers_owners_and_maker_notes_stay_at_home(tmp_path: Path) -> None:
    original = jpeg(tmp_path / "a.jpg", quarters(), exif=private_exif())
    assert SERIAL.encode() in original.read_bytes()
    for rendition in RENDERER.render(original, PHOTO):
        exif = Image.open(io.BytesIO(rendition.content)).getexif()
        assert not exif.get_ifd(0x8825)
        for secret in (SERIAL.encode(), OWNER.encode(), MAKER_NOTE):
            assert secret not in rendition.content


def test_camera_and_exposure_are_published(tmp_path: Path) -> None:
    exif = render(jpeg(tmp_path / "a.jpg", quarters()))[1].getexif()
    details = exif.get_ifd(0x8769)
    assert (exif[0x010F], exif[0x0110]) == ("Canon", "EOS R5")
    assert exif[0x013B].encode("latin-1").decode() == "José Ångström"
    assert details[0x9003] == "2024:05:01 10:11:12"
    assert (float(details[0x829A]), float(details[0x829D]), details[0x8827]) == (1 / 250, 5.6, 400)
    assert (details[0xA002], details[0xA003]) == (548, 365)


def test_texts_and_rights_are_published_as_xmp_in_every_language(tmp_path: Path) -> None:
    xmp = render(jpeg(tmp_path / "a.jpg", quarters()))[1].getxmp()["xmpmeta"]["RDF"]["Description"]
    captions = {each["lang"]: each["text"] for each in xmp["description"]["Alt"]["li"]}
    caption = "Boats & \"cranes\" <old>, 'quay' \U0001f6a2"
    assert captions == {"x-default": caption, "en": caption, "nl": "Boten"}
    assert xmp["AltTextAccessibility"]["Alt"]["li"][0]["text"] == "Two red cranes."
    assert xmp["subject"]["Bag"]["li"] == ["crane & boat", "quay"]
    assert xmp["creator"]["Seq"]["li"] == "José Ångström"
    assert xmp["rights"]["Alt"]["li"]["text"] == "© José & <co>"
    assert xmp["DateCreated"] == "2024-05-01T10:11:12+02:00"


def test_a_photo_without_facts_and_texts_has_nothing_invented(tmp_path: Path) -> None:
    bare = replace(PHOTO, subject="", exif=Exif(), rights=Rights(), texts=())
    open_to_all = replace(RENDERER, rights=RightsTemplate(required=False))
    made, _ = open_to_all.render(jpeg(tmp_path / "a.jpg", quarters()), bare)
    full = Image.open(io.BytesIO(made.content))
    assert 0x9003 not in full.getexif().get_ifd(0x8769)
    assert set(full.getxmp()["xmpmeta"]["RDF"]["Description"]) <= {"about", "text"}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    original = jpeg(tmp_path / "a.jpg", quarters(3000, 2000), exif=private_exif(6))
    assert [each.hash for each in RENDERER.render(original, PHOTO)] == [
        each.hash for each in RENDERER.render(original, PHOTO)
    ]


def test_an_original_that_changed_under_its_name_is_read_again(tmp_path: Path) -> None:
    file = jpeg(tmp_path / "a.jpg", Image.new("RGB", (90, 60), (200, 0, 0)))
    render(file)
    jpeg(file, Image.new("RGB", (90, 60), (0, 0, 200)))
    assert is_near(pixel(render(file)[0]), (0, 0, 200))


@pytest.mark.parametrize("kept", [0, 20, 3000, -9000])
@pytest.mark.parametrize("suffix", [".jpg", ".heic", ".tif"])
def test_a_file_cut_short_is_refused_with_a_reason(tmp_path: Path, suffix: str, kept: int) -> None:
    noise = Image.effect_noise((600, 400), 90).convert("RGB")
    file = tmp_path / f"a{suffix}"
    if suffix == ".heic":
        pillow_heif.from_pillow(noise).save(file, quality=90)
    elif suffix == ".tif":
        # the directory stands in front, so that half of the file still opens
        noise.save(file)
    else:
        jpeg(file, noise)
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(UnreadableImage):
        RENDERER.render(file, PHOTO)


def test_a_missing_original_is_no_unreadable_one(tmp_path: Path) -> None:
    with pytest.raises(OriginalMissing):
        RENDERER.render(tmp_path / "gone.jpg", PHOTO)


def test_texts_that_no_file_can_hold_are_refused_in_words(tmp_path: Path) -> None:
    endless = replace(PHOTO, texts=(Text("en", Field.CAPTION, "x" * 70_000, Source.PERSON),))
    with pytest.raises(TextTooLong, match="bytes"):
        RENDERER.render(jpeg(tmp_path / "a.jpg", quarters()), endless)


def test_the_eight_orientations_of_real_files_look_the_same(photos_dir: Path) -> None:
    for shape in ("Landscape", "Portrait"):
        files = [photos_dir / "orientation" / f"{shape}_{number}.jpg" for number in range(1, 9)]
        small = [np.asarray(render(file)[1].resize((60, 60)).convert("L"), dtype=float) for file in files]
        assert max(np.abs(each - small[0]).mean() for each in small) < 3
        assert len({render(file)[1].size for file in files}) == 1


def test_no_real_file_publishes_its_position(photos_dir: Path) -> None:
    files = sorted((photos_dir / "exif-samples" / "jpg" / "gps").glob("*.jpg"))
    for file in files:
        with Image.open(file) as original:
            assert original.getexif().get_ifd(0x8825)
        assert not any(picture.getexif().get_ifd(0x8825) for picture in render(file))
