"""IPTC-IIM inside Photoshop's image resources, where most programs keep it.

Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks"; a JPEG has them in as many APP13
segments as they need, cut wherever one is full.
"""

from __future__ import annotations

from collections.abc import Iterator

#: what an APP13 segment with resources begins with
SEGMENT_MARK = b"Photoshop 3.0\0"
_IPTC, _DIGEST = 0x0404, 0x0425
_DIGEST_BYTES = 16
_HEAD = b"8BIM"


def iptc_in(resources: bytes) -> bytes:
    """Give the IPTC-IIM data sets of all blocks, as far as they are sound."""
    return b"".join(content for number, content in _blocks(resources) if number == _IPTC)


def digest_in(resources: bytes) -> bytes:
    """Give what the block's MD5 was when XMP and IPTC were last written together (MWG guidelines 2.0 §3.3)."""
    return next((content for number, content in _blocks(resources) if number == _DIGEST), b"")[:_DIGEST_BYTES]


def _blocks(resources: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while resources[at : at + 4] == _HEAD:
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        # a name with its length in front, both together even
        size_at = at + 6 + (resources[at + 6 : at + 7] or b"\0")[0] // 2 * 2 + 2
        begin = size_at + 4
        end = begin + int.from_bytes(resources[size_at:begin], "big")
        if begin > len(resources) or end > len(resources):
            return
        yield number, resources[begin:end]
        at = end + (end - begin) % 2
