"""What was live of a photo, as it is written down to be put back: plain values that JSON can hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lightgate.domain.photo import Before, LedgerState, Publication

#: of a publication, what says what was live
_KEPT = (
    "target",
    "state",
    "file_name",
    "paths",
    "hashes",
    "published_at",
    "remote_id",
    "profile",
    "pixels",
    "checks",
)


def as_told(before: Before) -> dict[str, Any]:
    """Give plain values, without the seal over them."""
    return {"publications": [_told(each) for each in before.publications], "row": before.row}


def from_told(told: dict[str, Any] | None) -> Before | None:
    """Read what ``as_told`` gave, with or without a seal beside it; None also for what it never gave."""
    if told is None:
        return None
    try:
        return Before(tuple(_read(each) for each in told["publications"]), told["row"], told.get("seal", ""))
    except (KeyError, TypeError, ValueError, AttributeError):
        # somebody wrote it who is not us: nothing of it is ever put back
        return None


def _told(publication: Publication) -> dict[str, Any]:
    at = publication.published_at
    kept = {name: getattr(publication, name) for name in _KEPT}
    return {**kept, "state": publication.state.value, "published_at": at.isoformat() if at else None}


def _read(told: dict[str, Any]) -> Publication:
    at = told["published_at"]
    read = {**told, "state": LedgerState(told["state"]), "published_at": datetime.fromisoformat(at) if at else None}
    return Publication(**read)
