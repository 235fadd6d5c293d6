"""What a text is made of: its words, its likeness to another, and how a model's answer is tidied."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lightgate.domain.language.characters import is_letter, is_noncharacter

#: languages written without blanks between words
UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "zh"})
#: languages that write every noun with a capital letter, so that a capital tells nothing
CAPITAL_NOUNS = frozenset({"de", "lb"})
#: characters that stand for one word there, on average
UNSPACED_WORD = 2
#: IPTC IIM 2:25 allows 64 bytes a keyword; XMP has no limit
KEYWORD_CHARACTERS = 64
MAX_KEYWORDS = 12
#: more is no sentence, and the expressions below must not run over a flood
SENTENCE_CHARACTERS = 2000

_WORD = re.compile(r"[^\W_]+(?:['\u2019\u2010\u2011-][^\W_]+)*")
_FENCE = re.compile(r"```[\w-]*|`")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}|[-*+•])[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*{1,3}|_{2,3})(?=\S)(.+?)(?<=\S)\1")
_NUMBERING = re.compile(r"^\s*\d{1,2}[.)]\s+")
_LABEL = re.compile(r"^(?:caption|alt[ _-]?text|keywords)\s*:\s*", re.IGNORECASE)
_QUOTES = ('""', "''", "“”", "„“", "«»", "\u2018\u2019")
_SHORTEST_STEM = 3
#: English plurals that are not made with -s
_IRREGULAR = {
    "calves": "calf", "children": "child", "feet": "foot", "fishermen": "fisherman", "geese": "goose",
    "halves": "half", "knives": "knife", "leaves": "leaf", "loaves": "loaf", "men": "man", "mice": "mouse",
    "oxen": "ox", "shelves": "shelf", "teeth": "tooth", "wives": "wife", "wolves": "wolf", "workmen": "workman",
}  # fmt: skip
#: typographic apostrophe and hyphens to those of a keyboard
_PLAIN = str.maketrans({"\u2019": "'", "\u2010": "-", "\u2011": "-"})
#: controls, formatting, surrogates, private use, separators of lines and paragraphs
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
#: zero-width joiners that Persian and Indic scripts need
_JOINERS = "\u200c\u200d"


def words(text: str) -> list[str]:
    """Split a text into words; ``King's`` and ``half-light`` are one each."""
    return _WORD.findall(text)


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands in a text."""

    #: lower case, apostrophes and hyphens made plain, for comparing
    folded: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[Word, ...]:
    """Split a text into words with their places; a row's proof asks many times for the same few."""
    return tuple(Word(_plain(match[0]), match.start(), match.end()) for match in _WORD.finditer(text))


def _plain(word: str) -> str:
    return word.casefold().translate(_PLAIN)


def count_words(text: str, language: str = "en") -> int:
    """Count words; in a language without blanks, two characters are one."""
    if primary(language) in UNSPACED:
        return -(-sum(len(word) for word in words(text)) // UNSPACED_WORD)
    return len(words(text))


@lru_cache(maxsize=256)
def primary(language: str) -> str:
    """Give the primary subtag of a language tag: ``pt`` for ``pt-BR``."""
    return language.replace("_", "-").split("-")[0].casefold()


@lru_cache(maxsize=1024)
def folded(text: str) -> str:
    """Reduce a text to its words in lower case, for comparing."""
    return " ".join(word.casefold() for word in words(text))


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """Reduce a plural in -s to one form with its singular; not always a word, but the same for both."""
    stem, blank, last = word.rpartition(" ")
    if last in _IRREGULAR or last.endswith("women"):
        return f"{stem}{blank}{_IRREGULAR.get(last, last.removesuffix('women') + 'woman')}"
    for ending, instead in (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x"), ("s", "")):
        kept = word.removesuffix(ending) + instead
        if word.endswith(ending) and not word.endswith("ss") and len(kept) >= _SHORTEST_STEM:
            return kept
    return word


def likeness(one: str, other: str) -> float:
    """Compare two texts by the words they share, 0 to 1 (Jaccard)."""
    first, second = set(folded(one).split()), set(folded(other).split())
    return len(first & second) / len(first | second) if first or second else 1.0


def is_control(character: str) -> bool:
    """Is this a control, formatting, surrogate or private-use character, or none at all?"""
    is_unseen = unicodedata.category(character) in _UNSEEN and character not in _JOINERS
    return is_unseen or is_noncharacter(character)


def printable(text: str) -> str:
    """Put a text on one line, composed (NFC), without characters that nobody sees."""
    spaced = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else "" if is_control(c) else c for c in text)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


def clean(text: str) -> str:
    """Strip what a model wraps around a sentence: fences, markup, labels, quotes, invisible characters."""
    plain = _TAG.sub(" ", html.unescape(_FENCE.sub(" ", text[:SENTENCE_CHARACTERS])))
    plain = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", _LINE_MARK.sub("", plain)))
    plain = _LABEL.sub("", printable(plain))
    if len(plain) > 1 and plain[0] + plain[-1] in _QUOTES:
        plain = plain[1:-1].strip()
    return plain


def clean_keywords(keywords: Iterable[str], language: str = "en") -> tuple[str, ...]:
    """Give at most twelve keywords, each once, each with a letter in it; the order stays.

    They are in lower case, except in languages that write nouns with a capital.
    """
    keeps_case = primary(language) in CAPITAL_NOUNS
    tidy: dict[str, str] = {}
    for given in keywords:
        for part in re.split(r"[,;\n\r]", given):
            keyword = clean(_NUMBERING.sub("", part)).lstrip("#").strip(" .:!?\"'")
            keyword = keyword if keeps_case else keyword.lower()
            if len(keyword) <= KEYWORD_CHARACTERS and any(map(is_letter, keyword)):
                tidy.setdefault(keyword.casefold(), keyword)
    return tuple(tidy.values())[:MAX_KEYWORDS]
