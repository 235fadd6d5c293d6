"""A photo to publish, its files, and what ExifTool, which is not ours, reads in them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from lightgate.adapters.pixels.renditions import renditions
from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import Position, Status
from lightgate.ports.website import Rendition
from lightgate.settings import Profile
from support.programs import needs

#: with nothing but what a photo cannot do without
BARE = Photo(
    id=1,
    set_id=1,
    set_slug="s",
    position=Position("publish", Status.RUNNING),
    version=1,
    original_file_name="a.jpg",
    relative_path="a.jpg",
    content_hash="0" * 64,
    size_bytes=1,
    suffix=".jpg",
    subject="S",
    location="L",
    folder="F",
    file_name="S_L_F_001.JPG",
)


def published(original: Path, photo: Photo, **told: object) -> dict[str, Rendition]:
    """Make the files of a photo with a profile that says so, by kind."""
    return {each.kind: each for each in renditions(Profile.model_validate(told)).render(original, photo)}


def told_by(file: Path, *options: str) -> dict[str, object]:
    """Read a file with ExifTool, names with their groups."""
    command = [needs("exiftool"), "-json", "-G1", "-struct", "-charset", "iptc=UTF8", *options, file]
    (found,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def read(folder: Path, rendition: Rendition, *options: str) -> dict[str, object]:
    """Read what was made with ExifTool."""
    file = folder / f"published.{rendition.format}"
    file.write_bytes(rendition.content)
    return told_by(file, *options)
