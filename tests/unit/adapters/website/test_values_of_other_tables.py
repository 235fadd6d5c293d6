"""A column of the website's that is of another type than ours holds our value as far as its type can."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lightgate.adapters.website.catalogue.values import is_same


@pytest.mark.parametrize("wanted", ["1965:07:04", "1965:07:04 00:00", "1965:07:04 00:00:00"])
def test_a_column_of_times_fills_up_a_day_without_a_time(wanted: str) -> None:
    assert is_same("DateTime", datetime(1965, 7, 4), wanted)  # noqa: DTZ001 - columns have no zone
    assert is_same("DateTime", date(1965, 7, 4), wanted)
    assert not is_same("DateTime", datetime(1965, 7, 4, 10, 30), wanted)  # noqa: DTZ001
    assert not is_same("DateTime", datetime(1965, 7, 5), wanted)  # noqa: DTZ001
