"""The reviewer's query language: ``band:low alt:>125 -keyword:boat harbour`` as terms that all must hold.

A term is a word or ``field:value``; a ``-`` in front denies it, commas offer alternatives, quotes keep words together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from lightgate.errors import InputInvalid

MAX_LENGTH = 500
MAX_TERMS = 20
#: alternatives in all terms together; each is a comparison, of which SQLite takes a thousand
MAX_VALUES = 30

BANDS = ("Top", "Good", "Average", "Low", "Very Low", "NA")
_TOKEN = re.compile(r'(?P<not>-?)(?:(?P<field>[A-Za-z_]+):)?(?P<value>(?:"[^"]*"|[^\s"])+)')
_NUMBER = re.compile(r"(?P<sign>[<>]=?|=)?(?P<number>\d+(?:\.\d+)?)")
_RANGE = re.compile(r"(?P<low>\d+(?:\.\d+)?)\.\.(?P<high>\d+(?:\.\d+)?)")


class Kind(StrEnum):
    """What a term compares."""

    #: part of a name or of any text
    WORDS = "words"
    BAND = "band"
    SET = "set"
    #: a column that holds a name: part of it
    PART = "part"
    #: a column that holds a number
    NUMBER = "number"
    #: characters of a text; keywords: how many
    LENGTH = "length"
    #: part of one text
    TEXT = "text"
    #: a text is not there, or empty
    MISSING = "missing"
    #: one whole keyword
    KEYWORD = "keyword"
    #: who wrote a text
    SOURCE = "source"
    #: a finding of the text proof
    ISSUE = "issue"
    #: one of ``FLAGS``
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition."""

    kind: Kind
    #: column or text field, where the kind needs one
    name: str = ""
    #: any of these; for numbers empty
    values: tuple[str, ...] = ()
    #: inclusive bounds of a number; None: open
    low: float | None = None
    high: float | None = None
    is_denied: bool = False


Query = tuple[Term, ...]

#: what ``is:`` knows, with what it means
FLAGS: Mapping[str, str] = {
    "blocked": "the text proof blocks it",
    "warned": "the text proof found something",
    "rated": "a quality was computed",
    "gps": "the file holds a position",
    "live": "a whole version is on the website, also an earlier one or one that is to go",
    "earlier": "the version on the website is an earlier one",
    "changed": "live, and changed since",
    "sending": "on its way to the website",
    "partly": "publishing stopped on the way, and waits for a person",
    "debt": "half sent and withdrawn: taken off, or put back, without anyone's doing",
    "to-remove": "still on the website, and to be taken off",
    "series": "one of several nearly equal photos",
    "locked": "a text is locked",
}

_SOURCES = ("file", "person", "model", "draft")
_TEXTS = {"caption": "caption", "alt": "alt_text", "keywords": "keywords"}
_PARTS = {
    "name": "file_name",
    "original": "original_file_name",
    "subject": "subject",
    "location": "location",
    "folder": "folder",
    "camera": "camera",
    "lens": "lens_model",
    "taken": "date_time",
    "reason": "reject_reason",
    "error": "error_code",
}
_NUMBERS = {"qr": "rating", "iso": "iso", "confidence": "confidence", "mm": "focal_length_mm", "width": "width"}

#: what the help shows: an example and what it finds
HELP: tuple[tuple[str, str], ...] = (
    ("harbour crane", "both words, anywhere in names and texts"),
    ('"red crane"', "exactly these words"),
    ("-boat", "without this word"),
    ("band:low", "the quality band; also top, good, average, very-low, na, or several: band:low,very-low"),
    ("qr:<5.5", "rating; also iso:>800, mm:70..200, confidence:<60, width:<3000"),
    ("alt:>125", "characters of the alt text; also caption:<40; keywords:<5 counts keywords"),
    ("alt:none", "the text is missing; also caption:none, keywords:none"),
    ("caption:crane", "part of one text; also alt:, name:, original:, subject:, location:, folder:, camera:, lens:"),
    ("keyword:boat", "one whole keyword, in quotation marks where it holds a comma; -keyword:boat: without it"),
    ("set:harbour-festival", "one set, by its address"),
    ("is:blocked", "; ".join(f"is:{name} {words}" for name, words in FLAGS.items())),
    ("issue:too_long", "a finding of the text proof, by its code"),
    ("source:person", "who wrote a text: file, person, model, draft"),
    ("taken:2026:05", "the capture time as the camera wrote it, from its start"),
)


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        InputInvalid: a field, value or number that means nothing; the sentence names it.
    """
    if len(text) > MAX_LENGTH:
        raise InputInvalid(reason=f"A query has at most {MAX_LENGTH} characters.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise InputInvalid(reason="The query contains a character that is not valid Unicode.")
    terms = tuple(_terms(text))
    if len(terms) > MAX_TERMS:
        raise InputInvalid(reason=f"A query has at most {MAX_TERMS} terms.")
    if sum(len(term.values) for term in terms) > MAX_VALUES:
        raise InputInvalid(reason=f"A query has at most {MAX_VALUES} words and alternatives.")
    return terms


def _terms(text: str) -> Iterator[Term]:
    if text.count('"') % 2:
        raise InputInvalid(reason="A quote is opened and not closed.")
    is_denied = False
    for match in _TOKEN.finditer(text):
        word = match["value"]
        if match["field"] is None and not match["not"] and word in {"AND", "NOT"}:
            is_denied = word == "NOT"
            continue
        if match["field"] is None and word == "OR":
            raise InputInvalid(reason="OR is not known; give alternatives with a comma, as in band:low,average.")
        yield _term(match["field"], word, is_denied=is_denied or bool(match["not"]))
        is_denied = False


def _term(field: str | None, given: str, *, is_denied: bool) -> Term:
    if field is None:
        return Term(Kind.WORDS, values=(_unquoted(given),), is_denied=is_denied)
    name = field.lower()
    reader = _READERS.get(name)
    if reader is None:
        raise InputInvalid(reason=f"There is no field “{field[:40]}”.{_meant(name, tuple(_READERS))}")
    term = reader(name, given)
    return Term(term.kind, term.name, term.values, term.low, term.high, is_denied)


def _band(name: str, given: str) -> Term:
    known = {band.lower().replace(" ", "-"): band for band in BANDS}
    return Term(Kind.BAND, values=tuple(_one_of(name, each, known) for each in _values(given)))


def _flag(name: str, given: str) -> Term:
    return Term(Kind.FLAG, values=tuple(_one_of(name, each, {flag: flag for flag in FLAGS}) for each in _values(given)))


def _source(name: str, given: str) -> Term:
    known = {source: source for source in _SOURCES}
    return Term(Kind.SOURCE, values=tuple(_one_of(name, each, known) for each in _values(given)))


def _number(name: str, given: str) -> Term:
    low, high = _bounds(name, given)
    return Term(Kind.NUMBER, _NUMBERS[name], low=low, high=high)


def _text(name: str, given: str) -> Term:
    if given.lower() in {"none", "missing"}:
        return Term(Kind.MISSING, _TEXTS[name])
    if given[0] in "<>=" or given[0].isdigit():
        low, high = _bounds(name, given)
        return Term(Kind.LENGTH, _TEXTS[name], low=low, high=high)
    return Term(Kind.TEXT, _TEXTS[name], _values(given))


def _of(kind: Kind) -> Callable[[str, str], Term]:
    return lambda name, given: Term(kind, _PARTS.get(name, ""), _values(given))


def _bounds(name: str, given: str) -> tuple[float | None, float | None]:
    between = _RANGE.fullmatch(given)
    if between:
        return float(between["low"]), float(between["high"])
    match = _NUMBER.fullmatch(given)
    if match is None:
        raise InputInvalid(reason=f"{name}: takes a number, as in {name}:>125, {name}:<5 or {name}:3..7.")
    number = float(match["number"])
    # every value that is compared has at most two decimals
    step = 0.001
    return {
        "<": (None, number - step),
        "<=": (None, number),
        ">": (number + step, None),
        ">=": (number, None),
    }.get(match["sign"], (number, number))


def _one_of(name: str, given: str, known: Mapping[str, str]) -> str:
    word = given.lower().replace(" ", "-").replace("_", "-")
    if word not in known:
        raise InputInvalid(reason=f"{name}: knows {', '.join(known)}, not “{given[:40]}”.")
    return known[word]


def _values(given: str) -> tuple[str, ...]:
    parts = re.findall(r'(?:"[^"]*"|[^,"])+', given)
    values = tuple(_unquoted(each) for each in parts)
    if not values or not all(values):
        raise InputInvalid(reason="A field needs a value after its colon.")
    return values


def _unquoted(text: str) -> str:
    return text.replace('"', "").strip()


def _meant(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, 1)
    return f" Did you mean {close[0]}:?" if close else f" There are {', '.join(known)}."


_READERS: Mapping[str, Callable[[str, str], Term]] = {
    "band": _band,
    "is": _flag,
    "source": _source,
    "set": _of(Kind.SET),
    "keyword": _of(Kind.KEYWORD),
    "issue": _of(Kind.ISSUE),
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_NUMBERS, _number),
    **{name: _of(Kind.PART) for name in _PARTS},
}
