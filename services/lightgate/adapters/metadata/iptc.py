"""An IPTC-IIM block: its data sets, whose texts are in an encoding that old programs did not name.

Source: IPTC-NAA IIM 4.2 (records, which data sets may be repeated, 1:90), MWG guidelines 2.0 §3.3 (the digest).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from lightgate.adapters.metadata.containers.values import Moment, iso_moment
from lightgate.domain.language.encoding import decoded_together

#: of record 2
OBJECT_NAME, KEYWORDS, DATE, TIME, BYLINE, COPYRIGHT, CAPTION = 5, 25, 55, 60, 80, 116, 120
CITY, SUBLOCATION, STATE, COUNTRY_CODE, COUNTRY = 90, 92, 95, 100, 101
_ENVELOPE, _APPLICATION = 1, 2
#: data sets that may stand there more than once; of any other the first counts, and they are not joined
_REPEATED = frozenset({KEYWORDS, BYLINE})
#: those with words in them: what their bytes say together tells the encoding
_TEXTS = frozenset(
    {OBJECT_NAME, 15, 20, KEYWORDS, 40, BYLINE, 85, CITY, SUBLOCATION, STATE, COUNTRY_CODE, COUNTRY, 103, 105, 110, 115}
    | {COPYRIGHT, 118, CAPTION, 122}
)
#: some programs write hyphens and colons, or leave out what they do not know
_DAY = re.compile(rb"\s*(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?[\s\0-]*\Z")
_CLOCK = re.compile(rb"(\d\d):?(\d\d)(?::?(\d\d))?(?:([+-]\d\d):?(\d\d))?Z?")
_MARKER = 0x1C
#: 1:90 as ISO 2022 has it: ESC % G, and the levels of UTF-8 behind ESC % /
_UTF8 = re.compile(rb"\x1b%(?:G|/[GHI])")
#: a part of ISO 8859 as the upper half, ESC and one of ``- . /`` before its letter (ISO-IR 100 and following)
_ISO_8859 = re.compile(rb"\x1b[-./]([A-Z])")
_PARTS = {b"A": "cp1252", b"B": "iso8859-2", b"C": "iso8859-3", b"D": "iso8859-4", b"F": "iso8859-7",
          b"G": "iso8859-6", b"H": "iso8859-8", b"L": "iso8859-5", b"M": "cp1254"}  # fmt: skip


def texts_of(block: bytes) -> Mapping[int, Sequence[str]]:
    """Read the texts of the application record, by data set: one, or as many as there may be."""
    raw: dict[int, list[bytes]] = {}
    named = b""
    for record, dataset, value in datasets_of(block):
        if (record, dataset) == (_ENVELOPE, 90):
            named = named or value
        elif record == _APPLICATION and dataset in _TEXTS:
            raw.setdefault(dataset, []).append(value.replace(b"\0", b""))
    flat = [value for values in raw.values() for value in values]
    texts = iter(decoded_together(flat, _encoding(named)))
    told = {dataset: [next(texts) for _ in values] for dataset, values in raw.items()}
    return {dataset: each if dataset in _REPEATED else _first(each) for dataset, each in told.items()}


def _first(texts: Sequence[str]) -> Sequence[str]:
    return [text for text in texts if text.strip()][:1]


def _encoding(named: bytes) -> str | None:
    if _UTF8.match(named):
        return "utf-8"
    found = _ISO_8859.match(named)
    return _PARTS.get(found[1]) if found else None


def taken_in(block: bytes) -> Moment | None:
    """Read when the picture was taken; zeros stand for a month or a day that nobody knew."""
    found: dict[int, bytes] = {}
    for record, dataset, value in datasets_of(block):
        if record == _APPLICATION:
            found.setdefault(dataset, value)
    day, clock = (_DAY.match(found.get(DATE, b"")), _CLOCK.fullmatch(found.get(TIME, b"").strip(b"\0 ")))
    if not day:
        return None
    date = "-".join(part.decode() for part in day.groups() if part)
    if clock:
        zone = clock[4].decode() + ":" + clock[5].decode() if clock[4] else ""
        time = ":".join(part.decode() for part in clock.groups()[:3] if part)
        if timed := iso_moment(f"{date}T{time}{zone}"):
            return timed
    return iso_moment(date)


def is_newer(block: bytes, digest: bytes) -> bool:
    """Was the block changed by a program that knows no XMP, after one that knows both had written its digest?"""
    if not block or not digest:
        return False
    # a TIFF's tag is filled up to whole words
    shapes = (block, block.rstrip(b"\0"))
    return digest not in {hashlib.md5(shape).digest() for shape in shapes}  # noqa: S324 - the format asks for it


def datasets_of(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield record, data set and value, as far as the block is sound."""
    at = 0
    while at + 5 <= len(block) and block[at] == _MARKER:
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        # a length above 32767 announces a longer length field; photographs have none such
        if length > 0x7FFF or at + 5 + length > len(block):
            return
        yield block[at + 1], block[at + 2], block[at + 5 : at + 5 + length]
        at += 5 + length
