"""The IPTC-IIM block of a published JPEG, for readers that know nothing newer; the same words as in its XMP.

Source: IPTC-NAA IIM 4.2 (records and lengths), MWG guidelines 2.0 §3.3 (UTF-8, digest), Adobe Photoshop File Formats
(image resources).
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator

from lightgate.adapters.metadata.published.disclosed import Place
from lightgate.adapters.metadata.published.write_xmp import flat, keywords, main_text
from lightgate.domain.approval.rights import RightsStatement
from lightgate.domain.photo import Field, Photo
from lightgate.domain.written_time import DAY, SECOND, parts_of

HEADER = b"Photoshop 3.0\x00"
_IPTC, _DIGEST = 0x0404, 0x0425
_UTF8 = b"\x1b%G"
#: dataset numbers of the application record, and the bytes that a value may have
_KEYWORD, _DATE, _TIME, _BYLINE = (25, 64), (55, 8), (60, 11), (80, 32)
_HEADLINE, _CREDIT, _COPYRIGHT, _CAPTION, _WRITER = (105, 256), (110, 32), (116, 128), (120, 2000), (122, 32)
_CITY, _SUBLOCATION, _STATE, _COUNTRY_CODE, _COUNTRY = (90, 32), (92, 32), (95, 32), (100, 3), (101, 64)


def iim_block(photo: Photo, rights: RightsStatement, place: Place | None = None) -> bytes:
    """Write the payload of an APP13 segment."""
    content = b"".join(_datasets(photo, rights, place or Place()))
    # the format's checksum, no secret
    return HEADER + _resource(_IPTC, content) + _resource(_DIGEST, hashlib.md5(content).digest())  # noqa: S324 - the format asks for it


def _datasets(photo: Photo, rights: RightsStatement, place: Place) -> Iterator[bytes]:
    yield _dataset(1, 90, _UTF8)
    yield _dataset(2, 0, b"\x00\x04")
    for keyword in keywords(photo):
        yield _text(_KEYWORD, flat(keyword))
    yield from _when(photo)
    yield _text(_BYLINE, rights.creator)
    yield _text(_CITY, place.city)
    yield _text(_SUBLOCATION, place.sublocation)
    yield _text(_STATE, place.state)
    yield _text(_COUNTRY_CODE, place.country_code)
    yield _text(_COUNTRY, place.country)
    yield _text(_HEADLINE, photo.subject)
    yield _text(_CREDIT, rights.credit)
    yield _text(_COPYRIGHT, rights.copyright)
    yield _text(_CAPTION, main_text(photo, Field.CAPTION))
    yield _text(_WRITER, rights.caption_writer)


def _when(photo: Photo) -> Iterator[bytes]:
    parts = parts_of(photo.exif.date_time)
    if parts:
        day, clock = parts[:DAY], parts[DAY:]
        yield _text(_DATE, "".join(day) + "00" * (DAY - len(day)))
        # seconds and zone are part of the value, so that a time without them cannot be written
        if len(parts) == SECOND and re.fullmatch(r"[+-]\d\d:\d\d", photo.exif.offset or "", re.ASCII):
            yield _text(_TIME, "".join(clock) + (photo.exif.offset or "").replace(":", ""))


def _text(of: tuple[int, int], text: str) -> bytes:
    number, most_bytes = of
    # cut between characters: half a one would spoil the rest for readers
    content = text.replace("\0", "").encode("utf-8", "ignore")[:most_bytes].decode("utf-8", "ignore").encode()
    return _dataset(2, number, content) if content else b""


def _dataset(record: int, number: int, content: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(content)) + content


def _resource(number: int, content: bytes) -> bytes:
    padding = b"\x00" * (len(content) % 2)
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + padding
