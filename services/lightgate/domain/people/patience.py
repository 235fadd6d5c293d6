"""How long one waits after wrong passwords: never for good, and longer with each."""

from __future__ import annotations

#: longest wait: a person at a new browser is kept for a moment, a machine that guesses for years
LONGEST_S = 60.0


def wait_s(failures: int, allowed: int) -> float:
    """Say how long after the newest of so many failures the next attempt may come; ``allowed`` of them cost nothing."""
    return 0.0 if failures < allowed else min(LONGEST_S, 2.0 ** min(failures - allowed, 16))
