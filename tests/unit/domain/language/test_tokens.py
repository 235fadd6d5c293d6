"""Counting words, comparing texts, tidying what a model wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.language.languages import is_foreign
from lightgate.domain.language.tokens import MAX_KEYWORDS, clean, clean_keywords, count_words, likeness, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("King's Day on the half-lit canal.", 6),
        ("Le café d\u2019Orsay, 18:30", 5),
        ("… — !", 0),
    ],
)
def test_words_are_counted_as_a_reader_does(text: str, count: int) -> None:
    assert len(words(text)) == count


def test_a_language_without_blanks_is_counted_by_characters() -> None:
    assert count_words("白い灯台の下", "ja-JP") == 3


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("```json\nA boat.\n```", "A boat."),
        ("**A** *red* boat.", "A red boat."),
        ("## A boat.", "A boat."),
        ("- A boat.", "A boat."),
        ("Caption: “A boat.”", "A boat."),
        ("A [boat](http://example.com).", "A boat."),
        ("A <b>red</b> boat &amp; a gull.", "A red boat & a gull."),
        ("A\n\tred  boat\x00\u200b.", "A red boat ."),
        ("Aperture is 2 < 3 > 1.", "Aperture is 2 < 3 > 1."),
        ("5. Mai, der Hafen.", "5. Mai, der Hafen."),
        ("Cafe\u0301 at the snake_case pier.", "Café at the snake_case pier."),
        ("\ud800Boat.", "Boat."),
    ],
)
def test_wrapping_is_stripped_and_words_stay(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


@given(st.text())
def test_cleaning_leaves_one_line_that_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\n" not in cleaned
    cleaned.encode()


def test_cleaning_a_flood_is_quick() -> None:
    assert len(clean("*a" * 50_000)) <= 2000


def test_keywords_are_lowered_split_and_each_there_once() -> None:
    given_keywords = ["1. Red Boat", "#Harbour, sea;SEA", " red boat ", "2024", "x" * 65, "…"]
    assert clean_keywords(given_keywords) == ("red boat", "harbour", "sea")


def test_there_are_never_more_keywords_than_allowed() -> None:
    assert clean_keywords(["Roter Turm", "Küste", "KÜSTE"], "de") == ("Roter Turm", "Küste")
    assert len(clean_keywords([f"word {n}" for n in range(40)])) == MAX_KEYWORDS


def test_likeness_goes_by_words_not_by_punctuation() -> None:
    assert likeness("A red boat.", "a Red boat") == 1
    assert likeness("A red boat.", "Grey gulls over water") == 0


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Three boats rest on the sand with a lighthouse.", "en", False),
        ("Drei Boote liegen auf dem Sand vor einem Turm mit der Fahne.", "en", True),
        ("Three boats rest on the sand with a lighthouse by the sea.", "de", True),
        ("Praça do Comércio, Lisboa, 2024.", "en", False),
        ("De Dam in Amsterdam.", "en", False),
        ("Три лодки лежат на песке", "en", True),
        ("Three boats rest on the sand.", "xx", False),
        ("Drei Boote liegen an der Mauer, und zwei Männer tragen Kisten.", "en", True),
        ("Un remorqueur pousse une barge le long du quai.", "en", True),
        ("Man reading outside Café de la Paix.", "en", False),
        ("Visitors queue at the Musée de la Marine et de la Pêche.", "en", False),
        ("", "en", False),
    ],
)
def test_a_text_in_another_language_is_told_only_when_it_is_sure(text: str, language: str, expected: bool) -> None:
    assert is_foreign(text, language) is expected
