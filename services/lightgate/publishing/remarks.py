"""What a person should know of a photo before it goes out: what stays at home, what cannot be kept, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lightgate.adapters.original import read_original
from lightgate.adapters.provenance import Provenance
from lightgate.domain.photo import Photo
from lightgate.domain.rights import is_unnamed
from lightgate.site import Website

#: terms of cv.iptc.org for pictures that a model made, wholly or in part
_GENERATED = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
    "compositeSynthetic",
)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know."""

    #: snake_case, stable
    code: str
    #: ``warn``, or ``note`` where nothing has to be done
    severity: str
    #: a sentence
    message: str


def remarks(photo: Photo, original: Path, website: Website) -> Iterator[Remark]:
    """Look at a photo and the header of its original."""
    if reason := website.why_not(photo):
        yield Remark("not_publishable", "warn", reason)
    elif any(is_unnamed(photo, each) for each in website.rights):
        said = "Neither the file nor publish.rights.creator names who made this picture: its notice has no name."
        yield Remark("maker_unnamed", "warn", said)
    yield from _of_origin(read_original(original).provenance)
    if photo.exif.has_gps and "position" in website.disclosed:
        yield Remark("position_published", "warn", "The file holds its GPS position, which the settings publish.")
    elif photo.exif.has_gps:
        yield Remark("position_removed", "note", "The file holds its GPS position, which is not published.")


def _of_origin(found: Provenance) -> Iterator[Remark]:
    term = (found.digital_source_type or "").rpartition("/")[2]
    if term in _GENERATED:
        said = "The file says that a model made this picture, wholly or in part; that goes out with it"
        yield Remark("generated", "warn", f"{said} ({term}).")
    if found.has_credentials:
        said = "The original carries Content Credentials (C2PA), which files made from it cannot keep."
        yield Remark("credentials_lost", "warn", said)
