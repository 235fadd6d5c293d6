"""Whether a HEIF or AVIF file holds all of its picture: libheif's decoders go on where data is wrong.

HEVC and AVC escape every third zero in a row (ITU-T H.265 §7.4.2, H.264 §7.4.1), so a run of them is never data. The
coder of AV1 writes no long run either: black and white pictures were seen to have 16 bytes at most.
Source: ISO/IEC 14496-12 §8.11 (items), ISO/IEC 23008-12 §6.6 (derived pictures).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lightgate.adapters.pixels.whole.zeros import Content, first_run

#: a file with more is made to hurt
_MOST_BOXES, _MOST_ITEMS = 100_000, 20_000
_IN_FILE, _IN_META = 0, 1

Span = tuple[int, int]


@dataclass(slots=True)
class _Items:
    primary: int = 0
    #: by item, its extents in the file
    extents: dict[int, list[Span]] = field(default_factory=dict)
    #: by derived picture, what it is made of
    parts: dict[int, list[int]] = field(default_factory=dict)


def is_part_lost(content: Content) -> bool:
    """Look at the data of the picture that is shown, its tiles included; thumbnails and gain maps do not count."""
    try:
        items = _items(content)
    except (ValueError, IndexError, OverflowError):
        return False
    return any(
        end > len(content) or first_run(content, start, end) is not None
        for item in _shown(items)
        for start, end in items.extents.get(item, ())
    )


def _shown(items: _Items) -> set[int]:
    found: set[int] = set()
    todo = [items.primary]
    while todo and len(found) < _MOST_ITEMS:
        item = todo.pop()
        if item not in found:
            found.add(item)
            todo += items.parts.get(item, [])
    return found


def _boxes(content: Content, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Walk the boxes between two places: name, where its body begins, and where it ends."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, name, body = _number(content, start, 4), bytes(content[start + 4 : start + 8]), start + 8
        if size == 1:
            size, body = _number(content, body, 8), body + 8
        stop = end if size == 0 else min(start + size, end)
        if stop < body:
            return
        yield name, body, stop
        start = stop


def _number(content: Content, at: int, size: int) -> int:
    told = content[at : at + size]
    if len(told) < size:
        raise ValueError("cut off")
    return int.from_bytes(told, "big")


def _items(content: Content) -> _Items:
    found = _Items()
    for name, start, end in _boxes(content, 0, len(content)):
        if name != b"meta":
            continue
        inside = {inner: (body, stop) for inner, body, stop in _boxes(content, start + 4, end)}
        if b"pitm" in inside:
            at = inside[b"pitm"][0]
            found.primary = _number(content, at + 4, 4 if content[at] else 2)
        if b"iloc" in inside:
            _locate(content, inside[b"iloc"][0], inside.get(b"idat", (0, 0))[0], found)
        if b"iref" in inside:
            _relate(content, *inside[b"iref"], found)
        break
    return found


def _locate(content: Content, at: int, idat: int, found: _Items) -> None:
    """Read where items lie (§8.11.3)."""
    version = content[at]
    sizes = _number(content, at + 4, 2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    id_size = 4 if version == 2 else 2
    count, at = _number(content, at + 6, id_size), at + 6 + id_size
    for _ in range(min(count, _MOST_ITEMS)):
        item, at = _number(content, at, id_size), at + id_size
        method = _IN_FILE
        if version:
            method, at = _number(content, at, 2) & 15, at + 2
        # which file it lies in: always this one
        at += 2
        base, at = _number(content, at, base_size), at + base_size
        extents, at = _number(content, at, 2), at + 2
        for _ in range(extents):
            at += index_size if version else 0
            offset, at = _number(content, at, offset_size), at + offset_size
            length, at = _number(content, at, length_size), at + length_size
            if method in {_IN_FILE, _IN_META}:
                start = base + offset + (idat if method == _IN_META else 0)
                found.extents.setdefault(item, []).append((start, start + length if length else len(content)))


def _relate(content: Content, start: int, end: int, found: _Items) -> None:
    """Read what pictures are made of (§8.11.12, ``dimg``)."""
    size = 4 if content[start] else 2
    for name, at, _ in _boxes(content, start + 4, end):
        if name == b"dimg":
            item, count = _number(content, at, size), _number(content, at + size, 2)
            first = at + size + 2
            found.parts[item] = [_number(content, first + size * each, size) for each in range(min(count, _MOST_ITEMS))]
