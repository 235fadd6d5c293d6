"""Waiting in tests: ask again until it holds or the time is up, never a guessed pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(ask: Callable[[], T], within_s: float = 10, every_s: float = 0.02) -> T:
    """Give the first truthy answer.

    Raises:
        AssertionError: there was none in time; the last answer is named.
    """
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {within_s} s")
        pause.wait(every_s)
