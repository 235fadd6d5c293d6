"""One child for every call, with limits: what one does to itself touches no other, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.adapters.host import warm_child
from lightgate.adapters.host.warm_child import Limits, OutOfMemory, OutOfProcessorTime, OutOfTime, WarmChild
from support.waiting import eventually

#: where children find what to do
TESTS = Path(__file__).parents[3]
LIMITS = Limits(memory_mb=2048, processor_s=20, clock_s=30)


ACT = "support.warm:act"


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[WarmChild]:
    monkeypatch.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)
    made = WarmChild(ACT)
    yield made
    made.close()


def test_every_call_has_a_child_of_its_own_and_one_parent(child: WarmChild) -> None:
    found = [child({"do": "say who"}, LIMITS) for _ in range(3)]
    assert len({each["pid"] for each in found}) == 3
    assert len({each["parent"] for each in found}) == 1
    assert os.getpid() not in {each["parent"] for each in found}


def test_a_long_answer_comes_whole(child: WarmChild) -> None:
    assert child({"do": "say much"}, LIMITS) == {"said": "x" * 5_000_000}


def test_a_crash_ends_one_child_alone(child: WarmChild) -> None:
    parent = child({"do": "say who"}, LIMITS)["parent"]
    with pytest.raises(OutOfMemory):
        child({"do": "crash"}, LIMITS)
    assert child({"do": "say who"}, LIMITS)["parent"] == parent


def test_memory_has_a_limit(child: WarmChild) -> None:
    with pytest.raises(OutOfMemory):
        child({"do": "grow"}, LIMITS)
    assert child({"do": "grow"}, replace(LIMITS, memory_mb=0)) == {"size": 3 * 2**30}


def test_processor_time_has_a_limit_and_waiting_takes_none(child: WarmChild) -> None:
    spare = replace(LIMITS, processor_s=1)
    with pytest.raises(OutOfProcessorTime):
        child({"do": "compute"}, spare)
    assert "pid" in child({"do": "sleep", "for_s": 1.5}, spare)


def test_a_file_that_never_ends_is_given_up_by_the_clock(child: WarmChild, tmp_path: Path) -> None:
    endless = tmp_path / "pipe"
    os.mkfifo(endless)
    with pytest.raises(OutOfTime):
        child({"do": "wait for a file that never ends", "file": str(endless)}, replace(LIMITS, clock_s=0.5))
    assert "pid" in child({"do": "say who"}, LIMITS)


def test_two_at_once_do_not_wait_for_each_other(child: WarmChild) -> None:
    child({"do": "say who"}, LIMITS)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(child, {"do": "sleep", "for_s": 3}, LIMITS)
        assert "pid" in pool.submit(child, {"do": "say who"}, LIMITS).result()
        assert not slow.done()


def test_a_parent_that_was_killed_is_replaced(child: WarmChild) -> None:
    first = child({"do": "say who"}, LIMITS)["parent"]
    os.kill(first, signal.SIGKILL)
    assert child({"do": "say who"}, LIMITS)["parent"] != first


def test_one_that_was_killed_in_mid_work_leaves_no_child_and_the_call_is_made_again(child: WarmChild) -> None:
    parent = child({"do": "say who"}, LIMITS)["parent"]
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(child, {"do": "sleep", "for_s": 2}, LIMITS)
        (working,) = eventually(lambda: children(parent), within_s=10)
        os.kill(parent, signal.SIGKILL)
        assert "pid" in answer.result()
    eventually(lambda: not is_alive(working), within_s=10)


def test_closing_ends_the_parent_and_the_next_call_starts_one(child: WarmChild) -> None:
    first = child({"do": "say who"}, LIMITS)["parent"]
    child.close()
    assert not is_alive(first)
    assert child({"do": "say who"}, LIMITS)["parent"] != first


def test_a_parent_that_nobody_asks_ends_by_itself(child: WarmChild, monkeypatch: pytest.MonkeyPatch) -> None:
    child({"do": "say who"}, LIMITS)
    ours, theirs = warm_child.socket.socketpair()
    monkeypatch.setattr(warm_child, "_IDLE_S", 0.1)
    with ours, theirs:
        before = signal.getsignal(signal.SIGCHLD)
        try:
            warm_child._Parent(ACT, theirs).serve()
        finally:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, before)


def test_no_child_sees_the_answers_of_another(child: WarmChild) -> None:
    child({"do": "say who"}, LIMITS)
    with ThreadPoolExecutor(4) as pool:
        slow = pool.submit(child, {"do": "sleep", "for_s": 2}, LIMITS)
        began = time.monotonic()
        found = list(pool.map(lambda _: child({"do": "say who"}, LIMITS)["pid"], range(8)))
        assert len(set(found)) == 8
        assert not slow.done() or time.monotonic() - began > 2
