"""Crash tests end a process, or let it sleep, where they want to: once, where a mark says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from lightgate.engine.kill_point import KILLED, kill_point

PROGRAM = (
    "import sys; from lightgate.engine.kill_point import kill_point as at; at(sys.argv[1], 'here'); print('passed')"
)


def run(wanted: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, wanted], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout.strip()


def test_a_point_that_is_not_wanted_is_passed() -> None:
    kill_point(None, "here")
    kill_point("there", "here")
    assert run("there") == (0, "passed")


def test_the_point_that_is_wanted_ends_every_process() -> None:
    assert [run("here"), run("here")] == [(KILLED, "")] * 2


def test_a_mark_ends_the_one_process_that_takes_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    mark.touch()
    assert run(f"there@{mark}") == (0, "passed")
    assert mark.exists()
    assert [run(f"here@{mark}"), run(f"here@{mark}")] == [(KILLED, ""), (0, "passed")]
    assert not mark.exists()


def test_a_mark_may_let_it_sleep_until_it_is_woken(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    mark.write_text("sleep", "utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, f"here@{mark}"], stdout=subprocess.PIPE, text=True
    ) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate(timeout=60)
    assert (said.strip(), process.returncode) == ("passed", 0)
