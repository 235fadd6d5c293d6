"""Word lists: a line that stands for a family, endings that are open, and what a list takes out again."""

from __future__ import annotations

import pytest

from lightgate.domain.language.plurals import in_other_number
from lightgate.domain.language.tokens import words_of
from lightgate.domain.language.word_lists import Terms, read_terms
from lightgate.domain.proof.sentence import doubled


def said(terms: Terms, text: str) -> list[tuple[str, str]]:
    return [(found.said, found.value) for found in terms.find(words_of(text), text)]


def test_a_line_stands_for_every_word_of_its_family() -> None:
    terms = read_terms(["seen/viewed from (a) low/high angle"])
    assert len(terms.values) == 8
    assert said(terms, "A crane viewed from low angle.") == [("viewed from low angle", "")]


def test_a_family_is_exempt_or_taken_out_as_a_whole() -> None:
    terms = read_terms(["leica, nikon, leica/nikon museum/shop =", "-nikon shop"])
    assert said(terms, "Leica shop, Nikon museum, Nikon shop, Leica.") == [("Nikon", ""), ("Leica", "")]


def test_an_open_ending_has_a_value_and_stands_behind_other_words_too() -> None:
    terms = read_terms(["abendlich* = 15-24\nnicht erkennbar*\nabendlicht ="])
    assert said(terms, "Abendliches Licht, nicht erkennbare Leute, Abendlicht.") == [
        ("Abendliches", "15-24"),
        ("nicht erkennbare", ""),
    ]


def test_a_line_written_wrongly_stays_small() -> None:
    assert len(read_terms([" ".join(["a/b/c/d/e/f/g/h"] * 9)]).values) <= 2000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Frauen, die die Kisten tragen.", []),
        ("Ein Mann zieht die die Kiste.", ["die die"]),
        ("Die Insel Bora Bora.", []),
        ("Sie gehen gehen gehen zum Kai.", ["gehen gehen gehen"]),
    ],
)
def test_a_word_may_stand_twice_where_a_clause_begins(text: str, found: list[str]) -> None:
    assert [match[0] for match in doubled(text, read_terms(["der/die/das = clause"]))] == found


@pytest.mark.parametrize(
    ("plural", "singular", "language"),
    [
        ("störche", "storch", "de"),
        ("boote", "boot", "de"),
        ("reigers", "reiger", "nl"),
        ("flores", "flor", "es"),
    ],
)
def test_a_plural_and_its_singular_find_each_other(plural: str, singular: str, language: str) -> None:
    assert singular in in_other_number(plural, language)
