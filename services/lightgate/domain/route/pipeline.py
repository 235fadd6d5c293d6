"""Where a photo stands, and the one pure function that moves it.

A position is (step, status, attempt). A route is a tuple of steps; a step is a *stage*, which a worker claims,
or a *gate*, which opens by a named result. Nothing else in Lightgate decides a position.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from lightgate.errors import IllegalMove


class Status(StrEnum):
    #: ready for a worker, perhaps not before a time kept in the row
    QUEUED = "queued"
    #: a worker holds the lease
    RUNNING = "running"
    #: at a gate
    WAITING = "waiting"
    #: gave up: a person retries, skips or rejects
    FAILED = "failed"
    #: a person put it aside
    REJECTED = "rejected"
    #: the end of the route
    PUBLISHED = "published"


class Result(StrEnum):
    """What happened to a photo: the first six from workers, the rest from gates and people."""

    CLAIMED = "claimed"
    DONE = "done"
    #: a failure that is worth another attempt
    TRY_AGAIN = "try_again"
    #: a failure that another attempt cannot cure; also: no name is possible at the naming gate
    REFUSED = "refused"
    #: the worker died or its lease ran out
    LAPSED = "lapsed"
    #: handed back unharmed (shutdown, model away): the attempt is not charged
    GIVEN_BACK = "given_back"
    #: the naming gate gave the photo its name
    NAMED = "named"
    APPROVED = "approved"
    RELEASED = "released"
    REJECTED = "rejected"
    #: back to review, from rejected, approved or published
    REOPENED = "reopened"
    #: what was live already is not sent again: it stays live as it is
    LEFT_LIVE = "left_live"
    #: its release was stopped, or the database is an older one: it is to be released anew
    HELD_BACK = "held_back"
    #: a published field changed
    EDITED = "edited"
    #: another original took the place of the photo's own
    REPLACED = "replaced"
    RETRIED = "retried"
    #: leave a failed step without its facts
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the route: a stage (``opened_by`` is None) or a gate."""

    name: str
    #: attempts before a stage gives up; 0 for a gate
    max_attempts: int = 0
    #: the only result that passes this gate
    opened_by: Result | None = None
    #: a person may send a failed photo past this stage
    can_be_skipped: bool = False

    @property
    def is_gate(self) -> bool:
        """Is this step opened, rather than worked?"""
        return self.opened_by is not None


@dataclass(frozen=True, slots=True)
class Position:
    step: str
    status: Status
    attempt: int = 0


Route = tuple[Step, ...]

EXIF = "exif"
NAMING = "naming"
#: the stage that leaves what series are found by; during it the caption model is loaded
QUALITY = "quality"
#: the stage whose workers answer requests for new texts
CAPTION = "caption"
REVIEW = "review"
RELEASE = "release"
PUBLISH = "publish"

#: steps a photo stands at only while an approval of exactly its content is in force
NEEDS_APPROVAL = frozenset({RELEASE, PUBLISH})


def step_named(route: Route, name: str) -> Step:
    """Find a step of the route.

    Raises:
        IllegalMove: the route has no such step.
    """
    for step in route:
        if step.name == name:
            return step
    raise IllegalMove(step=name, status="?", result="no such step on the route")


def start(route: Route) -> Position:
    """Give the position of a photo that was just taken in."""
    return _enter(route[0])


def _enter(step: Step) -> Position:
    return Position(step.name, Status.WAITING if step.is_gate else Status.QUEUED)


def _is_before_review(route: Route, step: str) -> bool:
    names = [each.name for each in route]
    return names.index(step) < names.index(REVIEW)


def advance(position: Position, result: Result, route: Route) -> Position:
    """Give the position that follows from a result.

    Raises:
        IllegalMove: the result makes no sense at this position.
    """
    step = step_named(route, position.step)
    after = _MOVES[result](position, step, route, result)
    if after is None:
        raise IllegalMove(step=position.step, status=position.status.value, result=result.value)
    return after


def _pass(position: Position, step: Step, route: Route) -> Position:
    following = route[route.index(step) + 1 :]
    return _enter(following[0]) if following else Position(step.name, Status.PUBLISHED)


def _claim(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    if position.status is not Status.QUEUED or step.is_gate or position.attempt >= step.max_attempts:
        return None
    return replace(position, status=Status.RUNNING, attempt=position.attempt + 1)


def _work_ended(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    if position.status is not Status.RUNNING:
        return None
    if result is Result.DONE:
        return _pass(position, step, route)
    if result is Result.GIVEN_BACK:
        return replace(position, status=Status.QUEUED, attempt=max(0, position.attempt - 1))
    is_spent = result is Result.REFUSED or position.attempt >= step.max_attempts
    return replace(position, status=Status.FAILED if is_spent else Status.QUEUED)


def _refuse(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    if step.opened_by is Result.NAMED and position.status is Status.WAITING:
        return replace(position, status=Status.FAILED)
    return _work_ended(position, step, route, result)


def _open(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    is_open = position.status is Status.WAITING and step.opened_by is result
    return _pass(position, step, route) if is_open else None


def _release(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    """Open the gate; what is live already is sent again."""
    return _enter(step) if position.status is Status.PUBLISHED else _open(position, step, route, result)


def _reject(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    if position.status in {Status.RUNNING, Status.REJECTED}:
        return None
    return Position(position.step, Status.REJECTED)


def _reopen(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    if position.status is Status.REJECTED and _is_before_review(route, step.name):
        return _enter(step)
    is_decided = step.name in NEEDS_APPROVAL or position.status is Status.REJECTED
    return Position(REVIEW, Status.WAITING) if is_decided and position.status is not Status.RUNNING else None


def _leave_live(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    is_on_its_way = step.name == PUBLISH and position.status in {Status.QUEUED, Status.FAILED}
    return Position(step.name, Status.PUBLISHED) if is_on_its_way else None


def _hold_back(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    is_on_its_way = step.name == PUBLISH and position.status in {Status.QUEUED, Status.RUNNING, Status.FAILED}
    return Position(RELEASE, Status.WAITING) if is_on_its_way else None


def _edit(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    if step.name not in NEEDS_APPROVAL:
        return position if position.status is not Status.REJECTED else None
    return None if position.status in {Status.RUNNING, Status.REJECTED} else Position(REVIEW, Status.WAITING)


def _replace(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    """Look at the new pixels from the first stage on that does; the name, given before it, stays."""
    is_at_rest = position.status not in {Status.RUNNING, Status.REJECTED}
    if not is_at_rest or (step.name != REVIEW and step.name not in NEEDS_APPROVAL):
        return None
    return _enter(route[next(number for number, each in enumerate(route) if each.name == NAMING) + 1])


def _retry(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    return _enter(step) if position.status is Status.FAILED else None


def _skip(position: Position, step: Step, route: Route, result: Result) -> Position | None:
    return _pass(position, step, route) if position.status is Status.FAILED and step.can_be_skipped else None


_MOVES = {
    Result.CLAIMED: _claim,
    Result.DONE: _work_ended,
    Result.TRY_AGAIN: _work_ended,
    Result.REFUSED: _refuse,
    Result.LAPSED: _work_ended,
    Result.GIVEN_BACK: _work_ended,
    Result.NAMED: _open,
    Result.APPROVED: _open,
    Result.RELEASED: _release,
    Result.REJECTED: _reject,
    Result.REOPENED: _reopen,
    Result.LEFT_LIVE: _leave_live,
    Result.HELD_BACK: _hold_back,
    Result.EDITED: _edit,
    Result.REPLACED: _replace,
    Result.RETRIED: _retry,
    Result.SKIPPED: _skip,
}


def steps_between(route: Route, after: str, until: str) -> Iterator[Step]:
    """Walk the route from behind one step up to, and with, another."""
    names = [step.name for step in route]
    return iter(route[names.index(after) + 1 : names.index(until) + 1])


def steps_before(route: Route, name: str) -> Iterator[Step]:
    """Walk the route up to, without, the named step."""
    for step in route:
        if step.name == name:
            return
        yield step
