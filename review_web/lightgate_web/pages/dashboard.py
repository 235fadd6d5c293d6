"""The dashboard: what the catalogue looks like, how review goes, and what the stages are doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median

from flask import render_template

from lightgate.adapters.website.catalogue.counts import count_catalogue
from lightgate.domain.query import BANDS
from lightgate.domain.route.liveness import Liveness
from lightgate.domain.route.pipeline import Status
from lightgate.domain.route.status_words import step_label
from lightgate.steps.caption import RUNTIME_NOTE
from lightgate.store import Transaction
from lightgate_web.pages import pages
from lightgate_web.request.cache import database_state, worked_out
from lightgate_web.request.context import house
from lightgate_web.show.plots import bars, camera_mix, growth
from lightgate_web.show.wording import FIELDS

#: the newest approvals and decisions that are looked at: they tell how it goes now
_DECISIONS = 1000
#: a longer gap between two decisions is a pause
_PAUSE_S = 300
_HOUR = timedelta(hours=1)
#: what the website has otherwise than it should for good, with the query that finds it
_TO_BE_PUT_RIGHT = {
    Liveness.PARTLY_SENT: "is:partly",
    Liveness.TAKING_OFF: "is:debt",
    Liveness.PUTTING_BACK: "is:debt",
    Liveness.TO_BE_REMOVED: "is:to-remove",
    Liveness.EARLIER: "is:earlier",
}


@dataclass(frozen=True, slots=True)
class StageLine:
    label: str
    queued: int
    running: int
    failed: int
    last_hour: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the website's own table holds, from the copy that is kept here."""

    rows: int = 0
    bands: Mapping[str, int] = field(default_factory=dict)
    #: photos by year of capture and camera
    cameras: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the whole queue adds up to."""

    #: by month of intake, and of publication
    taken: Mapping[str, int]
    published: Mapping[str, int]
    bands: Mapping[str, int]
    cameras: Mapping[str, Mapping[str, int]]
    sources: Mapping[str, Mapping[str, int]]
    pace_s: float | None
    #: photos with a whole version on the website, and all that the ledger knows of by word
    live: int
    liveness: Counter[Liveness]


@pages.get("/dashboard")
def dashboard() -> str:
    here = house()
    now = here.now()
    state = database_state()
    with here.store.reading() as tx:
        sums = worked_out("dashboard", state, lambda: _sums(tx))
        context = {
            "growth": growth(sums.taken),
            "total": sum(sums.taken.values()),
            "live": sums.live,
            "not_whole": [
                (word, sums.liveness[word], query) for word, query in _TO_BE_PUT_RIGHT.items() if sums.liveness[word]
            ],
            "acceptance": acceptance(sums.sources),
            "newest": _DECISIONS,
            "pace": sums.pace_s,
            "stages": _stages(tx, now),
            "workers": sorted(tx.figures.workers().items()),
            "notes": _notes(tx),
            "model": tx.notes.get(RUNTIME_NOTE),
        }
    catalogue = _catalogue()
    cameras = camera_mix(catalogue.cameras or sums.cameras)
    return render_template(
        "dashboard.html",
        here="dashboard",
        catalogue=catalogue,
        growth_live=growth(sums.published, max(0, catalogue.rows - sum(sums.published.values()))),
        bands=bars({band: sums.bands.get(band, 0) for band in BANDS}),
        catalogue_bands=bars({band: catalogue.bands.get(band, 0) for band in BANDS}),
        cameras=cameras,
        legend=list(dict.fromkeys((layer.name, layer.number) for _, layers in cameras for layer in layers)),
        **context,
    )


def _sums(tx: Transaction) -> _Sums:
    figures = tx.figures
    return _Sums(
        figures.taken_in_by_month(),
        figures.published_by_month(),
        figures.by_band(),
        figures.cameras_by_year(),
        figures.sources_of_approved(_DECISIONS),
        pace(figures.decided_at(_DECISIONS)),
        figures.whole(),
        sum((Counter(of_set) for of_set in figures.by_liveness().values()), Counter()),
    )


def _catalogue() -> Catalogue:
    """Count the website's catalogue; once, for as long as its file stays as it is."""
    file = house().folder.catalogue
    # the log goes when the last who wrote to it closes the file
    stamps = [stamp for each in (file, file.with_name(f"{file.name}-wal")) if (stamp := _stamp(each))]
    return _counted(file, tuple(stamps))


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=4)
def _counted(file: Path, stamps: tuple[int, ...]) -> Catalogue:
    """Count one state of a file: ``stamps`` say which."""
    if not stamps:
        return Catalogue()
    found = count_catalogue(file)
    by_year: dict[str, dict[str, int]] = {}
    for each in found.cameras:
        if each.year.isdigit():
            by_year.setdefault(each.year, {})[each.camera] = each.photos
    return Catalogue(found.rows, found.bands, by_year)


def acceptance(sources: Mapping[str, Mapping[str, int]]) -> Sequence[tuple[str, int | None, int]]:
    """Give, by field, the percentage of model texts that were approved as the model wrote them, and of how many."""
    found = []
    for each, words in FIELDS.items():
        of_field = sources.get(each.value, {})
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
            step_label(step.name),
            positions.get((step.name, Status.QUEUED.value), 0) + positions.get((step.name, Status.WAITING.value), 0),
            positions.get((step.name, Status.RUNNING.value), 0),
            positions.get((step.name, Status.FAILED.value), 0),
            passed.get(step.name, 0),
        )
        for step in house().route
    ]


def _notes(tx: Transaction) -> Sequence[tuple[str, str]]:
    """What stages say of themselves: why one waits."""
    lines = {key: value for key, (value, _) in tx.notes.all().items() if key.endswith(".status")}
    return sorted((key.partition(".")[0], value) for key, value in lines.items())
