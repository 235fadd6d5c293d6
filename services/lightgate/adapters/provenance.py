"""What an original says of how it came about: its digital source type, and whether it carries Content Credentials.

Source: IPTC Photo Metadata Standard 2021.1 §Digital Source Type; C2PA specification 2.1 §A.3 (where manifests lie).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

#: metadata lies before the pixels; a manifest begins within this
_LOOKED_AT_BYTES = 4 * 1024 * 1024
_SOURCE_TYPE = re.compile(
    rb"Iptc4xmpExt:DigitalSourceType\s*(?:=\s*[\"']|>\s*)(https?://cv\.iptc\.org/newscodes/digitalsourcetype/[A-Za-z]{1,80})"
)
#: JPEG puts a JUMBF box into APP11, PNG names a chunk, WebP too, BMFF files carry a box
_CREDENTIALS = (b"jumbc2pa", b"jumdc2pa", b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71", b"caBX", b"C2PA")
_JUMBF = re.compile(rb"\xff\xeb..JP", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of the original."""

    #: address of a term of cv.iptc.org
    digital_source_type: str | None = None
    has_credentials: bool = False


def provenance_of(original: Path) -> Provenance:
    """Read it from the first bytes; a file that cannot be read says nothing."""
    try:
        with original.open("rb") as opened:
            head = opened.read(_LOOKED_AT_BYTES)
    except OSError:
        return Provenance()
    found = _SOURCE_TYPE.search(head)
    return Provenance(found[1].decode() if found else None, _has_credentials(head))


def _has_credentials(head: bytes) -> bool:
    if head.startswith(b"\xff\xd8"):
        return bool(_JUMBF.search(head)) and b"c2pa" in head
    return any(mark in head for mark in _CREDENTIALS)
