"""What our reader finds beside what exiftool finds, on real cameras' files and on values no camera should write."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.errors import Rejected
from lightgate.ports.pictures import Header
from support.pictures import jpeg, quarters
from support.programs import needs

READER = PillowHeaders(max_megapixels=500, max_file_mb=1024)
_TAKEN = ("ExifIFD:DateTimeOriginal", "XMP-exif:DateTimeOriginal", "XMP-photoshop:DateCreated")
_WITHOUT_ZONE = len("2024:01:02 03:04:05")
#: what means "nothing" in a date or a text
_NOTHING = re.compile(r"[\s:0\-?]*|undef|inf")


@pytest.fixture(scope="module")
def exiftool() -> str:
    return str(needs("exiftool"))


def told(exiftool: str, place: Path) -> Mapping[str, Mapping[str, Any]]:
    """Give exiftool's tags by file."""
    done = subprocess.run([exiftool, "-json", "-n", "-G1", "-r", str(place)], capture_output=True, check=False)
    return {each["SourceFile"]: each for each in json.loads(done.stdout)}


def written(tags: Mapping[str, Any], *names: str) -> Any:
    """Give the first of these tags that says something."""
    texts = (tags.get(name) for name in names)
    return next((each for each in texts if each is not None and not _NOTHING.fullmatch(str(each))), None)


def differences(header: Header, tags: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    exif = header.exif
    times = written(tags, *_TAKEN, "ExifIFD:CreateDate", "IFD0:ModifyDate")
    pairs = {
        "make": (exif.make, written(tags, "IFD0:Make")),
        "model": (exif.model, written(tags, "IFD0:Model")),
        "lens": (exif.lens_model, written(tags, "ExifIFD:LensModel", "XMP-exifEX:LensModel", "XMP-aux:Lens")),
        "date_time": (exif.date_time, times and times[:_WITHOUT_ZONE]),
    }
    for name, (ours, theirs) in pairs.items():
        if ours != (None if theirs is None else " ".join(str(theirs).split())):
            yield name, ours, theirs
    north, east = header.extra.latitude, header.extra.longitude
    exposure = written(tags, "ExifIFD:ExposureTime", "ExifIFD:ShutterSpeedValue")
    numbers = {
        "iso": (exif.iso, written(tags, "ExifIFD:ISO"), 0.5),
        "focal": (exif.focal_length_mm, written(tags, "ExifIFD:FocalLength"), 1e-6),
        "focal35": (exif.focal_length_35mm_mm, written(tags, "ExifIFD:FocalLengthIn35mmFormat"), 0.51),
        "bias": (header.extra.exposure_bias or None, written(tags, "ExifIFD:ExposureCompensation"), 0.006),
        "north": (north, written(tags, "Composite:GPSLatitude"), 1e-5),
        "east": (east, written(tags, "Composite:GPSLongitude"), 1e-5),
        "aperture": (_f_number(exif.aperture), written(tags, "ExifIFD:FNumber", "ExifIFD:ApertureValue"), 0.051),
        "exposure": (_seconds(exif.exposure), exposure, 0.06 * float(exposure or 0)),
    }
    for name, (value, oracle, tolerance) in numbers.items():
        is_same = value is oracle is None or (
            value is not None and oracle is not None and abs(value - float(oracle)) <= tolerance
        )
        if not is_same:
            yield name, value, oracle


def _f_number(text: str | None) -> float | None:
    return None if text is None else float(text.removeprefix("f/"))


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    top, _, bottom = text.removesuffix(" sec").partition("/")
    return float(top) / float(bottom or 1)


def test_real_cameras_files_say_the_same(exiftool: str, photos_dir: Path) -> None:
    found, compared = [], 0
    for name, tags in told(exiftool, photos_dir).items():
        try:
            header = READER.read(Path(name))
        except Rejected:
            continue
        compared += 1
        found += [(Path(name).name, *each) for each in differences(header, tags)]
    assert compared > 100
    assert found == []


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["DateTimeOriginal=2003: 1: 2  3: 4: 5"], {"date_time": "2003:01:02 03:04:05"}),
        (["DateTimeOriginal=2003: 1: 2 13: 4: 5"], {"date_time": "2003:01:02 13:04:05"}),
        (["DateTimeOriginal=2002/10/05 12:10:55"], {"date_time": "2002:10:05 12:10:55"}),
        (["DateTimeOriginal=2019-08-01T10:11:12.25+02:00"], {"date_time": "2019:08:01 10:11:12"}),
        (["DateTimeOriginal=0001:01:01 00:00:00"], {"date_time": None}),
        (["DateTimeOriginal=2001:02:30 10:10:10"], {"date_time": None}),
        (["DateTimeOriginal=1999:12:31 23:59:60"], {"date_time": None}),
        (["DateTimeOriginal=    :  :     :  :  "], {"date_time": None}),
        (["SubSecTimeOriginal=07 ", "DateTimeOriginal=2020:01:01 10:00:00"], {"sub_seconds": "07"}),
        (["OffsetTimeOriginal=Z", "DateTimeOriginal=2020:01:01 10:00:00"], {"offset": None}),
        (["OffsetTimeOriginal=-03:30", "DateTimeOriginal=2020:01:01 10:00:00"], {"offset": "-03:30"}),
        (["ExposureTime=0"], {"exposure": None}),
        (["ExposureTime=0.0001"], {"exposure": "1/10000 sec"}),
        (["ExposureTime=30"], {"exposure": "30 sec"}),
        (["ExposureTime=inf"], {"exposure": None}),
        (["FNumber=0", "ApertureValue=2.8"], {"aperture": "f/2.8"}),
        (["FNumber=undef"], {"aperture": None}),
        (["ISO=0"], {"iso": None}),
        (["ISO=100 200"], {"iso": 100}),
        (["ISO=65535", "RecommendedExposureIndex=102400"], {"iso": 102400}),
        (["FocalLength=0"], {"focal_length_mm": None}),
        (["FocalLengthIn35mmFormat=0"], {"focal_length_35mm_mm": None}),
        (["LensModel=----"], {"lens_model": None}),
        (["LensModel=DT 18-55mm F3.5-5.6 SAM"], {"lens_model": "DT 18-55mm F3.5-5.6 SAM"}),
        (["Make=OLYMPUS IMAGING CORP.  ", "Model=E-M5"], {"make": "OLYMPUS IMAGING CORP.", "model": "E-M5"}),
        (["GPSLatitude=91", "GPSLongitude=5"], {"has_gps": False}),
        (["GPSLatitude=12.5", "GPSLatitudeRef=S", "GPSLongitude=5", "GPSLongitudeRef=W"], {"has_gps": True}),
        (["Orientation=7"], {"orientation": 7}),
        (["Orientation=99"], {"orientation": 1}),
    ],
)
def test_values_written_by_others_are_read_or_missing(
    exiftool: str, tmp_path: Path, tags: Sequence[str], expected: Mapping[str, object]
) -> None:
    file = jpeg(tmp_path / "a.jpg", quarters(160, 96))
    given = [f"-EXIF:{tag.partition('=')[0]}#={tag.partition('=')[2]}" for tag in tags]
    done = subprocess.run(
        [exiftool, "-q", "-m", "-overwrite_original", *given, str(file)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    exif = READER.read(file).exif
    assert {name: getattr(exif, name) for name in expected} == expected


def test_a_text_in_any_of_its_places_and_encodings_is_read_as_exiftool_wrote_it(exiftool: str, tmp_path: Path) -> None:
    words = "Öl auf Wasser — Ærø"
    for number, given in enumerate(
        (
            ["-charset", "exif=UTF8", f"-EXIF:ImageDescription={words}"],
            ["-codedcharacterset=utf8", f"-IPTC:Caption-Abstract={words}"],
            [f"-XMP-dc:Description={words}"],
        )
    ):
        file = jpeg(tmp_path / f"{number}.jpg", quarters(160, 96))
        subprocess.run([exiftool, "-q", "-overwrite_original", *given, str(file)], check=True)
        assert READER.read(file).caption == words
    latin = jpeg(tmp_path / "latin.jpg", quarters(160, 96))
    subprocess.run([exiftool, "-q", "-overwrite_original", "-IPTC:Keywords=Überfahrt", str(latin)], check=True)
    assert READER.read(latin).keywords == ("Überfahrt",)
