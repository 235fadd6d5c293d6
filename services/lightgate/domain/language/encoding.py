"""Text files of unknown encoding: which one it is shows in the marks, the zeros and the letters."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
#: Windows, then Macintosh before OS X, then DOS: what lists of keywords were written in before UTF-8
_OLD = ("cp1252", "mac_roman", "cp850")
#: of two bytes a character, this share of one half is 0 in UTF-16 of any Latin script
_ZEROS = 0.3
#: more letters tell no more
_ENOUGH_BYTES = 65_536
#: a symbol or a capital in the middle of a word speaks against an encoding more than a letter speaks for it
_ODD = 3
#: of Windows and of the Macintosh, both beyond ASCII, and where sentences have them
_SIGNS = frozenset("\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2022\u2122")
_FITTING = (
    re.compile(r"(?<!\w)[\u2018\u201a\u201c\u201e](?=\w)"),
    re.compile(r"(?<=\S)[\u2019\u201c\u201d\u2026\u2122](?!\w)"),
    # Anna's, don't, we'll, o'clock; 's avonds, 'n'; l'eau, d'or, dell'arte
    re.compile(r"(?<=[^\W\d])\u2019(?=(?:s|t|d|m|ll|re|ve|clock)\b)", re.IGNORECASE),
    re.compile(r"(?<!\w)\u2019(?=[nst]\b|\d\d)", re.IGNORECASE),
    re.compile(
        r"(?<=\b[cdjlmnst])\u2019(?=[^\W\d]{2})|(?<=\bqu)\u2019(?=[^\W\d]{2})|(?<=[a-z]ll)\u2019(?=[^\W\d]{2})",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=\s)[\u2013\u2014\u2022](?=\s)|(?<=\d)\u2013(?=\d)"),
    re.compile(r"(?<=[a-z]{2})[\u2013\u2014](?=[a-z]{2})"),
)
#: a letter beyond ASCII beside a digit, or alone
_BESIDE_DIGITS = re.compile(
    r"(?<=\d)[^\W\d_\x00-\x7f](?![a-z])|(?<![^\W\d_])[^\W\d_\x00-\x7f](?=\d)|(?<!\S)[^\W\d_\x00-\x7f](?!\S)"
)
_SMALL_BEFORE_CAPITAL = re.compile(r"\b[\xdf-\xff](?=[A-Z][a-z])")
_USUAL = frozenset("äöüßéèêëàâáåãçñíìîïóòôõøúùûæœ")
_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS (850)"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, and how it was read."""

    text: str
    #: as it is told to a person
    encoding: str
    #: numbers of lines, from 1, that are in another encoding than the rest
    other_lines: tuple[int, ...] = ()


def decoded(content: bytes) -> Decoded:
    """Read a text whatever it was written with.

    Raises:
        UnicodeError: it is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = content.decode(encoding).removeprefix("\ufeff")
            return Decoded(text, encoding.upper())
    if b"\0" in content:
        encoding = _wide(content)
        return Decoded(content.decode(encoding), encoding.upper())
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _old(content)


def decoded_together(texts: Sequence[bytes], named: str | None = None) -> list[str]:
    """Read texts of one file, which are too short to tell their encoding each for itself.

    Args:
        named: the encoding that the file says; what is UTF-8, or cannot be in it, is not believed to be.
    """
    strange = [text for text in texts if not _is_utf8(text)]
    said = b"\n".join(strange)[:_ENOUGH_BYTES]
    guessed = _likeliest(said, _likeness_of_prose) if strange else None
    # no words of another encoding happen to be UTF-8
    wanted = [*filter(None, ["utf-8", named, guessed]), "latin-1"]
    return [text.decode(next(each for each in wanted if _can(text, each))).removeprefix("\ufeff") for text in texts]


def _wide(content: bytes) -> str:
    half = len(content) / 2
    if content[1::2].count(0) > _ZEROS * half > content[::2].count(0):
        return "utf-16-le"
    if content[::2].count(0) > _ZEROS * half > content[1::2].count(0):
        return "utf-16-be"
    raise UnicodeError("zeros in no order")


def _old(content: bytes) -> Decoded:
    lines = content.splitlines(keepends=True)
    foreign = [line for line in lines if not line.isascii()]
    strange = [number for number, line in enumerate(lines, 1) if not _is_utf8(line)]
    if 2 * len(strange) < len(foreign):
        # lines from two sources in one file
        encoding = _likeliest(b"".join(lines[number - 1] for number in strange))
        text = "".join(line.decode("utf-8" if _is_utf8(line) else encoding) for line in lines)
        return Decoded(text, "UTF-8", tuple(strange))
    encoding = _likeliest(content)
    return Decoded(content.decode(encoding), _NAMES[encoding])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _likeliest(content: bytes, likeness: Callable[[str], int] | None = None) -> str:
    """Give the encoding in which most letters are where words have letters; of equals the commonest."""
    readable = (encoding for encoding in _OLD if _can(content, encoding))
    return max(readable, key=lambda encoding: (likeness or _likeness)(content.decode(encoding)))


def _can(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likeness_of_prose(text: str) -> int:
    """Count as ``_likeness``, and the quotation marks, apostrophes and dashes that sentences have where they belong."""
    words = "".join(" " if c in _SIGNS else c for c in text)
    # such a letter is often a sign of another encoding; à and Å are words
    bare = _BESIDE_DIGITS.sub(" ", words)
    odd = len(_SMALL_BEFORE_CAPITAL.findall(words))
    odd += sum(_is_odd(found, words) for found in _BESIDE_DIGITS.finditer(words))
    fitting = sum(1 for pattern in _FITTING for _ in pattern.finditer(text))
    misplaced = max(0, sum(c in _SIGNS for c in text) - fitting)
    return _likeness(bare) + fitting - _ODD * (odd + misplaced)


def _is_odd(found: re.Match[str], text: str) -> bool:
    is_beside_digit = any(each.isdigit() for each in text[max(0, found.start() - 1) : found.end() + 1])
    return is_beside_digit or found[0].lower() not in _USUAL


def _likeness(text: str) -> int:
    """Count letters that words have, less what they have not inside them."""
    marks = 0
    for place, c in enumerate(text):
        if c < "\x80":
            continue
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        is_inside = before.isalpha() and (before.islower() or after.isalpha())
        if c in _USUAL:
            marks += 1
        elif c.lower() in _USUAL:
            # a capital begins a word, or stands among capitals
            marks += -_ODD if before.islower() else 1
        elif is_inside or after.isalpha():
            marks -= _ODD if not c.isalpha() or c.isupper() else 1
    return marks
