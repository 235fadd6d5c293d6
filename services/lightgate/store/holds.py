"""Who changes what is live of a photo: one at a time, for as long as its process moves."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Holds(Protocol):
    """Who changes what is live of a photo: one at a time, under a lease, with a token that only ever rises."""

    def take(
        self, photo_id: int, owner: str, at: datetime, until: datetime, claim_token: int | None = None
    ) -> int | None:
        """Hold a photo; gives the token, or None where somebody holds it.

        A lease that ran out, or lies too far ahead, holds nothing; nor does a claim that is not the row's any more.
        """

    def renew(self, photo_id: int, token: int, until: datetime) -> bool:
        """Extend a hold that is still ours."""

    def is_held(self, photo_id: int, token: int) -> bool: ...

    def free(self, photo_id: int, token: int) -> None:
        """Give a hold up; harmless when it is not ours any more."""

    def word(self, photo_id: int) -> tuple[object, ...]:
        """Give what a change under way rests on, to be compared: hold, claim, version, approval and release act."""
