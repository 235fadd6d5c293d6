"""Captions, keywords and rights that somebody wrote into a file: XMP first, then IPTC, then EXIF."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from xml.etree.ElementTree import Element

from lightgate.adapters.metadata.containers.values import Moment, clean, decoded, iso_moment
from lightgate.adapters.metadata.xmp import alternatives, items, simple
from lightgate.domain.language.alternatives import DEFAULT, Alternatives, in_any

_MOST_KEYWORDS = 200
_KEYWORD_LENGTH = 100
_SEPARATORS = re.compile("[,;]")

_DC = "{http://purl.org/dc/elements/1.1/}"
_IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"

#: IPTC-IIM 4.2, record 2
_KEYWORDS, _DATE, _TIME, _BYLINE, _COPYRIGHT, _CAPTION = 25, 55, 60, 80, 116, 120
_APPLICATION = 2
#: some programs write hyphens and colons, or leave out what they do not know
_DAY = re.compile(rb"\s*(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?[\s\0-]*\Z")
_CLOCK = re.compile(rb"(\d\d):?(\d\d)(?::?(\d\d))?(?:([+-]\d\d):?(\d\d))?Z?")
_MARKER = 0x1C
#: IPTC-IIM 4.2, 1:90: ESC % G
_IS_UTF8 = b"\x1b%G"


@dataclass(frozen=True, slots=True)
class Words:
    """What one kind of metadata says."""

    caption: Alternatives = ()
    alt_text: Alternatives = ()
    keywords: tuple[str, ...] = ()
    creator: str | None = None
    copyright: Alternatives = ()
    #: ``xmp:Rating``: 1 to 5, -1 for rejected; 0 says that nobody judged
    stars: int | None = None


def best_of(sources: Iterable[Words]) -> Words:
    """Take each text from the first source that has it."""
    listed = tuple(sources)

    return Words(
        caption=_first_told(source.caption for source in listed),
        alt_text=_first_told(source.alt_text for source in listed),
        keywords=next((found for source in listed if (found := tidy_keywords(source.keywords))), ()),
        creator=_first(source.creator for source in listed),
        copyright=_first_told(source.copyright for source in listed),
        stars=next((source.stars for source in listed if source.stars is not None), None),
    )


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text and not is_boilerplate(text)), None)


def _first_told(sources: Iterable[Alternatives]) -> Alternatives:
    """Take the first source's languages; where none is marked for any, the next source with such a text adds it."""
    told: dict[str, str] = {}
    for source in sources:
        if DEFAULT not in told:
            new = {tag: text for tag, text in source if not is_boilerplate(text)}
            told |= {tag: text for tag, text in new.items() if not told or tag == DEFAULT}
    return tuple(told.items())


def tidy_keywords(keywords: Iterable[str]) -> tuple[str, ...]:
    """Clean keywords and drop repeated ones, in their order."""
    tidy: dict[str, str] = {}
    for keyword in (part for each in keywords for part in _parts(each)):
        if cleaned := clean(keyword, _KEYWORD_LENGTH):
            tidy.setdefault(cleaned.casefold(), cleaned)
    return tuple(tidy.values())[:_MOST_KEYWORDS]


def _parts(keyword: str) -> Iterable[str]:
    """Take what is too long for a keyword for the list that somebody wrote into one."""
    is_list = len(keyword) > _KEYWORD_LENGTH and _SEPARATORS.search(keyword)
    return _SEPARATORS.split(keyword) if is_list else (keyword,)


def is_boilerplate(text: str) -> bool:
    """Did the camera write this, rather than a person?"""
    folded = " ".join(text.split()).casefold()
    return any(fnmatch.fnmatchcase(folded, pattern) for pattern in _boilerplate())


@cache
def _boilerplate() -> tuple[str, ...]:
    lines = (resources.files("lightgate") / "data" / "camera_captions.txt").read_text("utf-8").splitlines()
    return tuple(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def words_from_xmp(root: Element | None) -> Words:
    """Read Dublin Core and IPTC Core."""
    if root is None:
        return Words()
    return Words(
        caption=alternatives(root, f"{_DC}description"),
        alt_text=alternatives(root, f"{_IPTC_CORE}AltTextAccessibility"),
        keywords=tuple(items(root, f"{_DC}subject")),
        creator=clean("; ".join(items(root, f"{_DC}creator")), 300),
        copyright=alternatives(root, f"{_DC}rights", 500),
        stars=stars(simple(root, f"{_XMP}Rating")),
    )


def stars(written: object) -> int | None:
    """Read a rating of 1 to 5, or -1 for rejected; 0 says that nobody judged."""
    found = str(written).strip().removesuffix(".0")
    return int(found) if found in {"-1", "1", "2", "3", "4", "5"} else None


def words_from_iptc(block: bytes) -> Words:
    """Read an IPTC-IIM block as far as it is sound."""
    fields: dict[tuple[int, int], list[bytes]] = {}
    for record, dataset, value in datasets_of(block):
        fields.setdefault((record, dataset), []).append(value)
    is_utf8 = fields.get((1, 90), [b""])[0].startswith(_IS_UTF8)

    def texts(dataset: int) -> list[str]:
        raw = fields.get((2, dataset), [])
        return [value.decode("utf-8", "replace") if is_utf8 else decoded(value) for value in raw]

    return Words(
        caption=in_any(clean(" ".join(texts(_CAPTION)))),
        keywords=tuple(texts(_KEYWORDS)),
        creator=clean("; ".join(texts(_BYLINE)), 300),
        copyright=in_any(clean(" ".join(texts(_COPYRIGHT)), 500)),
    )


def taken_in_iptc(block: bytes) -> Moment | None:
    """Read when the picture was taken; zeros stand for a month or a day that nobody knew."""
    found: dict[int, bytes] = {}
    for record, dataset, value in datasets_of(block):
        if record == _APPLICATION:
            found.setdefault(dataset, value)
    day, clock = (_DAY.match(found.get(_DATE, b"")), _CLOCK.fullmatch(found.get(_TIME, b"").strip(b"\0 ")))
    if not day:
        return None
    date = "-".join(part.decode() for part in day.groups() if part)
    if clock:
        zone = clock[4].decode() + ":" + clock[5].decode() if clock[4] else ""
        time = ":".join(part.decode() for part in clock.groups()[:3] if part)
        if timed := iso_moment(f"{date}T{time}{zone}"):
            return timed
    return iso_moment(date)


def datasets_of(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 5 <= len(block) and block[at] == _MARKER:
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        # a length above 32767 announces a longer length field; photographs have none such
        if length > 0x7FFF or at + 5 + length > len(block):
            return
        yield block[at + 1], block[at + 2], block[at + 5 : at + 5 + length]
        at += 5 + length
