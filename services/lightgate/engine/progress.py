"""How far sets are on their way: counts by step, and whether workers still have anything to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lightgate.domain.photo import PhotoSet
from lightgate.domain.route.liveness import IS_WHOLE, Liveness
from lightgate.domain.route.pipeline import PUBLISH, REVIEW, Route, Status, steps_before
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.store import HeldBack, PhotoFilter, Store, Transaction

_BUSY = frozenset({Status.QUEUED, Status.RUNNING})


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How far a set is with one stage."""

    step: str
    #: past this stage, or put aside
    past: int
    at_work: int
    failed: int


@dataclass(frozen=True, slots=True)
class SetProgress:
    """How far one set is."""

    photo_set: PhotoSet
    total: int
    #: photos by review_status word
    by_status: Mapping[str, int]
    stages: tuple[StageProgress, ...]
    #: photos by liveness word; those that the ledger does not know of are left out
    by_liveness: Mapping[str, int]
    #: photos on their way to review: 0 when workers have done what they can
    on_the_way: int

    @property
    def live(self) -> int:
        """Photos that are whole on the website, at every target that has anything of them."""
        return sum(self.by_liveness.get(word, 0) for word in IS_WHOLE)

    @property
    def failed(self) -> int:
        """Photos that wait for a person to retry, skip or reject them."""
        return sum(stage.failed for stage in self.stages)


def progress_of(store: Store, route: Route, wanted: str | int) -> SetProgress:
    """Look at one set.

    Raises:
        NotFound: no such set.
    """
    with store.reading() as tx:
        found = tx.sets.get(wanted)
        return _progress(tx, route, found, tx.figures.by_liveness(found.id))


def progress_of_all(store: Store, route: Route) -> Sequence[SetProgress]:
    """Look at every set, in the order of their submission."""
    with store.reading() as tx:
        on_website = tx.figures.by_liveness()
        return [_progress(tx, route, each, on_website) for each in tx.sets.all()]


def held_words(held: HeldBack) -> str:
    """Say in one sentence what is kept from workers, until when by the clock of this machine, and why."""
    who = "1 photo waits" if held.photos == 1 else f"{held.photos:,} photos wait"
    until = f"{who} until {held.until.astimezone():%H:%M}"
    return f"{until} after an error: {held.why}" if held.why else f"{until}."


def failed_ids(store: Store) -> Sequence[int]:
    """List every photo that a stage gave up on."""
    wanted, found = PhotoFilter(review_status=ReviewStatus.ERROR), list[int]()
    with store.reading() as tx:
        while page := tx.photos.page(wanted, after=found[-1] if found else None, limit=500):
            found += [photo.id for photo in page]
    return found


def _progress(
    tx: Transaction, route: Route, photo_set: PhotoSet, on_website: Mapping[int, Mapping[Liveness, int]]
) -> SetProgress:
    positions = tx.photos.count_by_position(photo_set.id)
    stages = tuple(_stage(step.name, route, positions) for step in route if not step.is_gate)
    names = [step.name for step in route]
    before_review = set(names[: names.index(REVIEW)])
    return SetProgress(
        photo_set,
        sum(positions.values()),
        tx.photos.count_by_status(photo_set.id),
        stages,
        {word.value: number for word, number in on_website.get(photo_set.id, {}).items()},
        sum(count for (step, status), count in positions.items() if step in before_review and _is_moving(status)),
    )


def _is_moving(status: str) -> bool:
    return status in _BUSY or status == Status.WAITING


def _stage(name: str, route: Route, positions: Mapping[tuple[str, str], int]) -> StageProgress:
    earlier = {step.name for step in steps_before(route, name)}
    here = {status: count for (step, status), count in positions.items() if step == name}
    past = sum(
        count
        for (step, status), count in positions.items()
        if status == Status.REJECTED or (step != name and step not in earlier)
    )
    is_last = name == PUBLISH
    return StageProgress(
        name,
        past + (here.get(Status.PUBLISHED, 0) if is_last else 0),
        sum(here.get(status, 0) for status in _BUSY),
        here.get(Status.FAILED, 0),
    )
