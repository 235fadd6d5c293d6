"""Lists of keywords as programs write them: which form a file has, its terms, and which lines are none and why."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import gcd

from lightgate.domain.keywords.vocabulary import Term, key_of
from lightgate.domain.language.characters import is_printable

#: between the parts of a path, in lists that write it on one line
_PATH = re.compile(r"\s*[|>\u203a]\s*")
_SLASHES = re.compile(r"\s*/\s*")
_SYNONYMS = re.compile(r"\s*[;|]\s*")
_SYNONYMS_BY_COMMA = re.compile(r"\s*[,|]\s*")
_HEADINGS = frozenset({"keyword", "keywords", "term", "name", "tag", "stichwort", "schlagwort", "trefwoord"})
#: Adobe Lightroom Classic: a keyword that is not exported stands in brackets, a synonym in braces
_NOT_EXPORTED = re.compile(r"^\[(.*)\]$")
_SYNONYM = re.compile(r"^\{(.*)\}$")
_COMMENT = "#"
#: blanks that are as wide as a tab where a list is indented with tabs alone
_TAB = 4
MOST_TERMS = 100_000
MOST_CHARACTERS = 200
#: characters; the reader of tables has a limit for a cell
_LONGEST_ROW = 100_000
#: where more of the lines are no keywords, the file is no list
_MOST_SKIPPED = 0.5
_EXCERPT = 40
#: how web pages, XML, JSON and PDF begin
_OTHER_FILES = ("<", '{"', "[{", "%PDF")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is no keyword, and why."""

    line: int
    said: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeywordList:
    """What a file says."""

    terms: tuple[Term, ...]
    skipped: tuple[Skipped, ...] = ()
    #: lines that say a term once more in the same place
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


@dataclass(slots=True)
class _Draft:
    """A term of an indented list while its lines are read."""

    number: int
    name: str
    depth: int
    is_published: bool
    path: tuple[str, ...]
    synonyms: list[str] = field(default_factory=list)


_Numbered = tuple[int, Term]


def read_keywords(text: str) -> KeywordList:
    """Read a Lightroom or Capture One keyword list, a CSV file, paths, or a plain list; its lines show which.

    Indented: a level for each tab or step of blanks. CSV: keyword, synonyms with ``;`` between, path with ``|``
    between; also with semicolons, as Excel writes it in much of Europe, or tabs. Paths: ``animals|bird``, digiKam's
    ``animals/bird``. Keywords behind one another with commas are a keyword each. A line that is no keyword is left
    out, and told of.

    Raises:
        ValueError: more terms than anybody has, or hardly a line that is a keyword.
    """
    lines = [_Line(n, line.rstrip()) for n, line in enumerate(_lines(text), 1) if line.strip()]
    if lines and lines[0].text.startswith(_OTHER_FILES):
        raise ValueError(f"it begins with “{lines[0].text[:_EXCERPT]}”")
    skipped: list[Skipped] = []
    terms: list[Term] = []
    seen: set[tuple[object, ...]] = set()
    for number, term in _form(lines)(lines):
        reason = _why_not(term)
        if reason:
            skipped.append(Skipped(number, term.name[:_EXCERPT], reason))
            continue
        seen.add((*map(key_of, term.path), key_of(term.name)))
        terms.append(_shortened(number, term, skipped))
    if len(terms) > MOST_TERMS:
        raise ValueError(f"it has {len(terms)} keywords; at most {MOST_TERMS} are read")
    if len(skipped) > _MOST_SKIPPED * len(lines):
        raise ValueError(f"line {skipped[0].line}, “{skipped[0].said}”, is no keyword: {skipped[0].reason}")
    return KeywordList(tuple(terms), tuple(skipped), len(terms) - len(seen))


def _lines(text: str) -> list[str]:
    # not splitlines: it also splits at signs that a keyword may hold by mistake, which is then told
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _form(lines: Sequence[_Line]) -> Callable[[Sequence[_Line]], Iterable[_Numbered]]:
    said = [line.text for line in lines]
    if any(line[0] in "\t " or _SYNONYM.match(line) or _NOT_EXPORTED.match(line) for line in said):
        return _indented
    between = [delimiter for delimiter in (",", ";", "\t") if any(delimiter in line for line in said)]
    tables = [delimiter for delimiter in between if _is_table(said, delimiter)]
    # a heading that is a keyword's whole cell shows which of several it is
    for delimiter in sorted(tables, key=lambda each: not _is_heading(said[0], each)):
        return partial(_csv, delimiter)
    if between:
        return partial(_side_by_side, between[0])
    return _digikam if _has_slashes(said) else _plain_lines


def _why_not(term: Term) -> str | None:
    for name in (term.name, *term.path):
        if not name:
            return "it is empty"
        if len(name) > MOST_CHARACTERS:
            return f"it has {len(name)} characters; at most {MOST_CHARACTERS} are a keyword"
        if not is_printable(name):
            return "it holds control characters"
    return None


def _shortened(number: int, term: Term, skipped: list[Skipped]) -> Term:
    """Leave out synonyms that are none, and tell of them."""
    good = []
    for synonym in term.synonyms:
        reason = _why_not(Term(synonym))
        if reason:
            skipped.append(Skipped(number, synonym[:_EXCERPT], f"a synonym of “{term.name}”: {reason}"))
        else:
            good.append(synonym)
    return Term(term.name, term.path, tuple(good), term.is_published)


def _indented(lines: Sequence[_Line]) -> Iterator[_Numbered]:
    above: list[_Draft] = []
    drafts: list[_Draft] = []
    tab = _tab_width(lines)
    for line in lines:
        said = line.text.strip()
        depth = len(line.text[: -len(said)].expandtabs(tab))
        while above and above[-1].depth >= depth:
            above.pop()
        synonym = _SYNONYM.match(said)
        if synonym and above:
            above[-1].synonyms.append(_tidy(synonym[1]))
            continue
        hidden = _NOT_EXPORTED.match(said)
        # a synonym of nothing is a line without a keyword
        name = "" if synonym else _tidy(hidden[1] if hidden else said)
        draft = _Draft(line.number, name, depth, hidden is None, tuple(each.name for each in above))
        if name:
            above.append(draft)
        drafts.append(draft)
    for each in drafts:
        yield each.number, Term(each.name, each.path, tuple(each.synonyms), each.is_published)


def _tab_width(lines: Iterable[_Line]) -> int:
    """Give how many blanks one level has, where blanks stand for tabs."""
    blanks = [len(line.text) - len(line.text.lstrip(" ")) for line in lines]
    return gcd(*(count for count in blanks if count)) or _TAB


def _is_table(said: Sequence[str], delimiter: str) -> bool:
    """Is this a table of keyword, synonyms and path, by its heading or by rows of one length?"""
    rows = [_cells(line, delimiter) for line in said]
    return _is_heading(said[0], delimiter) or {len(row) for row in rows} in ({2}, {3})


def _is_heading(line: str, delimiter: str) -> bool:
    return _cells(line, delimiter)[0].casefold() in _HEADINGS


def _csv(delimiter: str, lines: Sequence[_Line]) -> Iterator[_Numbered]:
    between = _SYNONYMS_BY_COMMA if delimiter == ";" else _SYNONYMS
    for line in lines:
        cells = [*_cells(line.text, delimiter), "", ""]
        if line is lines[0] and _is_heading(line.text, delimiter):
            continue
        plain = _of_path(_PATH.split(cells[0]))
        path = tuple(_tidy(part) for part in _PATH.split(cells[2]) if part) or plain.path
        yield line.number, Term(plain.name, path, tuple(_tidy(part) for part in between.split(cells[1]) if part))


def _side_by_side(delimiter: str, lines: Sequence[_Line]) -> Iterator[_Numbered]:
    """Read keywords that stand behind one another, as they are copied out of a field."""
    for line in lines:
        cells = [cell for cell in _cells(line.text, delimiter) if cell]
        yield from ((line.number, _of_path(_PATH.split(cell))) for cell in cells)


def _cells(line: str, delimiter: str) -> list[str]:
    if len(line) > _LONGEST_ROW:
        return [line]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])] or [""]


def _plain_lines(lines: Sequence[_Line]) -> Iterator[_Numbered]:
    given = (line for line in lines if not line.text.startswith(_COMMENT))
    return ((line.number, _of_path(_PATH.split(line.text.strip()))) for line in given)


def _digikam(lines: Sequence[_Line]) -> Iterator[_Numbered]:
    return ((line.number, _of_path(_SLASHES.split(line.text.strip()))) for line in lines)


def _has_slashes(said: Sequence[str]) -> bool:
    """Are the slashes those of paths? “black/white” by itself is a keyword; heads that come again are branches."""
    slashed = [line for line in said if "/" in line]
    heads: Mapping[str, int] = Counter(key_of(line.split("/")[0]) for line in said)
    again = sum(heads[key_of(line.split("/")[0])] > 1 for line in slashed)
    return bool(slashed) and 2 * again > len(slashed)


def _of_path(parts: Iterable[str]) -> Term:
    named = [_tidy(part) for part in parts if part.strip()]
    return Term(named[-1], tuple(named[:-1])) if named else Term("")


def _tidy(name: str) -> str:
    # blanks that run on are one; signs that nobody sees stay, to be told of
    return re.sub(r"[ \t\u00a0]+", " ", name).strip()
