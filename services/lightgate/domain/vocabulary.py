"""A photographer's own keywords: how lists of them are read, and what they make of a model's."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lightgate.domain.wording import singular

#: between the parts of a path, in lists that write it on one line
_PATH = re.compile(r"\s*[|>]\s*")
_SYNONYMS = re.compile(r"\s*[;|]\s*")
_HEADINGS = frozenset({"keyword", "keywords", "term", "name"})
#: Adobe Lightroom Classic: a keyword that is not exported stands in brackets, a synonym in braces
_NOT_EXPORTED = re.compile(r"^\[(.*)\]$")
_SYNONYM = re.compile(r"^\{(.*)\}$")
MOST_TERMS = 100_000
MOST_CHARACTERS = 200


class TermState(StrEnum):
    """What a person said of a keyword."""

    LISTED = "listed"
    #: a model used it; nobody has said anything yet
    PROPOSED = "proposed"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class Term:
    """One keyword of a list."""

    name: str
    #: the terms above it, topmost first
    path: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    #: false for a heading that is no keyword itself
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What a vocabulary says of a word."""

    term_id: int
    #: the preferred spelling
    name: str
    state: TermState
    #: it was found as another word for the term
    is_synonym: bool = False
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class Sorted:
    """Keywords after the vocabulary looked at them."""

    kept: tuple[str, ...]
    #: nobody has listed or banned them
    unknown: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A term of a Lightroom list while its lines are read."""

    name: str
    depth: int
    is_published: bool
    path: tuple[str, ...]
    synonyms: list[str] = field(default_factory=list)


def key_of(keyword: str) -> str:
    """Reduce a keyword to what is compared."""
    return " ".join(unicodedata.normalize("NFC", keyword).casefold().split())


def read_vocabulary(text: str) -> Sequence[Term]:
    """Read a Lightroom keyword list, a CSV file or a plain list; which it is shows in its lines.

    CSV: keyword, synonyms with ``;`` between, path with ``|`` between. Plain: one keyword a line, a path with ``|``.

    Raises:
        ValueError: more terms than anybody has, or a line that is no keyword.
    """
    lines = [line.rstrip() for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    if any(line.startswith("\t") or _SYNONYM.match(line.strip()) for line in lines):
        terms = list(_lightroom(lines))
    elif any("," in line for line in lines):
        terms = list(_csv(lines))
    else:
        terms = [_plain(line) for line in lines if not line.startswith("#")]
    if len(terms) > MOST_TERMS:
        raise ValueError(f"the list has {len(terms)} keywords; at most {MOST_TERMS} are read")
    for term in terms:
        if not term.name or len(term.name) > MOST_CHARACTERS or not term.name.isprintable():
            raise ValueError(f"“{term.name[:40]}” is no keyword")
    return terms


def sort_keywords(keywords: Iterable[str], find: Callable[[Sequence[str]], Mapping[str, Sequence[Known]]]) -> Sorted:
    """Put preferred terms for synonyms and plurals, drop banned ones, and set apart what is unknown.

    Args:
        find: looks up keys, see ``key_of``; a key that is not there is unknown.
    """
    given = list(keywords)
    keys = {keyword: key_of(keyword) for keyword in given}
    found = find([form for key in keys.values() for form in (key, singular(key), f"{key}s")])
    kept: dict[str, str] = {}
    unknown: dict[str, str] = {}
    dropped: list[str] = []
    for keyword in given:
        known = _chosen(keys[keyword], found)
        if known is None or known.state is TermState.PROPOSED:
            unknown.setdefault(keys[keyword], keyword)
        elif known.state is TermState.BANNED or not known.is_published:
            dropped.append(keyword)
        else:
            kept.setdefault(key_of(known.name), known.name)
    return Sorted(tuple(kept.values()), tuple(unknown.values()), tuple(dropped))


def _chosen(key: str, found: Mapping[str, Sequence[Known]]) -> Known | None:
    """Choose what a word means: itself, then another word for one term, then its singular or plural."""
    for form in (key, singular(key), f"{key}s"):
        known = found.get(form, ())
        exact = [each for each in known if not each.is_synonym]
        meant = exact or [each for each in known if each.state is TermState.LISTED]
        # another word for two terms says neither
        if exact or len({each.term_id for each in meant}) == 1:
            return min(meant, key=lambda each: (each.state is not TermState.BANNED, each.term_id))
    return None


def _lightroom(lines: Sequence[str]) -> Iterator[Term]:
    above: list[_Draft] = []
    drafts: list[_Draft] = []
    for line in lines:
        depth = len(line) - len(line.lstrip("\t"))
        said = line.strip()
        synonym = _SYNONYM.match(said)
        while above and above[-1].depth >= depth:
            above.pop()
        if synonym:
            if above:
                above[-1].synonyms.append(synonym[1].strip())
            continue
        hidden = _NOT_EXPORTED.match(said)
        name = " ".join((hidden[1] if hidden else said).split())
        draft = _Draft(name, depth, hidden is None, tuple(each.name for each in above))
        above.append(draft)
        drafts.append(draft)
    return (Term(each.name, each.path, tuple(filter(None, each.synonyms)), each.is_published) for each in drafts)


def _csv(lines: Sequence[str]) -> Iterator[Term]:
    for number, row in enumerate(csv.reader(lines)):
        cells = [cell.strip() for cell in row] + ["", "", ""]
        if not cells[0] or (number == 0 and cells[0].casefold() in _HEADINGS):
            continue
        plain = _plain(cells[0])
        path = tuple(part for part in _PATH.split(cells[2]) if part) or plain.path
        yield Term(plain.name, path, tuple(part for part in _SYNONYMS.split(cells[1]) if part))


def _plain(line: str) -> Term:
    parts = [part for part in _PATH.split(line.strip()) if part]
    return Term(" ".join(parts[-1].split()), tuple(parts[:-1])) if parts else Term("")
