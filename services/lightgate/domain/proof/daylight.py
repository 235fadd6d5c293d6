"""Where the sun stood when a photo was taken: light that a text may speak of, or must not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import asin, cos, degrees, pi, radians, sin, tau

from lightgate.domain.photo import Photo
from lightgate.domain.written_time import MINUTE, SECOND, parts_of

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
#: how far a clock on the wall is from the sun's where its zone is not known: wide zones, and summer time
_CLOCK_AHEAD_H = (-1.0, 0.0, 1.0, 2.0, 2.8)
_DEGREES_AN_HOUR = 15
#: degrees of the sun's centre; Source: the usual definitions of civil, nautical and astronomical twilight
_LOW, _HORIZON, _CIVIL, _NAUTICAL = 6.0, -0.8, -6.0, -12.0
_DARK = -12.0
#: beyond that nothing more exact than “day” or “night” is said
_SURE = 3.0


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun's height above the horizon in degrees, as well as it is known."""

    lowest: float
    highest: float
    is_rising: bool

    def is_within(self, lowest: float, highest: float) -> bool:
        """Can it have stood there?"""
        return self.lowest <= highest and lowest <= self.highest

    def __str__(self) -> str:
        if self.lowest > _LOW:
            height = f", the sun {self.lowest:.0f}° high" if self.highest - self.lowest < _SURE else ""
            return f"day{height}"
        if self.highest < _DARK:
            return "night, the sky dark"
        if self.highest - self.lowest >= _SURE:
            return ""
        when = "morning" if self.is_rising else "evening"
        if self.lowest > _HORIZON:
            return f"{when}, the sun {max(0.0, self.lowest):.0f}° above the horizon"
        if self.lowest > _CIVIL:
            return f"{when} twilight, the sun below the horizon"
        return f"{when}, deep blue twilight" if self.lowest > _NAUTICAL else "night, the sky dark"


def sun_of(photo: Photo) -> Sun | None:
    """Compute the sun's height from a photo's time and position; None without both."""
    latitude, longitude = photo.extra.latitude, photo.extra.longitude
    if latitude is None or longitude is None:
        return None
    parts = parts_of(photo.exif.date_time)
    if len(parts) < MINUTE:
        return None
    try:
        year, month, day, hour, minute, second = map(int, (*parts, "0")[:SECOND])
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    behind = _behind_utc(photo.exif.offset)
    hours = [-behind] if behind is not None else [ahead + longitude / _DEGREES_AN_HOUR for ahead in _CLOCK_AHEAD_H]
    try:
        moments = [local - timedelta(hours=each) for each in hours]
        heights = [sun_height(at, latitude, longitude) for at in moments]
        later = sun_height(moments[0] + timedelta(minutes=5), latitude, longitude)
    except OverflowError:
        # a date at the edge of the calendar
        return None
    return Sun(min(heights), max(heights), later > heights[0])


def sun_height(at: datetime, latitude: float, longitude: float) -> float:
    """Compute the height of the sun's centre in degrees, to about half a degree, without refraction.

    Source: NOAA Global Monitoring Laboratory, General Solar Position Calculations (Spencer 1971).
    """
    utc = at.astimezone(UTC)
    hour = utc.hour + utc.minute / 60 + utc.second / 3600
    year = tau / 365 * (utc.timetuple().tm_yday - 1 + (hour - 12) / 24)
    equation_min = 229.18 * (
        0.000075 + 0.001868 * cos(year) - 0.032077 * sin(year) - 0.014615 * cos(2 * year) - 0.040849 * sin(2 * year)
    )
    declination = (
        0.006918 - 0.399912 * cos(year) + 0.070257 * sin(year) - 0.006758 * cos(2 * year)
        + 0.000907 * sin(2 * year) - 0.002697 * cos(3 * year) + 0.00148 * sin(3 * year)
    )  # fmt: skip
    solar_min = hour * 60 + equation_min + 4 * longitude
    angle = radians(solar_min / 4) - pi
    north = radians(latitude)
    height = sin(north) * sin(declination) + cos(north) * cos(declination) * cos(angle)
    # right overhead the sum may be a little more than one
    return degrees(asin(max(-1.0, min(1.0, height))))


def _behind_utc(offset: str | None) -> float | None:
    """Give the hours to add to a local time to get UTC; None where the zone is not known."""
    match = _OFFSET.fullmatch(offset or "")
    if match is None:
        return None
    hours = int(match[2]) + int(match[3]) / 60
    return -hours if match[1] == "+" else hours
