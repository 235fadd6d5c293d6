"""The route: no sequence of results leaves it, outruns its attempts, or publishes without an approval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.domain.route.pipeline import NEEDS_APPROVAL, PUBLISH, Position, Result, Status, advance, start
from lightgate.errors import IllegalMove
from support.stores import ROUTE

RESULTS = st.lists(st.sampled_from(list(Result)), max_size=60)
#: mostly the results that lead on, so that random walks reach the end of the route
LIKELY = st.lists(
    st.sampled_from([*Result, *[Result.CLAIMED, Result.DONE] * 6, Result.NAMED, Result.APPROVED, Result.RELEASED]),
    min_size=20,
    max_size=120,
)


def walk(results: list[Result]) -> list[tuple[Position, Result, Position]]:
    """Apply results one after the other, leaving out what is refused."""
    position, steps = start(ROUTE), []
    for result in results:
        try:
            after = advance(position, result, ROUTE)
        except IllegalMove:
            continue
        steps.append((position, result, after))
        position = after
    return steps


@given(RESULTS | LIKELY)
def test_no_sequence_of_results_leaves_the_route(results: list[Result]) -> None:
    names = {step.name for step in ROUTE}
    gates = {step.name for step in ROUTE if step.is_gate}
    for _, _, after in walk(results):
        assert after.step in names
        assert after.status is not Status.PUBLISHED or after.step == PUBLISH
        assert not (after.step in gates and after.status in {Status.QUEUED, Status.RUNNING})


@given(RESULTS | LIKELY)
def test_no_photo_outruns_its_attempts(results: list[Result]) -> None:
    most = {step.name: step.max_attempts for step in ROUTE}
    for _, _, after in walk(results):
        assert 0 <= after.attempt <= most[after.step]


@given(LIKELY)
def test_a_photo_is_past_review_only_while_its_newest_content_is_approved(results: list[Result]) -> None:
    is_approved = False
    for before, result, after in walk(results):
        if result is Result.APPROVED:
            is_approved = True
        if result in {Result.EDITED, Result.REPLACED, Result.REOPENED, Result.REJECTED}:
            is_approved = False
        if after.step in NEEDS_APPROVAL and after.status is not Status.REJECTED:
            assert is_approved, (before, result, after)


@given(LIKELY)
def test_nothing_is_published_that_was_not_released(results: list[Result]) -> None:
    is_released = False
    for _, result, after in walk(results):
        if result is Result.RELEASED:
            is_released = True
        if result in {Result.EDITED, Result.REPLACED, Result.REOPENED}:
            is_released = False
        if after.status is Status.PUBLISHED:
            assert is_released


@given(RESULTS)
def test_a_running_photo_is_moved_by_its_worker_only(results: list[Result]) -> None:
    from_workers = {Result.DONE, Result.TRY_AGAIN, Result.REFUSED, Result.LAPSED, Result.GIVEN_BACK, Result.EDITED}
    for before, result, after in walk(results):
        if before.status is Status.RUNNING and after != before:
            assert result in from_workers


def test_the_whole_route_is_walked_by_doing_each_step_once() -> None:
    results = [
        *(Result.CLAIMED, Result.DONE, Result.NAMED),
        *(Result.CLAIMED, Result.DONE) * 2,
        *(Result.APPROVED, Result.RELEASED, Result.CLAIMED, Result.DONE),
    ]
    assert [after.step for _, _, after in walk(results)][-1] == PUBLISH
    assert walk(results)[-1][2] == Position(PUBLISH, Status.PUBLISHED)


def test_the_last_attempt_fails_for_good_and_a_person_sends_it_on() -> None:
    spent = Position("exif", Status.RUNNING, 3)
    assert advance(spent, Result.LAPSED, ROUTE) == Position("exif", Status.FAILED, 3)
    assert advance(Position("exif", Status.FAILED, 3), Result.RETRIED, ROUTE) == Position("exif", Status.QUEUED)


def test_handing_back_costs_no_attempt() -> None:
    assert advance(Position("caption", Status.RUNNING, 2), Result.GIVEN_BACK, ROUTE).attempt == 1


@pytest.mark.parametrize("step", ["exif", "publish"])
def test_a_step_that_the_website_depends_on_cannot_be_skipped(step: str) -> None:
    with pytest.raises(IllegalMove):
        advance(Position(step, Status.FAILED, 3), Result.SKIPPED, ROUTE)


def test_a_photo_rejected_before_review_goes_back_to_its_step() -> None:
    assert advance(Position("quality", Status.REJECTED), Result.REOPENED, ROUTE) == Position("quality", Status.QUEUED)
    assert advance(Position("release", Status.REJECTED), Result.REOPENED, ROUTE) == Position("review", Status.WAITING)


def test_a_live_photo_that_is_edited_goes_back_to_review() -> None:
    assert advance(Position("publish", Status.PUBLISHED), Result.EDITED, ROUTE) == Position("review", Status.WAITING)


def test_a_photo_that_is_being_published_is_not_edited() -> None:
    with pytest.raises(IllegalMove):
        advance(Position("publish", Status.RUNNING, 1), Result.EDITED, ROUTE)
