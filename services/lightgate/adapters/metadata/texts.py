"""Captions, keywords and rights that somebody wrote into a file: XMP first, then IPTC, then EXIF."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from xml.etree.ElementTree import Element

from lightgate.adapters.metadata import iptc
from lightgate.adapters.metadata.containers.values import clean
from lightgate.adapters.metadata.xmp import alternatives, items, simple
from lightgate.domain.language.alternatives import DEFAULT, Alternatives, default_of, in_any
from lightgate.domain.language.characters import is_letter

_MOST_KEYWORDS = 200
_KEYWORD_LENGTH = 100
_SEPARATORS = re.compile("[,;]")

_DC = "{http://purl.org/dc/elements/1.1/}"
_IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"

#: what IPTC-IIM 4.2 allows a text
_KEYWORD_BYTES, _BYLINE_BYTES, _COPYRIGHT_BYTES, _CAPTION_BYTES = 64, 32, 128, 2000
_LONGEST_CHARACTER_BYTES = 4
#: a real number in XMP
_STARS = re.compile(r"(-1|[1-5])(?:\.0{0,9})?", re.ASCII)
#: what a camera or a program calls its version, 1.0.3, v2.1, Ver. 1.00, and what a person calls a day or a month
_VERSION = re.compile(
    r"(?:v|ver|version|rev|fw|firmware)?[. :]*\d{1,5}(?:[._]\d{1,5}){1,4}(?:[a-z]{1,5}\d{0,3})?", re.ASCII
)
_DAY = re.compile(r"(?:\d{1,2}[._])?\d{1,2}[._](?:1[89]|20)\d\d|(?:1[89]|20)\d\d[._]\d{1,2}(?:[._]\d{1,2})?", re.ASCII)


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


def creators(names: Iterable[str | None]) -> str | None:
    """Join names; one without a letter is none."""
    told = (clean(name or "", 300) for name in names)
    return clean("; ".join(name for name in told if name and any(map(is_letter, name))), 300)


def is_boilerplate(text: str) -> bool:
    """Did the camera write this, rather than a person? So it did one sign, signs alone and the number of a version."""
    folded = " ".join(text.split()).casefold()
    if not any(each.isalnum() or is_letter(each) for each in folded) or (len(folded) == 1 and not _is_word(folded)):
        return True
    if _VERSION.fullmatch(folded):
        return not _DAY.fullmatch(folded)
    return any(fnmatch.fnmatchcase(folded, pattern) for pattern in _boilerplate())


def _is_word(sign: str) -> bool:
    """Is this sign a word by itself, as in Chinese?"""
    return unicodedata.category(sign) == "Lo" or (is_letter(sign) and not sign.isalpha())


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
        creator=creators(items(root, f"{_DC}creator")),
        copyright=alternatives(root, f"{_DC}rights", 500),
        stars=stars(simple(root, f"{_XMP}Rating")),
    )


def stars(written: object) -> int | None:
    """Read a rating of 1 to 5, or -1 for rejected; 0 says that nobody judged."""
    found = _STARS.fullmatch(str(written).strip())
    return int(found[1]) if found else None


def words_from_iptc(block: bytes) -> Words:
    """Read an IPTC-IIM block as far as it is sound."""
    told = iptc.texts_of(block)
    caption, copyright_ = (next(iter(told.get(name, ())), "") for name in (iptc.CAPTION, iptc.COPYRIGHT))
    return Words(
        caption=in_any(clean(caption)),
        keywords=tuple(told.get(iptc.KEYWORDS, ())),
        creator=creators(told.get(iptc.BYLINE, ())),
        copyright=in_any(clean(copyright_, 500)),
    )


def newer_first(iptc_words: Words, xmp_words: Words) -> Words:
    """Put what a program changed in the IPTC block, after XMP was written, in the place of what XMP says.

    What is only cut to the length that IPTC allows was not changed. Source: MWG guidelines 2.0 §3.3.
    """
    is_creator_old = not iptc_words.creator or _is_cut(iptc_words.creator, xmp_words.creator, _BYLINE_BYTES)
    return Words(
        caption=_changed(iptc_words.caption, xmp_words.caption, _CAPTION_BYTES),
        alt_text=xmp_words.alt_text,
        keywords=_changed_keywords(iptc_words.keywords, xmp_words.keywords),
        creator=xmp_words.creator if is_creator_old else iptc_words.creator,
        copyright=_changed(iptc_words.copyright, xmp_words.copyright, _COPYRIGHT_BYTES),
        stars=xmp_words.stars,
    )


def _changed(new: Alternatives, old: Alternatives, most_bytes: int) -> Alternatives:
    text, before = default_of(new), default_of(old)
    if not text or _is_cut(text, before, most_bytes):
        return old
    # IPTC has no languages: what said the same as the changed text is as old as that was
    others = ((tag, said) for tag, said in old if tag != DEFAULT and said != before)
    return ((DEFAULT, text), *others)


def _changed_keywords(new: tuple[str, ...], old: tuple[str, ...]) -> tuple[str, ...]:
    is_same = len(new) == len(old) and all(
        _is_cut(clean(one) or "", clean(other), _KEYWORD_BYTES) for one, other in zip(new, old, strict=True)
    )
    return old if not new or is_same else new


def _is_cut(text: str, whole: str | None, most_bytes: int) -> bool:
    # a character that does not fit is left out whole
    is_full = len(text.encode("utf-8", "ignore")) > most_bytes - _LONGEST_CHARACTER_BYTES
    return text == whole or (is_full and (whole or "").startswith(text))
