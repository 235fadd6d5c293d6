"""Where a photo has been and for how long, from its moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lightgate.domain.route.timeline import Move, stays

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_each_step_has_its_time_and_its_attempts() -> None:
    moves = [
        Move(at(0), "exif", "queued"),
        Move(at(4), "naming", "waiting", "running"),
        Move(at(10), "quality", "queued", "waiting"),
        Move(at(15), "quality", "queued", "running", "The picture ends early."),
        Move(at(30), "review", "waiting", "running"),
    ]
    found = stays(moves, at(90))
    assert [(each.step, each.seconds, each.attempts) for each in found] == [
        ("exif", 4, 1),
        ("naming", 6, 0),
        ("quality", 20, 2),
        ("review", 60, 0),
    ]
    assert [each.is_over for each in found] == [True, True, True, False]
    assert found[2].failure == "The picture ends early."


def test_a_step_that_a_photo_came_back_to_stands_there_twice() -> None:
    moves = [Move(at(0), "review", "waiting"), Move(at(1), "release", "waiting"), Move(at(2), "review", "waiting")]
    assert [each.step for each in stays(moves, at(3))] == ["review", "release", "review"]


def test_what_is_published_is_over() -> None:
    moves = [Move(at(0), "publish", "queued"), Move(at(5), "publish", "published", "running")]
    assert [(each.seconds, each.is_over) for each in stays(moves, at(500))] == [(5, True)]


def test_no_history_is_no_timeline() -> None:
    assert stays([], NOON) == []
