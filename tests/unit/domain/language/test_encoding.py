"""Files in encodings that they do not name."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.language.encoding import decoded

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
