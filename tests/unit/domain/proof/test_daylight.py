"""Where the sun stood: against what geometry says, and only as exactly as a camera's clock allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.photo import Exif, Field, HeaderExtra, Photo, Source, Text
from lightgate.domain.proof.daylight import sun_height, sun_of
from lightgate.domain.proof.evidence import evidence_of
from lightgate.domain.proof.proof import Context, proof
from lightgate.domain.route.pipeline import Position, Status

ROTTERDAM = HeaderExtra(latitude=51.92, longitude=4.48)


def photo(taken: str, offset: str | None = "+02:00", extra: HeaderExtra = ROTTERDAM) -> Photo:
    made = Photo(
        1, 1, "harbour", Position("review", Status.WAITING), 1, "a.jpg", "a.jpg", "0" * 64, 1, ".jpg",
        "Harbour", "Rotterdam", "city",
    )  # fmt: skip
    return replace(made, exif=Exif(date_time=taken, offset=offset), extra=extra)


# at the sun's noon and midnight the height follows from latitude and declination (23.44° in June); sunset is at -0.83°
@pytest.mark.parametrize(
    ("at", "latitude", "longitude", "height"),
    [
        (datetime(2024, 6, 21, 20, 6, tzinfo=UTC), 51.92, 4.48, -0.83),
        (datetime(2024, 6, 21, 11, 44, tzinfo=UTC), 51.92, 4.48, 61.5),
        (datetime(2024, 12, 21, 1, 53, tzinfo=UTC), -33.87, 151.21, 79.6),
        (datetime(2024, 6, 21, 23, 0, tzinfo=UTC), 69.65, 18.96, 3.1),
    ],
)
def test_the_suns_height_is_that_of_the_calendar_and_the_place(
    at: datetime, latitude: float, longitude: float, height: float
) -> None:
    assert sun_height(at, latitude, longitude) == pytest.approx(height, abs=0.5)


@pytest.mark.parametrize(
    ("taken", "offset", "said"),
    [
        ("2024:06:21 13:44:00", "+02:00", "day, the sun 62° high"),
        ("2024:06:21 21:40:00", "+02:00", "evening, the sun 2° above the horizon"),
        ("2024:06:21 05:00:00", "+02:00", "morning twilight, the sun below the horizon"),
        ("2024:12:21 23:00:00", "+01:00", "night, the sky dark"),
        ("2024:06:21 13:44:00", None, "day"),
        # without a zone nobody knows which side of sunset this is
        ("2024:06:21 21:40:00", None, ""),
    ],
)
def test_the_light_is_told_as_exactly_as_it_is_known(taken: str, offset: str | None, said: str) -> None:
    assert str(sun_of(photo(taken, offset))) == said


@pytest.mark.parametrize("taken", ["", "2024:13:45 99:00:00", "0000:00:00 00:00:00", "0001:01:01 00:00:00"])
def test_nothing_is_told_of_a_time_that_is_none(taken: str) -> None:
    assert str(sun_of(photo(taken, "+14:00")) or "") == ""


def test_a_time_without_seconds_tells_as_much_as_one_with_them() -> None:
    assert sun_of(photo("2024:06:21 22:06")) == sun_of(photo("2024:06:21 22:06:00"))


@pytest.mark.parametrize("taken", ["2024", "2024:06", "2024:06:21"])
def test_a_day_without_a_time_tells_no_light(taken: str) -> None:
    assert sun_of(photo(taken, None)) is None
    assert evidence_of(photo(taken, None)).hour is None


def test_nothing_is_told_without_a_position() -> None:
    assert sun_of(photo("2024:06:21 13:44:00", extra=HeaderExtra())) is None


@pytest.mark.parametrize(("taken", "is_wrong"), [("2024:06:21 18:00:00", True), ("2024:06:21 21:50:00", False)])
def test_a_sunset_is_held_against_the_sun_of_that_place(taken: str, *, is_wrong: bool) -> None:
    caption = Text("en", Field.CAPTION, "Three boats lie on the wet sand below the tower at sunset.", Source.MODEL)
    issues = proof([caption], "en", Context(word_lists(), evidence_of(photo(taken))))
    found = [issue.message for issue in issues if issue.code == "time_contradicts"]
    assert found == (["“sunset” does not fit: the sun stood 34° above the horizon then and there."] if is_wrong else [])
