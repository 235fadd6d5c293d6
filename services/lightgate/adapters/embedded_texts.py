"""Captions, keywords and rights that somebody wrote into a file: XMP first, then IPTC, then EXIF."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lightgate.adapters.exif_values import clean, decoded

#: an XMP packet of a photograph has some kilobytes; retouching history can make it megabytes
XMP_LIMIT_BYTES = 4_000_000
_MOST_KEYWORDS = 200
_KEYWORD_LENGTH = 100

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

#: IPTC-IIM 4.2, record 2
_KEYWORDS, _BYLINE, _COPYRIGHT, _CAPTION = 25, 80, 116, 120
_MARKER = 0x1C
#: IPTC-IIM 4.2, 1:90: ESC % G
_IS_UTF8 = b"\x1b%G"


@dataclass(frozen=True, slots=True)
class Words:
    """What one kind of metadata says."""

    caption: str | None = None
    alt_text: str | None = None
    keywords: tuple[str, ...] = ()
    creator: str | None = None
    copyright: str | None = None
    #: ``xmp:Rating``: 1 to 5, -1 for rejected; 0 says that nobody judged
    stars: int | None = None


def best_of(sources: Iterable[Words]) -> Words:
    """Take each text from the first source that has it."""
    listed = tuple(sources)

    return Words(
        caption=_first(source.caption for source in listed),
        alt_text=_first(source.alt_text for source in listed),
        keywords=next((found for source in listed if (found := tidy_keywords(source.keywords))), ()),
        creator=_first(source.creator for source in listed),
        copyright=_first(source.copyright for source in listed),
        stars=next((source.stars for source in listed if source.stars is not None), None),
    )


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text and not is_boilerplate(text)), None)


def tidy_keywords(keywords: Iterable[str]) -> tuple[str, ...]:
    """Clean keywords and drop repeated ones, in their order."""
    tidy: dict[str, str] = {}
    for keyword in keywords:
        if cleaned := clean(keyword, _KEYWORD_LENGTH):
            tidy.setdefault(cleaned.casefold(), cleaned)
    return tuple(tidy.values())[:_MOST_KEYWORDS]


def is_boilerplate(text: str) -> bool:
    """Did the camera write this, rather than a person?"""
    folded = " ".join(text.split()).casefold()
    return any(fnmatch.fnmatchcase(folded, pattern) for pattern in _boilerplate())


@cache
def _boilerplate() -> tuple[str, ...]:
    lines = (resources.files("lightgate") / "data" / "camera_captions.txt").read_text("utf-8").splitlines()
    return tuple(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def tree_of(packet: bytes) -> Element | None:
    """Read an XMP packet; one that is no XML, or wants entities, is None."""
    packet = packet.strip(b"\0 \t\r\n")
    if not packet or len(packet) > XMP_LIMIT_BYTES:
        return None
    try:
        root: Element = fromstring(packet, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def words_from_xmp(packet: bytes) -> Words:
    """Read Dublin Core and IPTC Core."""
    root = tree_of(packet)
    if root is None:
        return Words()
    return Words(
        caption=_in_default_language(root, f"{_DC}description"),
        alt_text=_in_default_language(root, f"{_IPTC_CORE}AltTextAccessibility"),
        keywords=tuple(_items(root, f"{_DC}subject")),
        creator=clean("; ".join(_items(root, f"{_DC}creator")), 300),
        copyright=_in_default_language(root, f"{_DC}rights", 500),
        stars=_stars(root),
    )


def _stars(root: Element) -> int | None:
    holder = root.find(f".//{_RDF}Description[@{_XMP}Rating]")
    element = root.find(f".//{_XMP}Rating")
    written = holder.get(f"{_XMP}Rating") if holder is not None else element.text if element is not None else None
    found = (written or "").strip().removesuffix(".0")
    return int(found) if found in {"-1", "1", "2", "3", "4", "5"} else None


def _in_default_language(root: Element, name: str, limit: int = 4000) -> str | None:
    found = root.find(f".//{name}")
    if found is None:
        holder = root.find(f".//{_RDF}Description[@{name}]")
        return None if holder is None else clean(holder.get(name, ""), limit)
    entries = found.findall(f"{_RDF}Alt/{_RDF}li") or [found]
    default = next((entry for entry in entries if entry.get(_LANGUAGE) == "x-default"), entries[0])
    return clean(default.text or "", limit)


def _items(root: Element, name: str) -> Iterator[str]:
    found = root.find(f".//{name}")
    for item in found.iter(f"{_RDF}li") if found is not None else ():
        if item.text:
            yield item.text


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
        caption=clean(" ".join(texts(_CAPTION))),
        keywords=tuple(texts(_KEYWORDS)),
        creator=clean("; ".join(texts(_BYLINE)), 300),
        copyright=clean(" ".join(texts(_COPYRIGHT)), 500),
    )


def datasets_of(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 5 <= len(block) and block[at] == _MARKER:
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        # a length above 32767 announces a longer length field; photographs have none such
        if length > 0x7FFF or at + 5 + length > len(block):
            return
        yield block[at + 1], block[at + 2], block[at + 5 : at + 5 + length]
        at += 5 + length
