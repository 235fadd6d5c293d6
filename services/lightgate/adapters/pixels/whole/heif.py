"""Whether a HEIF or AVIF file holds all of its picture: libheif's decoders go on where data is wrong.

HEVC and AVC escape every third zero in a row (ITU-T H.265 §7.4.2, H.264 §7.4.1), so a run of them is never data. The
coder of AV1 writes no long run either: black and white pictures were seen to have 16 bytes at most.
Source: ISO/IEC 14496-12 §8.11 (items), ISO/IEC 23008-12 §6.6 (derived pictures).
"""

from __future__ import annotations

from collections.abc import Mapping

from lightgate.adapters.metadata.containers.boxes import (
    MOST_ITEMS,
    Span,
    meta_of,
    number,
    primary_in,
    references,
    with_parts,
)
from lightgate.adapters.pixels.whole.zeros import Content, first_run

_IN_FILE, _IN_META = 0, 1


def is_part_lost(content: Content) -> bool:
    """Look at the data of the picture that is shown, its tiles included; thumbnails and gain maps do not count."""
    try:
        meta = meta_of(content)
        shown = with_parts(primary_in(content, meta), references(content, meta, b"dimg"))
        extents = _extents(content, meta)
    except (ValueError, IndexError, OverflowError):
        return False
    return any(
        end > len(content) or first_run(content, start, end) is not None
        for item in shown
        for start, end in extents.get(item, ())
    )


def _extents(content: Content, meta: Mapping[bytes, Span]) -> dict[int, list[Span]]:
    """Read where items lie in the file (§8.11.3)."""
    found: dict[int, list[Span]] = {}
    if b"iloc" not in meta:
        return found
    at, idat = meta[b"iloc"][0], meta.get(b"idat", (0, 0))[0]
    version = content[at]
    sizes = number(content, at + 4, 2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    id_size = 4 if version == 2 else 2
    count, at = number(content, at + 6, id_size), at + 6 + id_size
    for _ in range(min(count, MOST_ITEMS)):
        item, at = number(content, at, id_size), at + id_size
        method = _IN_FILE
        if version:
            method, at = number(content, at, 2) & 15, at + 2
        # which file it lies in: always this one
        at += 2
        base, at = number(content, at, base_size), at + base_size
        extents, at = number(content, at, 2), at + 2
        for _ in range(extents):
            at += index_size if version else 0
            offset, at = number(content, at, offset_size), at + offset_size
            length, at = number(content, at, length_size), at + length_size
            if method in {_IN_FILE, _IN_META}:
                start = base + offset + (idat if method == _IN_META else 0)
                found.setdefault(item, []).append((start, start + length if length else len(content)))
    return found
