"""An audit of published pictures by readers that are not ours: what must be there, what must not, how they look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from support.pictures import MAKER_NOTE, OWNER, SERIAL
from support.published import told_by

PICTURES = (".jpg", ".webp", ".avif")
#: parts of names that ExifTool gives to what is private, and of its groups for what other programs append
_PRIVATE = (
    "GPS",
    "Serial",
    "OwnerName",
    "MakerNote",
    "Region",
    "Person",
    "City",
    "Country",
    "Sub-location",
    "Thumbnail",
)
_FOREIGN = ("MPF", "MPImage", "MotionPhoto", "Preview", "Trailer", "JUMBF", "JFXX", "IFD1")
_LEAKS = (SERIAL.encode(), OWNER.encode(), b"Paula Person", b"Limmatquai", MAKER_NOTE)
_RIGHTS = ("XMP-dc:Rights", "XMP-dc:Creator", "IFD0:Copyright", "IFD0:Artist")


def faults_in(root: Path) -> list[str]:
    """List what is wrong with the files below a folder."""
    return [fault for file in sorted(root.rglob("*")) if file.is_file() for fault in _faults_of(file)]


def _faults_of(file: Path) -> Iterator[str]:
    if file.suffix == ".json":
        told = json.loads(file.read_text("utf-8"))
        if not told["alt"].strip():
            yield f"{file.name}: the list has no alt text"
        return
    if file.suffix.casefold() not in PICTURES:
        yield f"{file.name} is no picture"
        return
    found, content = told_by(file, "-a", "-u"), file.read_bytes()
    is_jpeg = content.startswith(b"\xff\xd8")
    yield from (f"{file.name} tells {name}" for name in found if any(word in name for word in (*_PRIVATE, *_FOREIGN)))
    yield from (f"{file.name} holds {leak!r}" for leak in _LEAKS if leak in content)
    wanted = [*_RIGHTS, "XMP-iptcCore:AltTextAccessibility", *(["IPTC:CopyrightNotice"] if is_jpeg else [])]
    yield from (f"{file.name} lacks {name}" for name in wanted if not str(found.get(name, "")).strip(" []'"))
    if "sRGB" not in str(found.get("ICC_Profile:ProfileDescription")):
        yield f"{file.name} has no sRGB profile"
    # AVIF has a turn of its own, which ExifTool names Rotation
    if found.get("IFD0:Orientation", 1) not in {1, "Horizontal (normal)"} or found.get("Meta:Rotation", 0) not in {
        0,
        "0",
    }:
        yield f"{file.name} is turned by a tag"
    if is_jpeg and not content.endswith(b"\xff\xd9"):
        yield f"{file.name} goes on behind its end"
    with Image.open(file) as opened:
        if opened.mode != "RGB":
            yield f"{file.name} is {opened.mode}"
