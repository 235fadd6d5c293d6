"""Word lists of the text proof: how a file is read, and how its terms are found in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from lightgate.domain.language.tokens import Word, primary, words_of

#: a language's name in a list that holds for all of them
ANY = "all"

_REPLACE = "!replace"
#: a comma or line break separates terms
_SEPARATOR = re.compile(r"[,\n]")
#: a family of terms that stands for more is written wrongly
_MOST_FORMS = 2000


@dataclass(frozen=True, slots=True)
class Match:
    """A term in a text."""

    #: as it stands there
    said: str
    start: int
    end: int
    #: what stands behind ``=`` in the list
    value: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """One list in one language, ready to be searched for."""

    #: words of a term to what stands behind ``=``: None for nothing said, empty for exempt
    values: Mapping[tuple[str, ...], str | None] = field(default_factory=dict)
    #: lengths of the terms that begin with a word, longest first
    _lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: beginnings of the terms of one word that end in ``*``, longest first
    _stems: tuple[str, ...] = ()
    #: words before a last one that ends in ``*``, to its beginnings, longest first
    _tails: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    #: what stands behind ``=`` to the terms before it
    _sharing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[tuple[str, ...], str | None]) -> Terms:
        """Arrange terms for searching."""
        lengths: dict[str, set[int]] = {}
        for term in values:
            lengths.setdefault(term[0], set()).add(len(term))
        tails: dict[tuple[str, ...], tuple[str, ...]] = {}
        for term in sorted((term for term in values if term[-1].endswith("*")), key=lambda term: -len(term[-1])):
            tails[term[:-1]] = (*tails.get(term[:-1], ()), term[-1].removesuffix("*"))
        ordered = {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()}
        sharing: dict[str, list[str]] = {}
        for term, value in values.items():
            sharing.setdefault(value or "", []).append(" ".join(term))
        shared = {value: tuple(terms) for value, terms in sharing.items() if value}
        return cls(dict(values), ordered, tails.get((), ()), tails, shared)

    def __contains__(self, word: str) -> bool:
        return self.values.get((word,), "") is None or bool(self._stems and word.startswith(self._stems))

    def __bool__(self) -> bool:
        return bool(self.values)

    def find(self, words: Sequence[Word], text: str) -> Iterator[Match]:
        """Find every term, the longest first; those that are exempt are passed over whole."""
        lengths, stems = self._lengths, self._stems
        after = 0
        folded = tuple([word.folded for word in words])
        for place, word in enumerate(folded):
            # nearly every word ends here
            if place < after or (word not in lengths and not (stems and word.startswith(stems))):
                continue
            length = self._longest(folded, place)
            if length:
                after = place + length
                value = self._value(folded[place:after])
                if value != "":
                    start, end = words[place].start, words[after - 1].end
                    yield Match(text[start:end], start, end, value or "")

    def opening(self, words: Sequence[Word]) -> int:
        """Give how many words at the beginning are a term; 0 for none, and for one that is exempt."""
        if not words:
            return 0
        folded = tuple([word.folded for word in words])
        length = self._longest(folded, 0)
        return length if length and self._value(folded[:length]) != "" else 0

    def sharing(self, said: str) -> tuple[str, ...]:
        """Give the other terms with the value of this one, and the value; of a value itself, its terms."""
        words = tuple(word.folded for word in words_of(said))
        value = self.values.get(words) or " ".join(words)
        return (value, *self._sharing[value]) if value in self._sharing else ()

    def _value(self, term: tuple[str, ...]) -> str | None:
        if term in self.values:
            return self.values[term]
        return self.values.get((*term[:-1], f"{self._stem(term)}*"))

    def _stem(self, term: tuple[str, ...]) -> str | None:
        """Give the beginning by which a term is listed that is not so as it stands."""
        return next((stem for stem in self._tails.get(term[:-1], ()) if term[-1].startswith(stem)), None)

    def _longest(self, folded: tuple[str, ...], place: int) -> int:
        first = folded[place]
        for length in self._lengths.get(first, ()):
            term = folded[place : place + length]
            if len(term) == length and (term in self.values or self._stem(term) is not None):
                return length
        return 1 if self._stems and first.startswith(self._stems) else 0


@dataclass(frozen=True, slots=True)
class WordLists:
    """All lists, by name and language; one that is not there is empty."""

    lists: Mapping[tuple[str, str], Terms] = field(default_factory=dict)

    def of(self, name: str, language: str) -> Terms:
        """Give one list in one language."""
        return self.lists.get((name, primary(language)), _NONE)

    def languages(self, name: str) -> Iterator[str]:
        """Give the languages that a list is there in."""
        return (language for listed, language in self.lists if listed == name)

    def find(self, name: str, language: str, words: Sequence[Word], text: str) -> Iterator[Match]:
        """Find the terms of a list in a text, those for all languages too."""
        for tag in (primary(language), ANY):
            terms = self.lists.get((name, tag))
            if terms is not None:
                yield from terms.find(words, text)


_NONE = Terms()


def read_terms(contents: Iterable[str]) -> Terms:
    """Read a list from its files, the shipped one first: later files add, take out with ``-``, or replace."""
    values: dict[tuple[str, ...], str | None] = {}
    for content in contents:
        for line in _SEPARATOR.split(re.sub(r"#.*", "", content)):
            if line.strip() == _REPLACE:
                values.clear()
                continue
            term, equals, value = line.partition("=")
            is_taken_out = term.strip().startswith("-")
            for words in _forms(term.strip().removeprefix("-")):
                if is_taken_out:
                    values.pop(words, None)
                else:
                    values[words] = value.strip() if equals else None
    return Terms.of(values)


def _forms(term: str) -> Iterator[tuple[str, ...]]:
    """Give every term of a family: ``seen/viewed from (a) low angle`` is four."""
    slots = [_either(part) for part in term.split()]
    for chosen in islice(product(*slots), _MOST_FORMS):
        words = _words(" ".join(filter(None, chosen)))
        if words:
            yield words


def _either(part: str) -> list[str]:
    is_optional = part.startswith("(") and part.endswith(")")
    return [*part.strip("()").split("/"), *([""] if is_optional else [])]


def _words(term: str) -> tuple[str, ...]:
    found = tuple(word.folded for word in words_of(term))
    return (*found[:-1], f"{found[-1]}*") if found and term.endswith("*") else found
