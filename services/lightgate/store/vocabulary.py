"""The photographer's own keywords, and what models used beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lightgate.domain.keywords.vocabulary import Known, Term, TermState


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """One keyword as a person sees it."""

    id: int
    name: str
    state: TermState
    #: how often a model used it while it was not listed
    seen: int
    #: the terms above it, topmost first
    path: tuple[str, ...]
    synonyms: tuple[str, ...]
    #: the primary part of a language tag
    language: str = "en"


class Vocabulary(Protocol):
    """The photographer's own keywords: a list for each language; one in ``en`` holds for ``en-GB``."""

    def add(self, language: str, terms: Iterable[Term], at: datetime) -> int:
        """List terms, with those above them; what is there already takes the new spelling. Gives how many are new."""

    def clear(self, language: str) -> None:
        """Take every listed term of a language out; what is banned or proposed stays."""

    def count(self, state: TermState, language: str | None = None) -> int:
        """Count terms of one state, in one language or in all."""

    def find(self, language: str, keys: Sequence[str]) -> Mapping[str, Sequence[Known]]:
        """Look up ``domain.keywords.vocabulary.key_of`` keys among terms and their synonyms."""

    def propose(self, language: str, names: Iterable[str], at: datetime) -> None:
        """Put words that a model used, and nobody judged, before a person; one that is there is counted."""

    def entries(
        self, state: TermState, *, language: str | None = None, after: int = 0, limit: int = 200, search: str = ""
    ) -> Sequence[VocabularyEntry]:
        """List terms of one state by id, in one language or in all."""

    def decide(self, term_id: int, state: TermState, at: datetime) -> None:
        """List or ban a term.

        Raises:
            NotFound: no such term.
        """

    def path_of(self, language: str, keyword: str) -> tuple[str, ...]:
        """Give a keyword with the terms above it that may be published, topmost first; empty where it has no one
        place."""

    def paths_of(self, language: str, keywords: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Give ``path_of`` of many keywords in a few queries; what has no one place is not there."""
