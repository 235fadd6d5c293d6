"""Scorers that other packages bring, for the columns that Lightgate itself leaves empty: NIMA and BRISQUE.

A package names one in the entry point group ``lightgate.scorers``, as ``nima`` or ``brisque``: a callable without
arguments that gives a callable from the 1280-px sRGB proxy (a path) to a number from 0 to 10. What such a scorer says
stands in its column beside the others; it takes no part in QR.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

log = logging.getLogger(__name__)

GROUP = "lightgate.scorers"
NAMES = ("nima", "brisque")

Scorer = Callable[[Path], float]


def plugged_in(found: Iterable[EntryPoint] | None = None) -> Mapping[str, Scorer]:
    """Load the scorers that are installed; one that does not load is left out, with a word in the log."""
    points = entry_points(group=GROUP) if found is None else found
    loaded = {}
    for point in points:
        if point.name not in NAMES:
            log.warning("%s is no score that Lightgate has a place for; it knows: %s", point.name, ", ".join(NAMES))
            continue
        try:
            loaded[point.name] = point.load()()
        except (ImportError, AttributeError, OSError, RuntimeError, TypeError, ValueError) as error:
            log.warning("the scorer %s does not load: %s", point.value, error)
    return {name: _guarded(name, scorer) for name, scorer in loaded.items()}


def _guarded(name: str, scorer: Scorer) -> Scorer:
    def score(proxy: Path) -> float:
        return min(10.0, max(0.0, round(float(scorer(proxy)), 2)))

    score.__name__ = name
    return score
