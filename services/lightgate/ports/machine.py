"""What this machine and its queue give: waking workers, one holder at a time."""

from __future__ import annotations

from typing import Protocol


class Dispatch(Protocol):
    """Wakes workers; a lost call costs time, never a photo."""

    def wake(self, step: str) -> bool:
        """Ask the workers of a step to look at their queue; False when the broker did not take it."""

    def backlog(self, step: str) -> int | None:
        """Count the wake-ups that wait in the queue; None when the broker does not answer."""


class Exclusive(Protocol):
    """A lock that one holder at a time has, freed when its process dies."""

    def acquire(self) -> bool:
        """Try once, without waiting."""

    def release(self) -> None:
        """Give it up; harmless when not held."""

    def why_not_free(self) -> str:
        """Say in words who seems to hold it."""
