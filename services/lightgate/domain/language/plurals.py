"""How a plural is brought back to the word a list holds, in each way in which its language makes one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from lightgate.domain.language.tokens import primary, singular

#: endings of the plural beside -s, and whether the vowel changes back: Störche, Storch
_ENDINGS: dict[str, tuple[tuple[str, bool], ...]] = {
    "de": (("e", False), ("n", False), ("en", False), ("er", False), ("e", True), ("er", True), ("", True)),
    "es": (("es", False),),
    "fr": (("x", False),),
    "nl": (("en", False),),
}
_UMLAUTS = str.maketrans("äöü", "aou")
_SHORTEST = 3


def in_other_number(word: str, language: str) -> tuple[str, ...]:
    """Give what may be the singular or the plural of a word; some are no words, and none is the word itself."""
    endings = ("s", *(ending for ending, _ in _ENDINGS.get(primary(language), ()) if ending))
    forms = dict.fromkeys((*_forms(word, primary(language)), *(word + ending for ending in endings)))
    return tuple(form for form in forms if form != word)


def in_singular(words: Sequence[str], language: str) -> tuple[tuple[str, ...], ...]:
    """Give the words once for each way of making a plural that changes any of them."""
    forms = [_forms(word, primary(language)) for word in words]
    given = tuple(words)
    return tuple(way for way in dict.fromkeys(zip(*forms, strict=True)) if way != given)


@lru_cache(maxsize=8192)
def _forms(word: str, language: str) -> tuple[str, ...]:
    """Give one form for each way; the word itself where the way does not apply."""
    return (singular(word), *(_without(ending, word, is_changed) for ending, is_changed in _ENDINGS.get(language, ())))


def _without(ending: str, word: str, is_changed: bool) -> str:
    if not word.endswith(ending) or len(word) - len(ending) < _SHORTEST:
        return word
    stem = word.removesuffix(ending)
    return stem.translate(_UMLAUTS) if is_changed else stem
