"""The reviewer's query language: what it reads, and what it says about what it cannot."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.query import HELP, MAX_TERMS, Kind, Query, Term, parse
from lightgate.errors import InputInvalid


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("harbour crane", (Term(Kind.WORDS, values=("harbour",)), Term(Kind.WORDS, values=("crane",)))),
        ('"red crane"', (Term(Kind.WORDS, values=("red crane",)),)),
        ("-boat", (Term(Kind.WORDS, values=("boat",), is_denied=True),)),
        ("NOT boat", (Term(Kind.WORDS, values=("boat",), is_denied=True),)),
        ("band:low", (Term(Kind.BAND, values=("Low",)),)),
        ("band:low,very-low", (Term(Kind.BAND, values=("Low", "Very Low")),)),
        ('band:"Very Low"', (Term(Kind.BAND, values=("Very Low",)),)),
        ("alt:>125", (Term(Kind.LENGTH, "alt_text", low=125.001),)),
        ("keywords:3..7", (Term(Kind.LENGTH, "keywords", low=3, high=7),)),
        ("alt:none", (Term(Kind.MISSING, "alt_text"),)),
        ("caption:crane", (Term(Kind.TEXT, "caption", ("crane",)),)),
        (
            "alt:>125 AND NOT keyword:boat",
            (Term(Kind.LENGTH, "alt_text", low=125.001), Term(Kind.KEYWORD, values=("boat",), is_denied=True)),
        ),
        ("taken:2026-05", (Term(Kind.PART, "date_time", ("2026-05",)),)),
        ("12:30", (Term(Kind.WORDS, values=("12:30",)),)),
    ],
)
def test_a_query_is_read(text: str, terms: Query) -> None:
    assert parse(text) == terms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bnad:low", "Did you mean band:"),
        ("band:purple", "knows top, good, average, low, very-low, na"),
        ("qr:high", "qr: takes a number"),
        ("is:happy", "is: knows blocked"),
        ('"open', "A quote is opened"),
        ("a OR b", "give alternatives with a comma"),
        ("keyword:,", "needs a value"),
        ("x " * 21, "at most 20 terms"),
        ("x" * 501, "at most 500 characters"),
        (f"caption:{','.join(['éñ'] * 31)}", "at most 30 words and alternatives"),
        ("subject:\ud800", "not valid Unicode"),
    ],
)
def test_what_means_nothing_is_named(text: str, said: str) -> None:
    with pytest.raises(InputInvalid, match=said):
        parse(text)


@pytest.mark.parametrize("example", [example for example, _ in HELP])
def test_every_example_of_the_help_is_a_query(example: str) -> None:
    assert parse(example)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(InputInvalid):
        assert len(parse(text)) <= MAX_TERMS
