"""Keywords in one line: what is written is read again, and lines that people wrote before read as they did."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.keywords.line import keywords_in, keywords_line

#: as keywords are kept: one line each, no blanks around them
_KEYWORDS = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"], include_characters=' ,;|"'), min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(_KEYWORDS)
def test_every_keyword_comes_back_from_the_line(keywords: list[str]) -> None:
    assert list(keywords_in(keywords_line(keywords))) == keywords


@given(_KEYWORDS.filter(bool))
def test_the_line_is_a_record_of_comma_separated_values(keywords: list[str]) -> None:
    assert next(csv.reader([keywords_line(keywords)], skipinitialspace=True)) == keywords


def test_lines_without_commas_inside_keywords_stay_as_they_were() -> None:
    assert keywords_line(("boat", "R&B", "a;b", "a|b", '6" ruler')) == 'boat, R&B, a;b, a|b, 6" ruler'
    assert keywords_line(("Paris, France", '"so" called')) == '"Paris, France", """so"" called"'


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("boat, lake", ("boat", "lake")),
        ('"Paris, France", "Smith, John", lake', ("Paris, France", "Smith, John", "lake")),
        ('"Paris, France"\n"Smith, John"\nlake', ("Paris, France", "Smith, John", "lake")),
        ('lake , "Paris, France" ,', ("lake", "Paris, France")),
        # never closed, closed in the middle, or not at the beginning: a character like others
        ('"Paris, France', ('"Paris', "France")),
        ('"so" called, lake', ('"so" called', "lake")),
        ('6" ruler, 8" ruler', ('6" ruler', '8" ruler')),
        ('"one\ntwo", three', ('"one', 'two"', "three")),
        (", ,\r\n,", ()),
        ('"",""', ('""', '""')),
    ],
)
def test_a_typed_line_reads_as_it_is_meant(typed: str, read: tuple[str, ...]) -> None:
    assert keywords_in(typed) == read
