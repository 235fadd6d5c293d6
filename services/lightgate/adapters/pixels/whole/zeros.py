"""Runs of zero bytes: an interrupted copy to a place that was reserved beforehand ends in them, or has them inside."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: disks hand out 512 bytes and more at once; a shorter run proves nothing
RUN_BYTES = 64
RUN = bytes(RUN_BYTES)

Content = bytes | mmap.mmap


@contextmanager
def mapped(file: Path) -> Iterator[Content]:
    """Map a file's bytes, of which only those that are looked at are read; nothing at all for an empty one."""
    with file.open("rb") as stream:
        if not stream.seek(0, 2):
            yield b""
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def first_run(content: Content, start: int, end: int) -> int | None:
    """Say where the first long run of zeros begins between two places."""
    found = content.find(RUN, start, end)
    return None if found < 0 else found


def ends_in_zeros(content: Content, start: int, end: int) -> bool:
    """Tell whether what stands between two places ends in a long run of zeros."""
    return end - start >= RUN_BYTES and content[end - RUN_BYTES : end] == RUN
