"""Metadata segments of a JPEG file: our EXIF, XMP and IPTC-IIM put in place without touching a pixel.

Source: ITU-T T.81 annex B (markers), EXIF 2.32 §4.5.4, XMP specification part 3 §1.1.3.
"""

from __future__ import annotations

import struct

from lightgate.errors import TextTooLong

_START = b"\xff\xd8"
_APP1 = b"\xff\xe1"
_APP13 = b"\xff\xed"
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
#: a segment's length field has two bytes and counts itself
_MAX_PAYLOAD_BYTES = 0xFFFF - 2


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
