"""A photographer's own keywords, and what they make of a model's."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lightgate.domain.language.plurals import in_other_number


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


def key_of(keyword: str) -> str:
    """Reduce a keyword to what is compared."""
    return " ".join(unicodedata.normalize("NFC", keyword).casefold().split())


def sort_keywords(
    keywords: Iterable[str], language: str, find: Callable[[Sequence[str]], Mapping[str, Sequence[Known]]]
) -> Sorted:
    """Put preferred terms for synonyms and plurals, drop banned ones, and set apart what is unknown.

    Args:
        find: looks up keys, see ``key_of``; a key that is not there is unknown.
    """
    given = list(keywords)
    keys = {keyword: key_of(keyword) for keyword in given}
    forms = {key: (key, *in_other_number(key, language)) for key in keys.values()}
    found = find([form for each in forms.values() for form in each])
    kept: dict[str, str] = {}
    unknown: dict[str, str] = {}
    dropped: list[str] = []
    for keyword in given:
        known = _chosen(forms[keys[keyword]], found)
        if known is None or known.state is TermState.PROPOSED:
            unknown.setdefault(keys[keyword], keyword)
        elif known.state is TermState.BANNED or not known.is_published:
            dropped.append(keyword)
        else:
            kept.setdefault(key_of(known.name), known.name)
    return Sorted(tuple(kept.values()), tuple(unknown.values()), tuple(dropped))


def _chosen(forms: Sequence[str], found: Mapping[str, Sequence[Known]]) -> Known | None:
    """Choose what a word means: itself, then another word for one term, then its singular or plural."""
    for form in forms:
        known = found.get(form, ())
        exact = [each for each in known if not each.is_synonym]
        meant = exact or [each for each in known if each.state is TermState.LISTED]
        # another word for two terms says neither
        if exact or len({each.term_id for each in meant}) == 1:
            return min(meant, key=lambda each: (each.state is not TermState.BANNED, each.term_id))
    return None
