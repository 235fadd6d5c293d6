"""Keys of sentences: two that are alike enough always share one, and strangers hardly ever."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.proof.near_duplicates import keys_of, keys_to_ask, shared, word_set
from lightgate.domain.proof.proof import TOO_ALIKE

WORDS = st.lists(st.sampled_from([f"w{number}" for number in range(80)]), min_size=1, max_size=40)


@given(WORDS, WORDS, st.integers(0, 4), st.integers(0, 4))
def test_two_that_are_alike_enough_share_a_key(one: list[str], other: list[str], gone: int, added: int) -> None:
    first = word_set(" ".join(one))
    second = word_set(" ".join([*first[gone:], *other[:added]]))
    if second and shared(frozenset(first), second) >= TOO_ALIKE:
        assert set(keys_of(first)) & set(keys_to_ask(second))
        assert set(keys_of(second)) & set(keys_to_ask(first))


def test_strangers_share_none() -> None:
    chance = random.Random(1)
    words = [f"w{number}" for number in range(2000)]
    sets = [word_set(" ".join(chance.sample(words, chance.randint(8, 24)))) for _ in range(400)]
    known = {key for each in sets[:200] for key in keys_of(each)}
    assert sum(bool(known & set(keys_to_ask(each))) for each in sets[200:]) < 20


def test_order_case_and_marks_do_not_count() -> None:
    assert word_set("Boats rest on the sand.") == word_set("on the sand, boats REST")


def test_a_text_far_too_long_is_found_when_it_is_the_same() -> None:
    long = word_set(" ".join(f"w{number}" for number in range(200)))
    assert set(keys_of(long)) & set(keys_to_ask(long))


def test_nothing_is_like_nothing() -> None:
    assert keys_to_ask(word_set("…")) == keys_of(word_set("!"))
