"""The one line at the end of a test run: what ran, what skipped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

#: how pytest names what a test that ran came to
_RAN = ("passed", "failed", "xfailed", "xpassed")


def closing_line(stats: Mapping[str, Sequence[object]]) -> str:
    """Put a run in words, from the reports by outcome that pytest keeps."""
    counted = {name: len(stats.get(name, ())) for name in _RAN}
    said = [f"{count:,} {name}" for name, count in counted.items() if count]
    if broken := len(stats.get("error", ())):
        said.append(f"{broken:,} broken beside the test itself")
    ran = f"Ran {sum(counted.values()):,} tests: {', '.join(said) or 'none'}."
    reasons = Counter(_reason(report) for report in stats.get("skipped", ()))
    if not reasons:
        return f"{ran} None was skipped."
    whys = "; ".join(f"{count:,} since {reason}" for reason, count in reasons.most_common())
    return f"{ran} Skipped {reasons.total():,}: {whys}."


def _reason(report: object) -> str:
    told = getattr(report, "longrepr", None)
    reason = str(told[2] if isinstance(told, tuple) else told)
    return " ".join(reason.removeprefix("Skipped:").split()).rstrip(".")
