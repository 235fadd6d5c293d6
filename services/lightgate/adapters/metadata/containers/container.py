"""What lies around the pixels of one file, as it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lightgate.adapters.metadata.containers.tiff import Tags


@dataclass(frozen=True, slots=True)
class Container:
    """One file, its metadata not yet understood."""

    format: str
    width_px: int
    height_px: int
    tags: Tags
    xmp: bytes = b""
    iptc: bytes = b""
    #: MD5 of the IPTC block as the last program that knows XMP wrote it; empty where none did
    iptc_digest: bytes = b""
    #: of a PNG, by keyword
    texts: Mapping[str, str] = field(default_factory=dict)
    #: EXIF's, by which the decoded pixels are still to be turned; None: what the tags say
    orientation: int | None = None
