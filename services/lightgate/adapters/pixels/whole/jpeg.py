"""The entropy-coded data of a JPEG: where it ends, and what of it is no picture.

A run of zeros is damage where it would mean the same coefficient hundreds of times, as it does with most tables. With
tables made for it, a black sky is nothing else: there it counts where the decoder stumbles, too, or where the end mark
is missing and the data in front of the run is no whole picture.
Source: ITU-T T.81 annexes B (markers), C (the first code of a table is all zeros), F and G (what codes mean).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lightgate.adapters.pixels.whole.zeros import RUN

_SOI, _EOI, _SOS, _DHT = 0xD8, 0xD9, 0xDA, 0xC4
_LENGTHS = 16
_SEQUENTIAL = frozenset({0xC0, 0xC1, 0xC9})
_PROGRESSIVE = frozenset({0xC2, 0xCA})
_END = b"\xff\xd9"
#: what ends entropy-coded data: a marker, and no stuffed zero, restart or filler
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_COEFFICIENTS = 64
#: where a frame's header says how many components there are; and the symbol of F.1.2.2.1
_COMPONENTS, _SIXTEEN_ZEROS = 5, 0xF0
#: a file with more is made to hurt
_MOST_SEGMENTS = 10_000
_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes")
#: warnings of libjpeg after which something is not shown
_LOST = ("premature end of data segment", "bad huffman code", "instead of rst", "bogus")


@dataclass(slots=True)
class Scans:
    """What the markers of a JPEG say of its data."""

    #: from behind the first scan's header up to the end of the last scan's data
    start: int
    end: int
    has_end_mark: bool
    is_progressive: bool = False
    #: by component and coefficient, how many of the lowest bits are still to come
    missing: dict[tuple[int, int], int] = field(default_factory=dict)
    components: int = 0
    #: by class (0: DC, 1: AC) and number, what a table's code of zeros stands for
    zero_codes: dict[tuple[int, int], int] = field(default_factory=dict)
    #: in the last scan, many zeros are nothing but a plain surface
    may_have_zeros: bool = True
    #: a scan has zeros that no encoder writes
    has_impossible_zeros: bool = False

    @property
    def is_complete(self) -> bool:
        """Tell whether every coefficient was sent to its last bit; always so where there is one pass alone."""
        if not self.is_progressive:
            return True
        return len(self.missing) >= self.components * _COEFFICIENTS and not any(self.missing.values())


def scans_of(content: bytes) -> Scans | None:
    """Walk the markers of a JPEG up to its end mark, or to where they stop; None where no scan begins."""
    at, found = 2, Scans(0, 0, has_end_mark=False)
    for _ in range(_MOST_SEGMENTS):
        marker, at = _next_marker(content, at)
        if marker in {None, _SOI, _EOI}:
            break
        size = int.from_bytes(content[at : at + 2], "big")
        body = content[at + 2 : at + size]
        at += max(size, 2)
        if marker in _SEQUENTIAL | _PROGRESSIVE:
            found.is_progressive = marker in _PROGRESSIVE
            found.components = body[_COMPONENTS] if len(body) > _COMPONENTS else 0
        elif marker == _DHT:
            found.zero_codes |= _zero_codes(body)
        elif marker == _SOS:
            after = _MARKER.search(content, at)
            found.start, found.end = found.start or at, after.start() if after else len(content)
            _note(found, body)
            # zeros up to the end of the file are no part of the data, if it was whole before them
            told = found.end if after else at + len(content[at:].rstrip(b"\0"))
            found.may_have_zeros = not _cannot_have_zeros(found, body)
            if content.find(RUN, at, told) >= 0 and not found.may_have_zeros:
                found.has_impossible_zeros = True
            at = found.end
    found.has_end_mark = content[at - 2 : at] == _END
    return found if found.start else None


def _zero_codes(tables: bytes) -> dict[tuple[int, int], int]:
    found = {}
    while len(tables) > 1 + _LENGTHS:
        count = sum(tables[1 : 1 + _LENGTHS])
        found[tables[0] >> 4, tables[0] & 15] = tables[1 + _LENGTHS]
        tables = tables[1 + _LENGTHS + count :]
    return found


def _cannot_have_zeros(scans: Scans, header: bytes) -> bool:
    """Tell whether many zeros in a scan would be more than "no change" and "no more coefficients"."""
    count = header[0] if header else 0
    if len(header) < 4 + 2 * count:
        return False
    first, passes = header[1 + 2 * count], header[3 + 2 * count]
    if passes >> 4:
        # a later pass sends bits as they are
        return False
    tables = [header[2 + 2 * number] for number in range(count)]
    if scans.is_progressive and first == 0:
        return any(scans.zero_codes.get((0, each >> 4), 0) for each in tables)
    return any(not _ends_block(scans, scans.zero_codes.get((1, each & 15), 0)) for each in tables)


def _ends_block(scans: Scans, symbol: int) -> bool:
    return symbol == 0 or (scans.is_progressive and symbol & 15 == 0 and symbol != _SIXTEEN_ZEROS)


def _next_marker(content: bytes, at: int) -> tuple[int | None, int]:
    found = _MARKER.search(content, at)
    return (content[found.end() - 1], found.end()) if found else (None, len(content))


def _note(scans: Scans, header: bytes) -> None:
    """Note which coefficients a scan brings (G.1.1.1.1)."""
    count = header[0] if header else 0
    if len(header) < 4 + 2 * count:
        return
    first, last, low = header[1 + 2 * count], header[2 + 2 * count], header[3 + 2 * count] & 15
    for number in range(count):
        for coefficient in range(first, min(last, _COEFFICIENTS - 1) + 1):
            scans.missing[header[1 + 2 * number], coefficient] = low


def with_end_mark(content: bytes, scans: Scans) -> Sequence[bytes]:
    """Give what a picture that lacks its end mark may be: with all bytes that there are, or without zeros behind it."""
    data = content[: scans.end]
    bare = data.rstrip(b"\0")
    # the first zero may be the last code's own
    shorter = content[: len(bare) + 1] if len(data) - len(bare) >= len(RUN) else data
    found = [data, shorter] if scans.may_have_zeros else [shorter]
    return [each.removesuffix(b"\xff") + _END for each in found]


def is_part_lost(content: bytes, scans: Scans, warning: str) -> bool:
    """Judge a JPEG with an end mark by the decoder's last warning."""
    said = warning.casefold()
    if scans.has_impossible_zeros or any(words in said for words in _LOST):
        return True
    if not said or content.find(RUN, scans.start, scans.end) < 0:
        return False
    if too_many := _EXTRANEOUS.search(said):
        # what stands in front of the end mark may be filler: its run is as long as what was left over
        data = content[scans.start : scans.end]
        return int(too_many[1]) > len(data) - len(data.rstrip(b"\0"))
    return True
