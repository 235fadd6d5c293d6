"""A position of zeros, or of nothing over nothing, is none, wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from lightgate.adapters.metadata.published.disclosed import read_original
from lightgate.adapters.metadata.reader import PillowHeaders
from support.pictures import jpeg, quarters

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)
ZERO = (IFDRational(0, 1),) * 3
NOTHING = (IFDRational(0, 0),) * 3
NORTH = (IFDRational(51, 1), IFDRational(30, 1), IFDRational(0, 0))


@pytest.mark.parametrize(
    ("north", "east", "position"),
    [
        (ZERO, ZERO, None),
        (NOTHING, NOTHING, None),
        (NOTHING, NORTH, None),
        (NORTH, NOTHING, None),
        ((IFDRational(0, 1), IFDRational(0, 0), IFDRational(0, 0)), ZERO, None),
        ((IFDRational(0, 1), IFDRational(0, 1), IFDRational(1, 10**9)), ZERO, None),
        (NORTH, ZERO, (-51.5, 0.0)),
        (ZERO, NORTH, (0.0, -51.5)),
    ],
)
def test_exif(tmp_path: Path, north: object, east: object, position: tuple[float, float] | None) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "S", 2: north, 3: "W", 4: east})
    file = jpeg(tmp_path / "a.jpg", quarters(16, 16), exif=exif.tobytes())
    header = READER.read(file)
    assert header.exif.has_gps is (position is not None)
    assert (header.extra.latitude, header.extra.longitude) == (position or (None, None))
    assert read_original(file).position == position


@pytest.mark.parametrize(
    ("north", "east", "position"),
    [
        ("0,0N", "0,0E", None),
        ("0,0.0000000S", "0,0,0W", None),
        ("0,0.000000001N", "0,0E", None),
        ("51,30N", "0,0W", (51.5, 0.0)),
    ],
)
def test_xmp(tmp_path: Path, north: str, east: str, position: tuple[float, float] | None) -> None:
    packet = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="{north}" exif:GPSLongitude="{east}"/></rdf:RDF>"""
    header = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), xmp=packet.encode()))
    assert header.exif.has_gps is (position is not None)
    assert (header.extra.latitude, header.extra.longitude) == (position or (None, None))


def test_zeros_in_exif_do_not_hide_what_xmp_knows(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: ZERO, 3: "E", 4: ZERO})
    packet = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30N" exif:GPSLongitude="4,30E"/></rdf:RDF>"""
    header = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), exif=exif.tobytes(), xmp=packet))
    assert (header.exif.has_gps, header.extra.latitude, header.extra.longitude) == (True, 51.5, 4.5)
