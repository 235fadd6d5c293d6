"""The dashboard: what the catalogue looks like, how review goes, and what the stages are doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from statistics import median

from flask import render_template

from lightgate.domain.pipeline import Status
from lightgate.domain.query import BANDS
from lightgate.store import Transaction
from lightgate_web.here import house
from lightgate_web.pages import pages
from lightgate_web.wording import FIELDS, STEPS, thousands

_MONTHS = 24
_YEARS = 8
_TOP_CAMERAS = 5
_OTHERS = "others"
_DECISIONS = 2000
#: a longer gap between two decisions is a pause
_PAUSE_S = 300
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a plot; sizes in per cent of the plot."""

    label: str
    value: int
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class Point:
    label: str
    value: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of a stacked bar."""

    name: str
    number: int
    value: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class StageLine:
    label: str
    queued: int
    running: int
    failed: int
    last_hour: int


@pages.get("/dashboard")
def dashboard() -> str:
    here = house()
    now = here.now()
    with here.store.reading() as tx:
        figures = tx.figures
        taken, published = figures.taken_in_by_month(), figures.published_by_month()
        cameras = camera_mix(figures.cameras_by_year())
        by_band = figures.by_band()
        context = {
            "growth": growth(taken),
            "growth_live": growth(published),
            "total": sum(taken.values()),
            "live": sum(published.values()),
            "bands": bars({band: by_band.get(band, 0) for band in BANDS}),
            "cameras": cameras,
            "legend": list(dict.fromkeys((layer.name, layer.number) for _, layers in cameras for layer in layers)),
            "acceptance": acceptance(figures.sources_of_approved()),
            "pace": pace(figures.decided_at(_DECISIONS)),
            "stages": _stages(tx, now),
            "workers": sorted(figures.workers().items()),
            "notes": _notes(tx),
        }
    return render_template("dashboard.html", here="dashboard", **context)


def growth(by_month: Mapping[str, int]) -> Sequence[Point]:
    """Add up counts by month, oldest first, as points of a line."""
    months = sorted(by_month)
    sums = list(accumulate(by_month[month] for month in months))[-_MONTHS:]
    shown = months[-_MONTHS:]
    highest, last = max(sums, default=1) or 1, max(1, len(shown) - 1)
    return [
        Point(month, value, round(100 * place / last, 2), round(100 - 100 * value / highest, 2))
        for place, (month, value) in enumerate(zip(shown, sums, strict=True))
    ]


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
        sums.update(by_year[year])
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


def acceptance(sources: Mapping[str, Mapping[str, int]]) -> Sequence[tuple[str, int | None, int]]:
    """Give, by field, the percentage of model texts that were approved as the model wrote them, and of how many."""
    found = []
    for field, words in FIELDS.items():
        of_field = sources.get(field.value, {})
        kept, changed = of_field.get("model", 0), of_field.get("person", 0)
        total = kept + changed
        found.append((words, round(100 * kept / total) if total else None, total))
    return found


def pace(decided: Iterable[tuple[str, datetime]]) -> float | None:
    """Give the median seconds between two decisions of one person, pauses left out."""
    by_person: dict[str, list[datetime]] = {}
    for actor, at in decided:
        by_person.setdefault(actor, []).append(at)
    gaps = [
        abs((later - earlier).total_seconds()) for times in by_person.values() for later, earlier in pairwise(times)
    ]
    working = [gap for gap in gaps if 0 < gap <= _PAUSE_S]
    return median(working) if working else None


def _stages(tx: Transaction, now: datetime) -> Sequence[StageLine]:
    positions = tx.figures.by_position()
    passed = tx.figures.passed_since(now - _HOUR)
    return [
        StageLine(
            STEPS.get(step.name, step.name),
            positions.get((step.name, Status.QUEUED.value), 0) + positions.get((step.name, Status.WAITING.value), 0),
            positions.get((step.name, Status.RUNNING.value), 0),
            positions.get((step.name, Status.FAILED.value), 0),
            passed.get(step.name, 0),
        )
        for step in house().route
    ]


def _notes(tx: Transaction) -> Sequence[tuple[str, str]]:
    """What stages say of themselves: why one waits, which GPU one uses."""
    lines = {key: value for key, (value, _) in tx.notes.all().items() if key.endswith((".status", ".gpu", ".startup"))}
    return sorted((key.partition(".")[0], value) for key, value in lines.items())
