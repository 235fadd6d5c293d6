"""The table of recovery times that stands in ``docs``: written by a whole run, read by people."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from faults.scene import Measure

TABLE = Path(__file__).resolve().parent.parent.parent / "docs" / "recovery.md"

_HEAD = """# How long it takes until all is right again

Written by `make faults`, which breaks the whole product on purpose with real processes and looks at it from outside; do
not edit it. Measured from the end of the fault until every photo was where it would have been without it; after a power
cut that is with `lightgate up`. These experiments run one at a time.

"""


def table(measures: Sequence[Measure], seed: int) -> str:
    """Lay the figures out as a page."""
    lines = ["| what | measured | promised |", "|---|--:|--:|"]
    for each in sorted(measures, key=lambda each: each.what):
        promised = "" if each.limit is None else f"{each.limit:g} {each.unit}"
        over = " **over**" if each.limit is not None and each.value > each.limit else ""
        lines.append(f"| {each.what} | {_number(each)}{over} | {promised} |")
    when = datetime.now(UTC).date()
    told = f"{when}, {os.cpu_count()} cores, Python {platform.python_version()}, `make faults SEED={seed}`."
    return "\n".join([_HEAD + lines[0], *lines[1:], "", told, ""])


def _number(each: Measure) -> str:
    return f"{each.value:.0f} {each.unit}" if each.value >= 100 else f"{each.value:.3g} {each.unit}"
