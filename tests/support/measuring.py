"""Timing, and results as ``make bench`` wants them."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles


def cpu_ms(work: Callable[[], object], rounds: int = 5) -> float:
    """Give the least CPU milliseconds of several runs: what others do on the machine hardly shows in them."""
    took = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return 1000 * min(took)


def p95(values: Sequence[float]) -> float:
    """Give the 95th percentile."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def result(name: str, value: float, unit: str, ratio: float | None = None, against: str = "") -> dict[str, object]:
    """Give one line of the table."""
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "ratio": None if ratio is None else round(ratio, 2),
        "against": against,
    }


def peak_rss_mb() -> float:
    """Give the high-water mark of this program; ``getrusage`` gives that of the program that started it."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
