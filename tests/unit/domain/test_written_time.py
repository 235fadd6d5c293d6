"""Times as far as they are known: their parts, their order, and how files have them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lightgate.domain.written_time import exif_time, iso_time, parts_of

WRITTEN = [
    ("1965", "1965", "1965:  :     :  :  "),
    ("1965:07", "1965-07", "1965:07:     :  :  "),
    ("1965:07:04", "1965-07-04", "1965:07:04   :  :  "),
    ("1965:07:04 10:30", "1965-07-04T10:30", "1965:07:04 10:30:  "),
    ("1965:07:04 10:30:00", "1965-07-04T10:30:00", "1965:07:04 10:30:00"),
]


@pytest.mark.parametrize(("written", "iso", "exif"), WRITTEN)
def test_what_is_not_known_is_not_written(written: str, iso: str, exif: str) -> None:
    assert (iso_time(written), exif_time(written)) == (iso, exif)
    assert len(exif) == 19


def test_as_texts_they_sort_with_the_less_known_first() -> None:
    written = [each for each, _, _ in WRITTEN]
    assert all(one < other for one, other in pairwise(written))


@pytest.mark.parametrize("nonsense", [None, "", "garbage", "1965:07:04 10", "1965:7", "١٩٦٥", "1965:07:04T10:30:00"])
def test_nonsense_has_no_parts(nonsense: str | None) -> None:
    assert parts_of(nonsense) == ()
    assert exif_time(nonsense) is None
    assert iso_time(nonsense) == ""
