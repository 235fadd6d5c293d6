"""Metadata segments of a JPEG file: our EXIF, XMP and IPTC-IIM put in place without touching a pixel.

Source: ITU-T T.81 annex B (markers), EXIF 2.32 §4.5.4, XMP specification part 3 §1.1.3.
"""

from __future__ import annotations

import io
import struct
from typing import IO

from lightgate.errors import TextTooLong

_START = b"\xff\xd8"
_APP1 = b"\xff\xe1"
_APP13 = b"\xff\xed"
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
#: a segment's length field has two bytes and counts itself
_MAX_PAYLOAD_BYTES = 0xFFFF - 2
#: EXIF, XMP, a colour profile, and Photoshop's blocks with IPTC
_OURS = ((0xE1, b""), (0xE2, b"ICC_PROFILE\0"), (0xED, b"Photoshop 3.0\0"))
_APPLICATIONS, _COMMENT, _SCAN = range(0xE0, 0xF0), 0xFE, 0xDA
_MOST_SEGMENTS = 10_000


def without_rubbish(stream: IO[bytes]) -> IO[bytes]:
    """Give the head of a JPEG, up to its first scan, without the segments of other programs: any may be damaged."""
    kept = [stream.read(2)]
    for _ in range(_MOST_SEGMENTS):
        mark, size = stream.read(2), stream.read(2)
        if len(size) < len(mark) or mark[:1] != b"\xff" or mark[1] == _SCAN:
            break
        body = stream.read(max(0, int.from_bytes(size, "big") - 2))
        is_other = mark[1] in _APPLICATIONS and not any(
            mark[1] == number and body.startswith(begin) for number, begin in _OURS
        )
        if not is_other and mark[1] != _COMMENT:
            kept.append(mark + size + body)
    # a reader wants to see a scan, but does not read it
    return io.BytesIO(b"".join(kept) + b"\xff\xda\x00\x02")


def with_metadata(jpeg: bytes, exif: bytes, xmp: bytes, iim: bytes = b"") -> bytes:
    """Put EXIF, XMP and IPTC-IIM right behind the start of a JPEG that has none of them.

    Raises:
        TextTooLong: the texts do not fit into one segment.
    """
    segments = _segment(_APP1, exif) + _segment(_APP1, _XMP_HEADER + xmp) + (_segment(_APP13, iim) if iim else b"")
    return _START + segments + jpeg[len(_START) :]


def _segment(marker: bytes, payload: bytes) -> bytes:
    if len(payload) > _MAX_PAYLOAD_BYTES:
        raise TextTooLong(size_bytes=len(payload), limit_bytes=_MAX_PAYLOAD_BYTES)
    return marker + struct.pack(">H", len(payload) + 2) + payload
