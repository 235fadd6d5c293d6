"""The boxes of an ISO base media file, walked in limits: nothing that they claim is believed beyond the file's end.

Source: ISO/IEC 14496-12 §4.2 (boxes), §8.11 (items).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping

#: a file with more is made to hurt
_MOST_BOXES, MOST_ITEMS = 100_000, 20_000

Content = bytes | mmap.mmap
#: where something begins, and where it ends
Span = tuple[int, int]


def boxes(content: Content, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Walk the boxes between two places: name, where its body begins, and where it ends.

    Raises:
        ValueError: cut off.
    """
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, name, body = number(content, start, 4), bytes(content[start + 4 : start + 8]), start + 8
        if size == 1:
            size, body = number(content, body, 8), body + 8
        stop = end if size == 0 else min(start + size, end)
        if stop < body:
            return
        yield name, body, stop
        start = stop


def number(content: Content, at: int, size: int) -> int:
    """Read a whole number of some bytes.

    Raises:
        ValueError: cut off.
    """
    told = content[at : at + size]
    if len(told) < size:
        raise ValueError("cut off")
    return int.from_bytes(told, "big")


def meta_of(content: Content) -> Mapping[bytes, Span]:
    """Find what the file's box of metadata holds; nothing where it has none."""
    for name, start, end in boxes(content, 0, len(content)):
        if name == b"meta":
            return {inner: (body, stop) for inner, body, stop in boxes(content, start + 4, end)}
    return {}


def primary_in(content: Content, meta: Mapping[bytes, Span]) -> int:
    """Give the item that is shown (§8.11.4); 0: none is named."""
    if b"pitm" not in meta:
        return 0
    at = meta[b"pitm"][0]
    return number(content, at + 4, 4 if content[at] else 2)


def references(content: Content, meta: Mapping[bytes, Span], kind: bytes) -> Mapping[int, list[int]]:
    """Give which items point to which, by the one that points (§8.11.12)."""
    found: dict[int, list[int]] = {}
    if b"iref" not in meta:
        return found
    start, end = meta[b"iref"]
    size = 4 if content[start] else 2
    for name, at, stop in boxes(content, start + 4, end):
        if name == kind:
            item, count, first = number(content, at, size), number(content, at + size, 2), at + size + 2
            most = min(count, (stop - first) // size, MOST_ITEMS)
            found[item] = [number(content, first + size * each, size) for each in range(most)]
    return found


def with_parts(item: int, parts: Mapping[int, list[int]]) -> set[int]:
    """Give an item and all that it is made of.

    Args:
        parts: of derived pictures, see ``references`` (``dimg``).
    """
    found: set[int] = set()
    todo = [item]
    while todo and len(found) < MOST_ITEMS:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo += parts.get(each, [])
    return found
