"""Whether a compressed TIFF holds all of its picture; in one that is not compressed, zeros are black pixels.

A run of zeros proves damage to strips whose code cannot say it: LZW (TIFF 6.0 §13: the code of one black sample, again
and again, though longer ones were learnt) and PackBits (§9). Deflate and JPEG are asked for their sums and warnings.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import simplejpeg

from lightgate.adapters.metadata.containers.tiff import DAMAGE, read_tags
from lightgate.adapters.metadata.containers.tiff_tail import strips_of
from lightgate.adapters.pixels.whole.jpeg import is_part_lost as is_lost_jpeg
from lightgate.adapters.pixels.whole.jpeg import scans_of
from lightgate.adapters.pixels.whole.zeros import Content, ends_in_zeros, first_run, mapped

_COMPRESSION, _TABLES = 259, 347
_NONE, _LZW, _JPEG, _PACKBITS = 1, 5, 7, 32773
_DEFLATE = frozenset({8, 32946})
_FILL_ORDER, _REVERSED = 266, 2
#: what is unpacked is looked at by its sum alone
_PIECE_BYTES = 1 << 20


def is_part_lost(original: Path) -> bool:
    """Look at the strips or tiles of the first picture."""
    with original.open("rb") as stream:
        try:
            tags = read_tags(stream).ifd0
        except DAMAGE:
            return False
    compression = _first(tags.get(_COMPRESSION)) or _NONE
    if compression == _NONE or _first(tags.get(_FILL_ORDER)) == _REVERSED:
        return False
    tables = tags.raw(_TABLES)
    with mapped(original) as content:
        return any(
            first_run(content, start, end) is not None and _is_lost(content, start, end, compression, tables)
            for start, end in strips_of(tags, len(content))
        )


def _first(told: object) -> object:
    return told[0] if isinstance(told, tuple) and told else told


def _is_lost(content: Content, start: int, end: int, compression: object, tables: bytes) -> bool:
    if compression in {_LZW, _PACKBITS}:
        return True
    data = bytes(content[start:end])
    if compression in _DEFLATE:
        return not _inflates(data)
    if compression == _JPEG:
        return ends_in_zeros(content, start, end) or _is_lost_jpeg(tables[:-2] + data[2:] if tables else data)
    return False


def _inflates(data: bytes) -> bool:
    stream = zlib.decompressobj()
    try:
        while data and not stream.eof:
            stream.decompress(data, _PIECE_BYTES)
            data = stream.unconsumed_tail
    except zlib.error:
        return False
    return stream.eof


def _is_lost_jpeg(data: bytes) -> bool:
    scans = scans_of(data)
    try:
        simplejpeg.decode_jpeg(data, colorspace="GRAY", strict=True)
    except ValueError as error:
        return scans is not None and is_lost_jpeg(data, scans, str(error))
    return False
