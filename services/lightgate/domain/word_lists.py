"""Word lists of the text proof: how a file is read, and how its terms are found in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lightgate.domain.wording import Word, primary, words_of

#: a language's name in a list that holds for all of them
ANY = "all"

_REPLACE = "!replace"
#: a comma or line break separates terms
_SEPARATOR = re.compile(r"[,\n]")


@dataclass(frozen=True, slots=True)
class Found:
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
    #: terms of one word that end in ``*``
    _stems: tuple[str, ...] = ()
    #: what stands behind ``=`` to the terms before it
    _sharing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[tuple[str, ...], str | None]) -> Terms:
        """Arrange terms for searching."""
        lengths: dict[str, set[int]] = {}
        for term in values:
            lengths.setdefault(term[0], set()).add(len(term))
        stems = tuple(term[0].removesuffix("*") for term in values if len(term) == 1 and term[0].endswith("*"))
        ordered = {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()}
        sharing: dict[str, list[str]] = {}
        for term, value in values.items():
            sharing.setdefault(value or "", []).append(" ".join(term))
        return cls(dict(values), ordered, stems, {value: tuple(terms) for value, terms in sharing.items() if value})

    def __contains__(self, word: str) -> bool:
        return self.values.get((word,), "") is None or bool(self._stems and word.startswith(self._stems))

    def __bool__(self) -> bool:
        return bool(self.values)

    def find(self, words: Sequence[Word], text: str) -> Iterator[Found]:
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
                value = self.values.get(folded[place:after])
                if value != "":
                    start, end = words[place].start, words[after - 1].end
                    yield Found(text[start:end], start, end, value or "")

    def opening(self, words: Sequence[Word]) -> int:
        """Give how many words at the beginning are a term; 0 for none."""
        return self._longest(tuple([word.folded for word in words]), 0) if words else 0

    def sharing(self, said: str) -> tuple[str, ...]:
        """Give the other terms with the value of this one, and the value; of a value itself, its terms."""
        words = tuple(word.folded for word in words_of(said))
        value = self.values.get(words) or " ".join(words)
        return (value, *self._sharing[value]) if value in self._sharing else ()

    def _longest(self, folded: tuple[str, ...], place: int) -> int:
        first = folded[place]
        for length in self._lengths.get(first, ()):
            term = folded[place : place + length]
            if len(term) == length and term in self.values:
                return length
        return 1 if self._stems and first.startswith(self._stems) else 0


@dataclass(frozen=True, slots=True)
class WordLists:
    """All lists, by name and language; one that is not there is empty."""

    lists: Mapping[tuple[str, str], Terms] = field(default_factory=dict)

    def of(self, name: str, language: str) -> Terms:
        """Give one list in one language."""
        return self.lists.get((name, primary(language)), _NONE)

    def find(self, name: str, language: str, words: Sequence[Word], text: str) -> Iterator[Found]:
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
            words = _words(term.strip().removeprefix("-"))
            if words and term.strip().startswith("-"):
                values.pop(words, None)
            elif words:
                values[words] = value.strip() if equals else None
    return Terms.of(values)


def _words(term: str) -> tuple[str, ...]:
    found = tuple(word.folded for word in words_of(term))
    return (*found[:-1], f"{found[-1]}*") if found and term.endswith("*") else found
