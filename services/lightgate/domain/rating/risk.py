"""In which order a reviewer meets photos: what is most likely wrong first."""

from __future__ import annotations

#: below this a model is not sure of its texts, below the second it guesses
UNSURE, GUESSED = 75, 50

_BLOCKED = 4000
_NEEDS_WORK = 2000
_BY_BAND = {"Very Low": 400, "Low": 300, "NA": 250, "Average": 200, "Good": 100, "Top": 0}


def rank(*, is_blocked: bool, needs_work: bool, confidence: int | None, band: str) -> int:
    """Give a photo's place: the lower, the earlier. A blocked proof weighs most, then findings, confidence, quality."""
    unsure = 0 if confidence is None or confidence >= UNSURE else 500 if confidence >= GUESSED else 1000
    return -(_BLOCKED * is_blocked + _NEEDS_WORK * needs_work + unsure + _BY_BAND.get(band, 0))
