"""What an original says of how it came about: its digital source type, and whether it carries Content Credentials.

Source: IPTC Photo Metadata Standard 2021.1 §Digital Source Type; C2PA specification 2.1 §A.3 (where manifests lie).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: metadata lies before the pixels; a manifest begins within this
_LOOKED_AT_BYTES = 4 * 1024 * 1024
#: the IPTC's terms
SOURCE_TYPES = ("http://cv.iptc.org/newscodes/digitalsourcetype/", "https://cv.iptc.org/newscodes/digitalsourcetype/")
_SOURCE_TYPE_NAME = b"Iptc4xmpExt:DigitalSourceType"
_SOURCE_TYPE = re.compile(
    _SOURCE_TYPE_NAME + rb"\s*(?:=\s*[\"']|>\s*)(https?://cv\.iptc\.org/newscodes/digitalsourcetype/[A-Za-z]{1,80})"
)
#: JPEG puts a JUMBF box into APP11, PNG names a chunk, WebP too, BMFF files carry a box
_CREDENTIALS = (b"jumbc2pa", b"jumdc2pa", b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71", b"caBX")
_BMFF_MANIFEST = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_JUMBF = re.compile(rb"\xff\xeb..JP", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of the original."""

    #: address of a term of cv.iptc.org
    digital_source_type: str | None = None
    has_credentials: bool = False


def provenance_of(original: Path) -> Provenance:
    """Read it without decoding; a file that cannot be read says nothing."""
    try:
        with original.open("rb") as opened:
            head = opened.read(_LOOKED_AT_BYTES)
            # a plain search is many times quicker than the pattern, and mostly finds nothing
            found = _SOURCE_TYPE.search(head) if _SOURCE_TYPE_NAME in head else None
            return Provenance(found[1].decode() if found else None, _has_credentials(head, opened))
    except OSError:
        return Provenance()


def _has_credentials(head: bytes, opened: IO[bytes]) -> bool:
    if head.startswith(b"\xff\xd8"):
        return b"c2pa" in head and bool(_JUMBF.search(head))
    if head[:4] == b"RIFF":
        # WebP has it behind the pixels
        return any(name == b"C2PA" for name, _ in _riff_chunks(opened))
    if head[4:8] == b"ftyp":
        return any(name == b"uuid" and content == _BMFF_MANIFEST for name, content in _boxes(opened))
    return any(mark in head for mark in _CREDENTIALS)


def _riff_chunks(opened: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    opened.seek(12)
    while len(header := opened.read(8)) == 8:
        yield header[:4], b""
        size = int.from_bytes(header[4:], "little")
        opened.seek(size + size % 2, os.SEEK_CUR)


def _boxes(opened: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Walk the outermost boxes of a BMFF file, with the first bytes of each."""
    at, end = 0, opened.seek(0, os.SEEK_END)
    opened.seek(0)
    while len(header := opened.read(32)) >= 8:
        size, large = int.from_bytes(header[:4], "big"), int.from_bytes(header[8:16], "big")
        yield header[4:8], header[8:24] if size != 1 else header[16:32]
        step = large if size == 1 else size
        if step < 8:
            return
        at += step
        if at >= end:
            return
        opened.seek(at)
