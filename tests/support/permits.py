"""Permits as tests need them: one that holds always, and ones that stop holding."""

from __future__ import annotations

from lightgate.errors import WorkerLost
from lightgate.ports.website import Permit

FREE = Permit("test-1", lambda: None)


class Asked:
    """Counts how often a permit was asked, and refuses from some question on."""

    def __init__(self, refused_from: int) -> None:
        self.times = 0
        self._refused_from = refused_from

    def __call__(self) -> None:
        self.times += 1
        if self.times >= self._refused_from:
            raise WorkerLost


def refused(from_question: int = 1, writer: str = "test-2") -> Permit:
    """Make a permit that does not hold any more from its nth question on."""
    return Permit(writer, Asked(from_question))
