"""Finding near-duplicate sentences without comparing all: keys that two sentences share if they are alike enough.

Two word sets of n and m words with a Jaccard likeness of at least t differ in at most d = (1-t)/(1+t)·(n+m) words. Cut
into d + c parts, at least c parts of both are the same. A text is stored under a key for every choice of c of its own
parts; a search asks for the keys that a partner of each possible size would have. The more parts a key covers, the
fewer strangers share it, and the more keys there are.

Source: exact set-similarity joins by partitioning, Arasu, Ganti, Kaushik, VLDB 2006.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from math import ceil, floor

from lightgate.domain.language.tokens import folded
from lightgate.domain.proof.proof import TOO_ALIKE

#: floating point must not lose a pair that is exactly at the limit
_SLACK = 1e-9
#: parts in a key, where few words and where more may differ
_CLEAN_PARTS, _LEAST_CLEAN = 3, 2
_FEW = 2
#: more words are no sentence; a longer text is found when it is the same
MOST_WORDS = 40


def word_set(text: str) -> tuple[str, ...]:
    """Give every word of a text once, folded and sorted."""
    return tuple(sorted(set(folded(text).split())))


def keys_of(words: Sequence[str]) -> tuple[int, ...]:
    """Give the keys that a text is stored under."""
    own = len(words)
    return (_whole(words), *(_parts(words, own, own) if 0 < own <= MOST_WORDS else ()))


def keys_to_ask(words: Sequence[str]) -> tuple[int, ...]:
    """Give the keys under which a text that is alike enough is stored."""
    own = len(words)
    if not 0 < own <= MOST_WORDS:
        return (_whole(words),)
    sizes = range(ceil(TOO_ALIKE * own - _SLACK), floor(own / TOO_ALIKE + _SLACK) + 1)
    return (_whole(words), *(key for size in sizes for key in _parts(words, size, own)))


def shared(one: frozenset[str], other: Collection[str]) -> float:
    """Compare two word sets, each word once, 0 to 1 (Jaccard)."""
    both = len(one.intersection(other))
    either = len(one) + len(other) - both
    return both / either if either else 1.0


def _parts(words: Sequence[str], size: int, own: int) -> Iterator[int]:
    """Cut the words as those of a stored text of that size are cut, and give a key for each choice of clean parts."""
    different = _most_different(size)
    if abs(size - own) > different:
        return
    clean = _CLEAN_PARTS if different <= _FEW else _LEAST_CLEAN
    parts: list[list[str]] = [[] for _ in range(different + clean)]
    for word in words:
        parts[_spread(word) % len(parts)].append(word)
    said = [" ".join(part) for part in parts]
    for chosen, name in _choices(len(parts), clean):
        yield _hash(f"{size}:{name}:{'|'.join([said[place] for place in chosen])}")


@lru_cache(maxsize=64)
def _choices(parts: int, clean: int) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Give every choice of so many parts, with its name: writing it anew would take longer than hashing."""
    return tuple((chosen, str(chosen)) for chosen in combinations(range(parts), clean))


@lru_cache(maxsize=8192)
def _spread(word: str) -> int:
    return zlib.crc32(word.encode())


@lru_cache(maxsize=64)
def _most_different(size: int) -> int:
    """Give how many words a text of this size and any alike text can differ in; 0 means that they are the same."""
    largest = size / TOO_ALIKE
    return floor((1 - TOO_ALIKE) / (1 + TOO_ALIKE) * (size + largest) + _SLACK)


def _whole(words: Sequence[str]) -> int:
    return _hash(" ".join(words))


def _hash(text: str) -> int:
    """Hash to what SQLite calls an integer."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
