"""Whether a WebP holds all of its picture.

Its decoder takes zeros for data, and stops where the picture is full. A sound stream is needed to its last bytes, so
one that holds a run of zeros and can be decoded without its end has bytes that are not its own.
Source: RFC 6386 §7 (the decoder of booleans), RFC 9649 §2 (containers).
"""

from __future__ import annotations

import io
import struct

from PIL import Image

from lightgate.adapters.pixels.whole.zeros import Content, first_run

_FIRST_CHUNK, _CHUNK = 12, struct.Struct("<4sI")
_PICTURES = frozenset({b"VP8 ", b"VP8L"})
_MOST_CHUNKS = 10_000
#: encoders were seen to write up to four bytes that are not needed
_SLACK_BYTES = 16


def is_part_lost(content: Content) -> bool:
    """Look at a whole file; of an animation, at nothing."""
    picture = _picture(content)
    if picture is None or first_run(content, *picture[1:]) is None:
        return False
    name, start, end = picture
    data = bytes(content[start:end])
    return _is_decodable(name, data[:-_SLACK_BYTES]) or not _is_decodable(name, data)


def _picture(content: Content) -> tuple[bytes, int, int] | None:
    """Find the chunk with the pixels: its name, where its data begins, and where it ends."""
    at = _FIRST_CHUNK
    for _ in range(_MOST_CHUNKS):
        if at + _CHUNK.size > len(content):
            break
        name, size = _CHUNK.unpack(content[at : at + _CHUNK.size])
        start = at + _CHUNK.size
        if name in _PICTURES:
            return name, start, min(start + size, len(content))
        at = start + size + size % 2
    return None


def _is_decodable(name: bytes, data: bytes) -> bool:
    chunk = _CHUNK.pack(name, len(data)) + data + bytes(len(data) % 2)
    file = _CHUNK.pack(b"RIFF", 4 + len(chunk)) + b"WEBP" + chunk
    try:
        with Image.open(io.BytesIO(file)) as picture:
            picture.load()
    except (OSError, ValueError, SyntaxError):
        return False
    return True
