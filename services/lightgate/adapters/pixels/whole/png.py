"""Whether a PNG holds all of its picture: every chunk of pixels has a check, but decoders go on where it is wrong.

Source: PNG 3rd edition §5.3 (chunks).
"""

from __future__ import annotations

import struct
import zlib

from lightgate.adapters.pixels.whole.zeros import Content, first_run

_FIRST_CHUNK, _CHUNK, _CHECK_BYTES = 8, struct.Struct(">I4s"), 4
_PIXELS, _NAME_BYTES = b"IDAT", 4


def is_part_lost(content: Content) -> bool:
    """Look at a whole file: are there zeros in its pixels that were not written there?"""
    at = _FIRST_CHUNK
    while at + _CHUNK.size <= len(content):
        size, name = _CHUNK.unpack(content[at : at + _CHUNK.size])
        end = at + _CHUNK.size + size
        if name == _PIXELS and first_run(content, at + _CHUNK.size, min(end, len(content))) is not None:
            with memoryview(content) as view, view[at + _NAME_BYTES : end] as told:
                check = zlib.crc32(told)
            if content[end : end + _CHECK_BYTES] != check.to_bytes(_CHECK_BYTES, "big"):
                return True
        at = end + _CHECK_BYTES
    return False
