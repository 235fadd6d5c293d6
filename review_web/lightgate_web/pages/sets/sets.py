"""Sets: the start page, and one set with its progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate

from flask import g, render_template, request, url_for

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.photo import PhotoSet
from lightgate.domain.route.liveness import Liveness
from lightgate.domain.route.pipeline import Route, Status
from lightgate.domain.route.status_words import ReviewStatus, step_label
from lightgate.store import PhotoFilter
from lightgate_web.pages import pages
from lightgate_web.pages.sets.subjects import suggestion_for
from lightgate_web.request.cache import database_state, worked_out
from lightgate_web.request.context import house
from lightgate_web.request.selection import place_from
from lightgate_web.show.wording import STATES, thousands

_PAGE = 30
#: the speed of a stage is what it did within this time
_RECENTLY = timedelta(minutes=5)
_FIRST = 12

#: parts of a set's bar, in the order of the route, with the states that make them up
_PARTS: Mapping[str, tuple[ReviewStatus, ...]] = {
    "published": (ReviewStatus.PUBLISHED,),
    "released": (ReviewStatus.RELEASED,),
    "approved": (ReviewStatus.APPROVED,),
    "undecided": (ReviewStatus.PENDING, ReviewStatus.NEEDS_WORK),
    "queued": (ReviewStatus.QUEUED,),
    "failed": (ReviewStatus.ERROR,),
    "rejected": (ReviewStatus.REJECTED,),
}
_PART_WORDS = {
    "published": "published",
    "released": "being published",
    "approved": "approved",
    "undecided": "to review",
    "queued": "in progress",
    "failed": "need attention",
    "rejected": "rejected",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many photos stand where, as the navigation shows it."""

    queued: int
    undecided: int
    failed: int
    approved: int
    published: int


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class SetRow:
    """One line of the start page."""

    set: PhotoSet
    parts: tuple[Part, ...]
    words: str
    undecided: int
    approved: int
    failed: int


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of a set's route."""

    name: str
    label: str
    done: int
    queued: int
    running: int
    waiting: int
    failed: int
    #: seconds until nothing is left here, by what the last minutes did; None: nothing moves, or nothing is to do
    eta_s: float | None = None


def counts() -> Counts:
    """Count once a request."""
    if "counts" not in g:
        with house().store.reading() as tx:
            g.counts = counts_of(tx.photos.count_by_status())
    counted: Counts = g.counts
    return counted


def counts_of(by_status: Mapping[str, int]) -> Counts:
    """Sum up the words of ``review_status``."""
    number = {part: sum(by_status.get(word.value, 0) for word in words) for part, words in _PARTS.items()}
    return Counts(number["queued"], number["undecided"], number["failed"], number["approved"], number["published"])


@pages.app_context_processor
def _navigation() -> dict[str, object]:
    return {"nav_counts": counts}


@pages.get("/")
def sets() -> str:
    start = place_from(request.args, "start") or 0
    with house().store.reading() as tx:
        every = list(reversed(tx.sets.all()))
        by_set = tx.photos.count_by_set()
        live = worked_out("live", database_state(), tx.figures.whole)
    rows = [_row(each, by_set.get(each.id, {})) for each in every[start : start + _PAGE]]
    return render_template(
        "sets.html",
        here="sets",
        rows=rows,
        count=counts(),
        live=live,
        earlier=url_for("pages.sets", start=max(0, start - _PAGE)) if start else None,
        later=url_for("pages.sets", start=start + _PAGE) if len(every) > start + _PAGE else None,
    )


def _row(photo_set: PhotoSet, by_status: Mapping[str, int]) -> SetRow:
    numbers = {name: sum(by_status.get(word.value, 0) for word in words) for name, words in _PARTS.items()}
    total = sum(numbers.values())
    shares = [(name, 100 * number / total) for name, number in numbers.items() if number]
    ends = list(accumulate(width for _, width in shares))
    parts = tuple(
        Part(name, round(end - width, 2), round(width, 2)) for (name, width), end in zip(shares, ends, strict=True)
    )
    words = ", ".join(_counted(name, numbers[name]) for name, _ in shares) or "no photos"
    return SetRow(photo_set, parts, words, numbers["undecided"], numbers["approved"], numbers["failed"])


def _counted(part: str, number: int) -> str:
    return "1 needs attention" if (part, number) == ("failed", 1) else f"{thousands(number)} {_PART_WORDS[part]}"


@pages.get("/sets/<slug>")
def set_page(slug: str) -> str:
    here = house()
    with here.store.reading() as tx:
        found = tx.sets.get(slug)
        # a person's own word lists count, too
        state = (word_lists(here.folder.words), tx.events.last_of_set(found.id))
        by_status = tx.photos.count_by_status(found.id)
        by_position = tx.photos.count_by_position(found.id)
        first = tx.photos.page(PhotoFilter(set_id=found.id), limit=_FIRST)
        notes = tx.notes.all()
        recently = tx.figures.passed_since(here.now() - _RECENTLY, found.id)
        sums = counts_of(by_status)
        on_website = tx.figures.by_liveness(found.id).get(found.id, {})
        suggestion = worked_out(("subject", found.id), state, lambda: suggestion_for(tx, found))
    waiting_at = {step for (step, status), number in by_position.items() if number and status == Status.QUEUED}
    return render_template(
        "set.html",
        set=found,
        suggestion=suggestion,
        total=sum(by_status.values()),
        rejected=by_status.get(ReviewStatus.REJECTED, 0),
        undecided=sums.undecided,
        approved=sums.approved,
        failed=sums.failed,
        is_moving=bool(sums.queued or by_status.get(ReviewStatus.RELEASED)),
        counts=[(word, by_status[word]) for word in STATES if by_status.get(word)],
        on_website=[(word, on_website[word]) for word in Liveness if word in on_website],
        steps=with_etas(progress(here.route, by_position), recently),
        service_notes=[value for key, (value, _) in notes.items() if key.removesuffix(".status") in waiting_at],
        first=first,
    )


def with_etas(steps: Sequence[StepProgress], recently: Mapping[str, int]) -> list[StepProgress]:
    """Add when each stage will be through, if it goes on as in the last minutes."""
    left, found = 0, []
    for step in steps:
        left += step.queued + step.running
        done = recently.get(step.name, 0)
        eta_s = left * _RECENTLY.total_seconds() / done if left and done else None
        found.append(replace(step, eta_s=eta_s))
    return found


def progress(route: Route, by_position: Mapping[tuple[str, str], int]) -> list[StepProgress]:
    """Count, for each step, what has passed it and what stands there; rejected photos are in neither."""
    steps = []
    for index, step in enumerate(route):
        later = {each.name for each in route[index + 1 :]}
        passed = sum(
            number for (at, status), number in by_position.items() if at in later and status != Status.REJECTED
        )
        published = by_position.get((step.name, Status.PUBLISHED.value), 0)
        standing = {status: by_position.get((step.name, status.value), 0) for status in Status}
        steps.append(
            StepProgress(
                step.name,
                step_label(step.name),
                passed + published,
                standing[Status.QUEUED],
                standing[Status.RUNNING],
                standing[Status.WAITING],
                standing[Status.FAILED],
            )
        )
    return steps
