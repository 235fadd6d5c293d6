"""What a person of the review site may do; each role may also do what the one before may."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Rising, in this order."""

    #: decides and edits
    REVIEWER = "reviewer"
    #: releases to the website and takes off it
    PUBLISHER = "publisher"
    #: adds persons, gives roles, reads the audit
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """May somebody of this role do what needs the other?"""
        order = list(Role)
        return order.index(self) >= order.index(needed)
