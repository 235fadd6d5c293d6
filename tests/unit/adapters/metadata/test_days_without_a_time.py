"""A day without a time, a month, a year: kept as far as they are known, from whatever says them, and sent out so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lightgate.adapters.metadata.containers.photoshop import SEGMENT_MARK, iptc_in
from lightgate.adapters.metadata.containers.values import date_time, iso_moment
from lightgate.adapters.metadata.iptc import taken_in as taken_in_iptc
from lightgate.adapters.metadata.published.write_exif import exif_block
from lightgate.adapters.metadata.published.write_iptc import iim_block
from lightgate.adapters.metadata.published.write_xmp import date_created
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.domain.approval.rights import RightsStatement
from lightgate.domain.photo import Exif, Photo
from lightgate.domain.route.pipeline import Position, Status
from support.pictures import jpeg, quarters

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)
PHOTO = Photo(1, 1, "s", Position("publish", Status.QUEUED), 1, "a.jpg", "a.jpg", "00", 1, ".jpg", "Lake", "Bled", "L")
SCANNED = "2023:11:02 20:15:00"


def xmp(name: str, value: str) -> bytes:
    return f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    {name}="{value}"/></rdf:RDF>""".encode()


def scan(taken: str | None = None, digitized: str = SCANNED) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0132] = SCANNED
    exif.get_ifd(0x8769)[0x9004] = digitized
    if taken is not None:
        exif.get_ifd(0x8769).update({0x9003: taken, 0x9291: "57", 0x9011: "+02:00"})
    return exif


def data_set(number: int, value: bytes) -> bytes:
    return b"\x1c\x02" + bytes([number]) + len(value).to_bytes(2, "big") + value


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("1965:07:04", "1965:07:04"),
        ("1965:07:04 00:00", "1965:07:04 00:00"),
        ("1965:07:04 10:30", "1965:07:04 10:30"),
        ("1965:07:04   :  :  ", "1965:07:04"),
        ("1965:07:04 10:30:  ", "1965:07:04 10:30"),
        ("1965:07:04 10:  :  ", "1965:07:04"),
        ("1965:07:04 ??:??:??", "1965:07:04"),
        ("1965:07:04 --:--:--", "1965:07:04"),
        ("1965:07:  " + "   :  :  ", "1965:07"),
        ("1965:  :     :  :  ", "1965"),
        ("1965:00:00 00:00:00", "1965"),
        ("1965:00:00", "1965"),
        ("1965:07:00 00:00:00", "1965:07"),
        ("1965:07:00", "1965:07"),
        ("1965", "1965"),
        ("1965:07", "1965:07"),
        ("1965-07-04", "1965:07:04"),
        ("1965/7/4", "1965:07:04"),
        ("1965.07.04 9:05", "1965:07:04 09:05"),
        ("1965:07:04 10:30:15", "1965:07:04 10:30:15"),
        ("1965:07:04 00:00:00", "1965:07:04 00:00:00"),
        # nonsense is missing, never a part of itself
        ("0000:00:00 00:00:00", None),
        ("0000:00:00", None),
        ("    :  :     :  :  ", None),
        ("1965:13:04", None),
        ("1965:02:30", None),
        ("1965:07:04 25:00", None),
        ("1965:07:04 99:99:99", None),
        ("0012:07:04", None),
        ("1965/1967", None),
        ("196507", None),
        ("1965 garbage", None),
        ("12", None),
    ],
)
def test_exif_is_read_as_far_as_it_is_known(tmp_path: Path, written: str, known: str | None) -> None:
    assert date_time(written) == known
    exif = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), exif=scan(written).tobytes())).exif
    assert exif.date_time == (known or SCANNED)
    if known:
        assert exif.sub_seconds == ("57" if len(known) == len(SCANNED) else None)
        assert exif.offset == ("+02:00" if " " in known else None)


@pytest.mark.parametrize("name", ["photoshop:DateCreated", "exif:DateTimeOriginal"])
@pytest.mark.parametrize(
    ("written", "known", "offset"),
    [
        ("1965", "1965", None),
        ("1965-07", "1965:07", None),
        ("1965-07-04", "1965:07:04", None),
        ("1965-07-04T10:30", "1965:07:04 10:30", None),
        ("1965-07-04T10:30Z", "1965:07:04 10:30", None),
        ("1965-07-04T10:30+02:00", "1965:07:04 10:30", "+02:00"),
        ("1965-07-04T10:30:15.5+02:00", "1965:07:04 10:30:15", "+02:00"),
    ],
)
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_xmp_goes_before_the_scan_in_every_kind_of_file(
    tmp_path: Path, format_: str, name: str, written: str, known: str, offset: str | None
) -> None:
    file = tmp_path / "a"
    packet = xmp(name, written)
    if format_ == "TIFF":
        quarters(16, 16).save(file, format_, exif=scan(), tiffinfo={700: packet})
    else:
        told = PngInfo()
        told.add_itxt("XML:com.adobe.xmp", packet.decode())
        extra = {"pnginfo": told} if format_ == "PNG" else {"xmp": packet}
        quarters(16, 16).save(file, format_, exif=scan().tobytes(), **extra)
    exif = READER.read(file).exif
    assert (exif.date_time, exif.offset) == (known, offset)


@pytest.mark.parametrize(
    ("day", "time", "known"),
    [
        (b"19650704", None, "1965:07:04"),
        (b"19650700", None, "1965:07"),
        (b"19650000", None, "1965"),
        (b"1965", None, "1965"),
        (b"1965-07-04", None, "1965:07:04"),
        (b"19650704", b"1030", "1965:07:04 10:30"),
        (b"19650704", b"103015+0200", "1965:07:04 10:30:15"),
        (b"19650704", b"nonsense", "1965:07:04"),
        (b"19650704", b"993015", "1965:07:04"),
        (b"19651304", None, None),
        (b"00000000", None, None),
        (b"4 July", None, None),
    ],
)
def test_iptcs_day_counts_without_its_time(day: bytes, time: bytes | None, known: str | None) -> None:
    found = taken_in_iptc(data_set(55, day) + (data_set(60, time) if time else b""))
    assert (found and found.date_time) == known


def test_another_source_makes_the_same_day_more_exact(tmp_path: Path) -> None:
    packet = xmp("photoshop:DateCreated", "1965-07-04T10:30:15+02:00")
    both = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), exif=scan("1965:07:04").tobytes(), xmp=packet)).exif
    assert (both.date_time, both.offset) == ("1965:07:04 10:30:15", "+02:00")
    other = READER.read(jpeg(tmp_path / "b.jpg", quarters(16, 16), exif=scan("1965:07:05").tobytes(), xmp=packet)).exif
    assert other.date_time == "1965:07:05"


def test_a_camera_that_only_says_when_it_digitised_keeps_its_time(tmp_path: Path) -> None:
    day = xmp("photoshop:DateCreated", "2023-11-02")
    assert READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), exif=scan().tobytes(), xmp=day)).exif.date_time == (
        SCANNED
    )
    # a slide of 2023 that was scanned in 2023
    year = xmp("photoshop:DateCreated", "2023")
    assert READER.read(jpeg(tmp_path / "b.jpg", quarters(16, 16), exif=scan().tobytes(), xmp=year)).exif.date_time == (
        "2023"
    )


@pytest.mark.parametrize(
    ("known", "iso", "day"),
    [
        ("1965", "1965", b"19650000"),
        ("1965:07", "1965-07", b"19650700"),
        ("1965:07:04", "1965-07-04", b"19650704"),
        ("1965:07:04 10:30", "1965-07-04T10:30", b"19650704"),
    ],
)
def test_it_goes_out_as_far_as_it_is_known_and_reads_back_so(tmp_path: Path, known: str, iso: str, day: bytes) -> None:
    photo = replace(PHOTO, exif=Exif(date_time=known))
    assert date_created(photo.exif) == iso
    assert iso_moment(iso).date_time == known  # type: ignore[union-attr]
    block = iptc_in(iim_block(photo, RightsStatement()).removeprefix(SEGMENT_MARK))
    assert data_set(55, day) in block
    assert data_set(60, b"")[:3] not in block
    file = jpeg(tmp_path / "a.jpg", quarters(16, 16), exif=exif_block(photo, 16, 16))
    assert READER.read(file).exif.date_time == known
