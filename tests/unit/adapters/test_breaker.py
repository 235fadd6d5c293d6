"""The circuit breaker."""

from __future__ import annotations

from lightgate.adapters.breaker import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(failures=3, cool_down_s=30, clock=clock)
    for _ in range(3):
        breaker.failed("it fell silent")
    return breaker


def test_it_opens_after_failures_in_a_row() -> None:
    assert opened(Clock()).why_open() == "it fell silent"


def test_a_success_between_keeps_it_closed() -> None:
    breaker = Breaker(failures=2, clock=Clock())
    breaker.failed("once")
    breaker.succeeded()
    breaker.failed("again")
    assert breaker.why_open() is None


def test_after_the_pause_one_failure_opens_it_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 31
    assert breaker.why_open() is None
    breaker.failed("still silent")
    assert breaker.why_open() == "still silent"


def test_after_the_pause_a_success_closes_it_for_good() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 31
    breaker.succeeded()
    breaker.failed("once")
    assert breaker.why_open() is None
