"""Files in encodings that they do not name."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.language.encoding import decoded, decoded_together

TEXTS = {
    "German": "Städte\nZürich\nÜberführung\nGroße Straße\nVögel\nÖsterreich\n",
    "French": "Îles\ncôte d'Azur\nforêt\nfaçade\nÉglise\nfenêtre\n",
    "Spanish": "Montaña\nniño\nárbol\nÁvila\ncorazón\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "cp850"]
)
def test_what_a_file_is_written_in_shows_in_its_letters(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)).text == text


@given(st.binary(max_size=80))
def test_any_bytes_are_a_text_or_none(content: bytes) -> None:
    with contextlib.suppress(UnicodeError):
        assert isinstance(decoded(content).text, str)


#: texts of photographs with what typists put into them, each alone in its block
TYPED = [
    "Anna's boat", "“Sunset” over the quay", "1990--1995", "Boats -- and houses", "the boat—the red one", "wait… what",
    "Canon™ lens", "a café", "don't", "© 2023 Ann", "`hello' she said", "The Smiths' house", "It's 5 o'clock",
    "naïve façade", "Zürich", "Städte über Flüsse", "„Schöne“ Aussicht", "Öl", "Ärger im Büro -- Tag 1", "Å", "à Paris",
    "l'eau de la Méditerranée", "Val d'or", "côte d'Azur", "C'est l'été", "« Où ? »", "canción", "Montaña",
    "niño y árbol", "¿Dónde está María?", "dell'acqua", "città", "foto's van 's-Hertogenbosch", "coöperatie",
    "São João",
]  # fmt: skip
#: with the signs that a keyboard has not, apostrophe, quotation mark and dash
PROSE = [text.replace("'", "\u2019").replace("`", "\u2018").replace("--", "\u2013") for text in TYPED]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman"])
@pytest.mark.parametrize("text", PROSE)
def test_quotation_marks_and_dashes_are_no_letters_of_another_encoding(text: str, encoding: str) -> None:
    assert decoded_together([text.encode(encoding)]) == [text]


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_what_is_doubtful_alone_is_read_by_its_neighbours(encoding: str) -> None:
    texts = ["París", "histórico", "los días", "niño y árbol"]
    assert decoded_together([text.encode(encoding) for text in texts]) == texts


def test_texts_of_two_encodings_are_each_read_by_their_own() -> None:
    assert decoded_together(["Zürich".encode(), "Café".encode("cp1252"), b"tram"]) == ["Zürich", "Café", "tram"]
    assert decoded_together(["Zürich".encode()], "cp1252") == ["Zürich"]


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from([None, "utf-8", "cp1252", "iso8859-7"]))
def test_any_texts_are_read(texts: list[bytes], named: str | None) -> None:
    assert len(decoded_together(texts, named)) == len(texts)
