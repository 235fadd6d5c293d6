"""A focal length keeps its fraction in row and file; the website's column has it rounded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from lightgate.adapters.metadata.published.write_exif import exif_block
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.domain.photo import Exif
from lightgate.website.package import row_of
from lightgate_web.show.wording import focal_length
from support.pictures import jpeg, quarters
from support.published import BARE

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)


@pytest.mark.parametrize(
    ("ratio", "length", "in_column", "shown"),
    [
        ((425, 100), 4.25, 4, "4.25 mm (26 mm on 35-mm film)"),
        ((17, 4), 4.25, 4, "4.25 mm (26 mm on 35-mm film)"),
        ((807365, 119471), 807365 / 119471, 7, "6.76 mm (26 mm on 35-mm film)"),
        ((45, 10), 4.5, 5, "4.5 mm (26 mm on 35-mm film)"),
        ((50, 1), 50, 50, "50 mm (26 mm on 35-mm film)"),
        ((260, 10), 26, 26, "26 mm"),
        ((0, 1), None, None, "26 mm on 35-mm film"),
        ((0, 0), None, None, "26 mm on 35-mm film"),
        ((4294967295, 1), None, None, "26 mm on 35-mm film"),
    ],
)
def test_exifs_fraction_is_kept_and_goes_out(
    tmp_path: Path, ratio: tuple[int, int], length: float | None, in_column: int | None, shown: str
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x920A: IFDRational(*ratio), 0xA405: 26})
    found = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), exif=exif.tobytes())).exif
    assert (repr(found.focal_length_mm), found.focal_length_35mm_mm) == (repr(length), 26)
    assert focal_length(found) == shown
    photo = replace(BARE, exif=found)
    assert row_of(photo, {"full": "f", "thumb": "t"}, 1, 1).Focal_length == in_column
    again = READER.read(jpeg(tmp_path / "b.jpg", quarters(16, 16), exif=exif_block(photo, 16, 16))).exif
    assert (again.focal_length_mm, again.focal_length_35mm_mm) == (length, 26)


def test_xmps_fraction_is_kept(tmp_path: Path) -> None:
    packet = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:FocalLength="425/100" exif:FocalLengthIn35mmFilm="26"/></rdf:RDF>"""
    found = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), xmp=packet)).exif
    assert (found.focal_length_mm, found.focal_length_35mm_mm) == (4.25, 26)


def test_what_nobody_knows_is_not_shown() -> None:
    assert focal_length(Exif()) == ""
