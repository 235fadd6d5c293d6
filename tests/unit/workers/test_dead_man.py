from __future__ import annotations

import json
from pathlib import Path

import pytest

from lightgate_workers.dead_man import LAST_S, PATIENCE_S, STOOD_STILL, DeadMan


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ends() -> list[int]:
    return []


@pytest.fixture
def dead_man(tmp_path: Path, clock: Clock, ends: list[int]) -> DeadMan:
    return DeadMan("exif@here", tmp_path, ends.append, clock)


def test_a_loop_that_stands_still_ends_the_worker(dead_man: DeadMan, clock: Clock, ends: list[int]) -> None:
    dead_man.arm()
    clock.at += PATIENCE_S + 1
    dead_man.look()
    assert ends == [STOOD_STILL]


def test_a_loop_that_turns_is_left_alone(dead_man: DeadMan, clock: Clock, ends: list[int]) -> None:
    dead_man.arm()
    for _ in range(10):
        clock.at += PATIENCE_S - 1
        dead_man.beat()
        dead_man.look()
    assert ends == []


def test_an_hour_without_a_broker_ends_nobody(dead_man: DeadMan, clock: Clock, ends: list[int]) -> None:
    dead_man.arm()
    dead_man.disarm()
    # a timer of the lost connection may fire once more
    dead_man.beat()
    clock.at += 3600
    dead_man.look()
    dead_man.arm()
    dead_man.look()
    assert ends == []


def test_a_stop_that_comes_to_no_end_is_ended(dead_man: DeadMan, clock: Clock, ends: list[int]) -> None:
    dead_man.disarm()
    dead_man.expect_end()
    dead_man.look()
    assert ends == []
    clock.at += LAST_S + 1
    dead_man.look()
    assert ends == [STOOD_STILL]


def test_the_file_says_how_the_worker_is(dead_man: DeadMan, clock: Clock, tmp_path: Path) -> None:
    dead_man.arm()
    clock.at += 7
    dead_man.look()
    said = json.loads((tmp_path / "heartbeat-exif@here.json").read_text("ascii"))
    assert (said["worker"], said["is_connected"], said["still_s"]) == ("exif@here", True, 7.0)


def test_a_full_disk_does_not_end_the_watch(tmp_path: Path, clock: Clock, ends: list[int]) -> None:
    dead_man = DeadMan("exif@here", tmp_path / "gone", ends.append, clock)
    dead_man.look()
    assert ends == []
