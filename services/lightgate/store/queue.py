"""Claims, leases and fences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lightgate.domain.photo import Claim, Failure, Photo
from lightgate.domain.route.pipeline import Position, Step

#: the longest that anything is kept from workers for; what is to wait longer was told so by a clock that has been set
#: back since, and counts as due
LONGEST_HOLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Photos that no worker gets before a time, for one reason."""

    photos: int
    #: when the last of them may be claimed
    until: datetime
    #: what went wrong with them last; empty where nothing did
    why: str


class Queue(Protocol):
    """Claims, leases and fences."""

    def claim(self, step: Step, owner: str, limit: int, at: datetime, lease_until: datetime) -> Sequence[Claim]:
        """Take ready photos, by priority and id; one that failed before comes alone. Attempts are counted here."""

    def coming(self, step: Step, at: datetime) -> int | None:
        """Give the photo that the next claim takes if nobody else claims; None where others are at work there."""

    def renew(self, claims: Sequence[Claim], lease_until: datetime) -> Sequence[int]:
        """Extend leases; give the ids that are still ours."""

    def is_held(self, claim: Claim) -> bool:
        """Is this claim's token still the row's?"""

    def expired(self, at: datetime, lease_s: float) -> Sequence[tuple[Photo, int]]:
        """List running photos with their tokens whose lease has run out, or lies too far ahead (clock set back)."""

    def held_by(self, owner: str) -> Sequence[tuple[Photo, int]]:
        """List what one owner still holds."""

    def owners(self) -> frozenset[str]:
        """Name everybody who holds a photo."""

    def count_ready(self, at: datetime) -> Mapping[str, int]:
        """Count claimable photos by step."""

    def held_back(self, at: datetime, photo_id: int | None = None) -> Sequence[HeldBack]:
        """List what is kept from workers until later, of all photos or of one, most photos first."""

    def ready_since(self, at: datetime) -> datetime | None:
        """Tell since when the oldest claimable photo has stood still; None when there is none."""

    def settle(
        self,
        photo_id: int,
        token: int,
        after: Position,
        at: datetime,
        *,
        not_before: datetime | None = None,
        failure: Failure | None = None,
        crashed: bool = False,
    ) -> bool:
        """End a claim at a new position; False, and nothing written, when the token is no longer the row's.

        Arriving at review raises the version.
        """

    def settle_done(self, claims: Sequence[Claim], after: Position, at: datetime) -> frozenset[int]:
        """End claims that succeeded, all at one new position; give the ids of those whose token was still the row's.

        Arriving at review raises the version.
        """

    def is_past(self, set_id: int, step: str) -> bool:
        """Is no photo of this set, nor of one submitted before it, queued or running at that step?"""
