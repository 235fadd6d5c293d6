"""Counts as shapes: bars, columns and stacked shares, in per cent of the plot that shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lightgate_web.show.wording import thousands

_MONTHS = 24
#: a young installation shows thin columns, not one block
_LEAST_MONTHS = 12
_YEARS = 10
_TOP_CAMERAS = 5
_OTHERS = "others"
#: what a sum over rare or unnamed cameras is called in the catalogue's counts
_UNNAMED = frozenset({"other", "unknown"})
#: of a column's place is left empty beside it
_GAP = 0.25


@dataclass(frozen=True, slots=True)
class Month:
    """One month of growth: what was added, and the sum by then, as a column."""

    label: str
    added: int
    value: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plot; sizes in per cent of the plot."""

    label: str
    value: int
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of a stacked bar."""

    name: str
    number: int
    value: int
    x: float
    width: float


def growth(by_month: Mapping[str, int], base: int = 0) -> Sequence[Month]:
    """Add up counts by month, oldest first, on top of what was there before; months without any stand between them."""
    months = _without_gaps(sorted(by_month))
    sums = [base + value for value in accumulate(by_month.get(month, 0) for month in months)][-_MONTHS:]
    shown = months[-_MONTHS:]
    highest, place = max(sums, default=1) or 1, 100 / max(_LEAST_MONTHS, len(shown))
    return [
        Month(
            month,
            by_month.get(month, 0),
            value,
            round(index * place + place * _GAP / 2, 2),
            round(place * (1 - _GAP), 2),
            round(100 - 100 * value / highest, 2),
            round(100 * value / highest, 2),
        )
        for index, (month, value) in enumerate(zip(shown, sums, strict=True))
    ]


def _without_gaps(months: Sequence[str]) -> list[str]:
    if not months:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (months[0], months[-1]))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def bars(counts: Mapping[str, int]) -> Sequence[Bar]:
    """Turn counts into bars; the widest fills the plot."""
    total, widest = sum(counts.values()) or 1, max(counts.values(), default=0) or 1
    return [
        Bar(label, value, round(100 * value / widest, 2), f"{thousands(value)}, {100 * value / total:.0f} %")
        for label, value in counts.items()
    ]


def camera_mix(by_year: Mapping[str, Mapping[str, int]]) -> Sequence[tuple[str, Sequence[Layer]]]:
    """Give the shares of the five most used cameras, and of the others, by year of capture."""
    years = sorted(by_year)[-_YEARS:]
    sums = Counter[str]()
    for year in years:
        sums.update({camera: count for camera, count in by_year[year].items() if camera not in _UNNAMED})
    top = [camera for camera, _ in sums.most_common(_TOP_CAMERAS)]
    return [(year, _layers(by_year[year], top)) for year in years]


def _layers(counts: Mapping[str, int], top: Sequence[str]) -> Sequence[Layer]:
    parts = [(camera, number, counts.get(camera, 0)) for number, camera in enumerate(top, 1)]
    parts.append((_OTHERS, 0, sum(counts.values()) - sum(value for _, _, value in parts)))
    total = sum(counts.values()) or 1
    ends = list(accumulate(100 * value / total for _, _, value in parts))
    return [
        Layer(name, number, value, round(end - 100 * value / total, 2), round(100 * value / total, 2))
        for (name, number, value), end in zip(parts, ends, strict=True)
        if value
    ]
