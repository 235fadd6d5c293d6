"""A time as a camera's clock or a person wrote it, as far as it is known.

``1965:07:04 12:30:15``, ``1965:07:04 12:30``, ``1965:07:04``, ``1965:07`` or ``1965``: what is not there is not known.
As texts they sort as they should: a day without a time comes first in its day, a year without a month in its year.
"""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"(\d{4})(?::(\d\d)(?::(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?)?)?", re.ASCII)
#: how many parts a time has that is known to the day, to the minute, to the second
DAY, MINUTE, SECOND = 3, 5, 6


def parts_of(date_time: str | None) -> tuple[str, ...]:
    """Give year, month, day, hour, minute and second as they are written, as many as are known; none of nonsense."""
    found = _WRITTEN.fullmatch(date_time or "")
    return tuple(part for part in found.groups() if part is not None) if found else ()


def iso_time(date_time: str | None) -> str:
    """Write a time as ISO 8601 and XMP do: ``1965-07-04T12:30``, ``1965-07``; empty where nothing is known."""
    parts = parts_of(date_time)
    clock = ":".join(parts[DAY:])
    return "-".join(parts[:DAY]) + (f"T{clock}" if clock else "")


def exif_time(date_time: str | None) -> str | None:
    """Write a time as EXIF does, with blanks for what is not known (EXIF 2.32 §4.6.5, DateTimeOriginal)."""
    parts = parts_of(date_time)
    if not parts:
        return None
    year, month, day, hour, minute, second = (*parts, *["  "] * (SECOND - len(parts)))
    return f"{year}:{month}:{day} {hour}:{minute}:{second}"
