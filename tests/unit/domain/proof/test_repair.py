"""Deterministic repair: what it takes away, what it leaves, and that it makes nothing up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.language.tokens import words
from lightgate.domain.photo import Field, Source, Text
from lightgate.domain.proof.evidence import Evidence
from lightgate.domain.proof.proof import Context
from lightgate.domain.proof.repair import Repaired, repair

CONTEXT = Context(word_lists())


def mend(value: str, language: str = "en", field: Field = Field.CAPTION) -> Repaired:
    return repair(Text(language, field, value, Source.MODEL), CONTEXT)


def keywords(*given: str, evidence: Evidence | None = None, language: str = "en") -> Repaired:
    text = Text(language, Field.KEYWORDS, given, Source.MODEL)
    return repair(text, Context(word_lists(), evidence))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("This image shows three boats on the sand.", "Three boats on the sand."),
        ("The photo features a red tram in the rain.", "A red tram in the rain."),
        ("In this picture, a woman feeds pigeons.", "A woman feeds pigeons."),
        ("A close-up of a bee on a thistle.", "A bee on a thistle."),
        ("This image is a photo of three old boats.", "Three old boats."),
        ("There are three boats on the sand", "Three boats on the sand."),
        ("Three boats rest on the the sand.", "Three boats rest on the sand."),
        ("**Three** boats , on the sand .", "Three boats, on the sand."),
        ("Three boats rest on the sand..", "Three boats rest on the sand."),
        ("Three boats, ; rest on the sand!", "Three boats; rest on the sand!"),
        ("An amazing boat lies on the sand.", "A boat lies on the sand."),
        ("A stunning old boat lies on the sand.", "An old boat lies on the sand."),
        ("Beautiful boats lie on the sand.", "Boats lie on the sand."),
        ("The boat is beautiful.", "The boat is beautiful."),
        ("boats lie on the sand", "Boats lie on the sand."),
        ("Bora Bora lies in the sea.", "Bora Bora lies in the sea."),
        ("“Boats lie on the sand.”", "Boats lie on the sand."),
    ],
)
def test_a_sentence_is_mended(value: str, expected: str) -> None:
    assert mend(value).text.value == expected


def test_a_german_opening_goes_with_its_verb() -> None:
    assert mend("Dieses Bild zeigt drei Boote am Strand.", "de").text.value == "Drei Boote am Strand."


def test_of_a_text_that_is_too_long_the_last_sentences_go() -> None:
    long = "Three boats rest on the wet sand below a tower. " + "Gulls circle above the nets of the fishermen. " * 3
    assert mend(long).text.value == (
        "Three boats rest on the wet sand below a tower. Gulls circle above the nets of the fishermen."
    )


def test_a_sound_sentence_is_left_alone() -> None:
    sound = mend("Three boats rest on the sand below a tower.")
    assert sound.done == ()
    assert sound.text.value == "Three boats rest on the sand below a tower."


def test_what_was_done_is_named() -> None:
    assert mend("This photo shows the the boats").done == ("opening_removed", "word_doubled", "punctuated")


def test_keywords_are_split_trimmed_dropped_and_merged() -> None:
    found = keywords("boats and cranes", "the quay", "boat", "bokeh", "2024", "Quay", "black and white")
    assert found.text.value == ("boats", "cranes", "quay", "black and white")


def test_vague_keywords_go_while_enough_remain() -> None:
    telling = ("crane", "quay", "rope", "net", "gull")
    assert keywords(*telling, "texture").text.value == telling
    assert keywords("crane", "texture").text.value == ("crane", "texture")


def test_keywords_that_were_told_come_first() -> None:
    found = keywords("sand", "lighthouse", "harbour", evidence=Evidence(frozenset({"harbour"})))
    assert found.text.value == ("harbour", "sand", "lighthouse")


def test_keywords_that_are_all_bad_stay_for_the_proof_to_see() -> None:
    assert keywords("bokeh", "2024").text.value == ("bokeh", "2024")


@given(st.text("aboeftisn thd.,!-A'“”"), st.sampled_from(["en", "de", "nl", "ja"]))
def test_no_word_is_ever_made_up(value: str, language: str) -> None:
    mended = mend(value, language).text.value
    assert isinstance(mended, str)
    assert {word.casefold() for word in words(mended)} <= {word.casefold() for word in words(value)} | {"a", "an"}


@given(st.lists(st.text()), st.sampled_from(["en", "de", "nl"]))
def test_no_keywords_break_the_repair(given_: list[str], language: str) -> None:
    keywords(*given_, language=language)
