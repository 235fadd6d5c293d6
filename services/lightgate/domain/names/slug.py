"""How a person's words become part of a file name, and when two names count as the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lightgate.domain.language.characters import is_letter

_AND = re.compile(r"\s*&\s*")
#: hyphens stay inside tokens like ``737-800``, ``72-600``, ``MiG-29``, ``A320-200`` and ``PH-BXA``
_HYPHENATED = re.compile(
    r"\d{2,3}-\d{1,3}[A-Z]{0,3}"
    r"|[A-Z][A-Za-z]{0,3}\d{0,3}-\d{1,4}[A-Za-z]{0,3}"
    r"|(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{1,2}-[A-Z0-9]{2,5}"
)
#: letters that NFKD leaves whole and accent-insensitive collations take apart
_TAKEN_APART = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe"})
_LAST_OF_BASIC_PLANE = "\uffff"
_REPLACEMENT = "\ufffd"
_FIRST_VARIATION_SELECTOR, _LAST_VARIATION_SELECTOR = "\ufe00", "\ufe0f"


@lru_cache(maxsize=512)  # the photos of a set share their words
def slug(text: str) -> str:
    """Turn words into one token of a file name: letters, digits and marks of any script, joined by ``_``."""
    words = _AND.sub(" and ", unicodedata.normalize("NFC", text)).replace("_", " ")
    tokens = "".join(_kept(words)).split()
    return unicodedata.normalize("NFC", "_".join(part for token in tokens for part in _at_hyphens(token)))


def _kept(words: str) -> list[str]:
    """Put a space for everything that no name should hold; format characters and loose marks vanish."""
    kept: list[str] = []
    for char in words:
        kind = unicodedata.category(char)
        if kind[0] in "LN" or char == "-" or is_letter(char):
            kept.append(char)
        elif kind in {"Mn", "Mc"}:
            is_loose = not kept or kept[-1] in " -" or _FIRST_VARIATION_SELECTOR <= char <= _LAST_VARIATION_SELECTOR
            kept.append("" if is_loose else char)
        elif kind != "Cf":
            kept.append(" ")
    return kept


def _at_hyphens(token: str) -> list[str]:
    if _HYPHENATED.fullmatch(token):
        return [token]
    return [part for part in token.split("-") if part]


def titled(token: str) -> str:
    """Give each wholly lower-case word of a slug a capital; ``USA`` and ``McKinley`` stay as they are."""
    words = (word[:1].upper() + word[1:] if word.islower() else word for word in token.split("_"))
    return unicodedata.normalize("NFC", "_".join(words))


@lru_cache(maxsize=512)  # and their stem, counters aside
def fold(stem: str) -> str:
    """Give the key under which two names are the same to the website.

    MySQL's and MariaDB's default collations ignore case and accents, and the older ones take all characters
    beyond the basic plane for one; a name that only differs so would overwrite another row.
    """
    folded = _fold_once(stem)
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(stem: str) -> str:
    apart = unicodedata.normalize("NFKD", stem)
    bare = "".join(char for char in apart if not unicodedata.combining(char)).casefold().translate(_TAKEN_APART)
    whole = unicodedata.normalize("NFC", bare)
    return "".join(_REPLACEMENT if char > _LAST_OF_BASIC_PLANE else char for char in whole)
