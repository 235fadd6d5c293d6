"""What a person should know of a photo before it goes out: what stays at home, what cannot be kept, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from lightgate.adapters.metadata.containers.tiff_tail import share_of_zeros_at_end
from lightgate.adapters.metadata.formats import TIFF
from lightgate.adapters.metadata.published.disclosed import read_original
from lightgate.adapters.metadata.published.provenance import Provenance
from lightgate.domain.approval.rights import is_unnamed
from lightgate.domain.photo import Photo
from lightgate.ports.website import Terms

#: terms of cv.iptc.org for pictures that a model made, wholly or in part
_GENERATED = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
    "compositeSynthetic",
)
Found = TypeVar("Found")

#: share of a picture at its end that a person should look at
_MUCH = 0.01


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know."""

    #: snake_case, stable
    code: str
    #: ``warn``, or ``note`` where nothing has to be done
    severity: str
    #: a sentence
    message: str


def remarks(photo: Photo, original: Path, terms: Terms) -> Iterator[Remark]:
    """Look at a photo and the header of its original."""
    if reason := terms.why_not(photo):
        yield Remark("not_publishable", "warn", reason)
    elif any(is_unnamed(photo, each) for each in terms.rights):
        said = "Neither the file nor publish.rights.creator names who made this picture: its notice has no name."
        yield Remark("maker_unnamed", "warn", said)
    if terms.is_small(photo):
        (width, height), own = terms.full_px, f"{photo.exif.width} \u00d7 {photo.exif.height}"
        said = f"The picture has {own} pixels, fewer than the {width} \u00d7 {height} of the website"
        yield Remark("small_picture", "note", f"{said}: it is published at its own size, not enlarged.")
    if photo.exif.format == TIFF and (share := _state_of(original, _zeros_at_end) or 0) >= _MUCH:
        said = f"The last {share:.0%} of this TIFF's pixels are zero bytes, as an interrupted copy leaves them"
        yield Remark("zeros_at_end", "note", f"{said}: look whether the picture is whole.")
    yield from _of_origin(_state_of(original, _read) or Provenance())
    if photo.exif.has_gps and "position" in terms.disclosed:
        yield Remark("position_published", "warn", "The file holds its GPS position, which the settings publish.")
    elif photo.exif.has_gps:
        yield Remark("position_removed", "note", "The file holds its GPS position, which is not published.")


def _state_of(original: Path, read: Callable[[Path, tuple[int, int]], Found]) -> Found | None:
    """Read one state of a file; None where it is gone."""
    try:
        found = original.stat()
        return read(original, (found.st_mtime_ns, found.st_size))
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _zeros_at_end(original: Path, state: tuple[int, int]) -> float:
    return share_of_zeros_at_end(original)


@lru_cache(maxsize=4096)
def _read(original: Path, state: tuple[int, int]) -> Provenance:
    """Read one state of a file: a page shows dozens, and asks for the same again and again."""
    return read_original(original).provenance


def _of_origin(found: Provenance) -> Iterator[Remark]:
    term = (found.digital_source_type or "").rpartition("/")[2]
    if term in _GENERATED:
        said = "The file says that a model made this picture, wholly or in part; that goes out with it"
        yield Remark("generated", "warn", f"{said} ({term}).")
    if found.has_credentials:
        said = "The original carries Content Credentials (C2PA), which files made from it cannot keep."
        yield Remark("credentials_lost", "warn", said)
