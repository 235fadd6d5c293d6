"""The tags of an EXIF block or a TIFF file, by directory, and the facts they hold.

Pillow reads the directories and decodes a tag only when it is asked for, so that a file with a million hostile
tags costs no more than the few that are listed here. The directories are never merged: a GPS tag and an
interoperability tag may have the same number.
"""

from __future__ import annotations

import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from PIL.TiffImagePlugin import ImageFileDirectory_v2

from lightgate.adapters import exif_values as values
from lightgate.domain.photo import Exif, Rights

#: everything that Pillow and pillow-heif have been seen to raise on damaged files
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)

#: bytes of a tag of numbers; larger ones are not decoded, since none of ours is
_MOST_BYTES = 4096
_AS_BYTES = frozenset({1, 2, 7})

_EXIF, _GPS = 0x8769, 0x8825
_IMAGE_DESCRIPTION, _MAKE, _MODEL, _ORIENTATION, _DATE_TIME = 0x010E, 0x010F, 0x0110, 0x0112, 0x0132
_ARTIST, _COPYRIGHT, _XP_KEYWORDS = 0x013B, 0x8298, 0x9C9E
_EXPOSURE_TIME, _F_NUMBER, _ISO, _ISO_SPEED, _RECOMMENDED_INDEX = 0x829A, 0x829D, 0x8827, 0x8833, 0x8832
_SHUTTER_SPEED, _APERTURE, _FOCAL_LENGTH, _FOCAL_LENGTH_35MM, _LENS_MODEL = 0x9201, 0x9202, 0x920A, 0xA405, 0xA434
_BIAS = 0x9204
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
#: (date and time, digits after the second, offset), the moment of exposure first; the last is the latest edit
_TIMES = ((0x9003, 0x9291, 0x9011), (0x9004, 0x9292, 0x9012), (_DATE_TIME, 0x9290, 0x9010))


class Directory:
    """One directory of tags; asking for a damaged one gives None."""

    def __init__(self, tags: ImageFileDirectory_v2) -> None:
        self._tags = tags

    def get(self, tag: int) -> object:
        """Decode one tag."""
        with quietly():
            try:
                return self._tags[tag] if self._is_small(tag) else None
            except DAMAGE:
                return None

    def raw(self, tag: int) -> bytes:
        """Give one tag's bytes as they stand in the file."""
        # Pillow's public side shows a value only decoded, and swaps the bytes of IPTC declared as numbers
        return self._tags._tagdata.get(tag, b"")

    def _is_small(self, tag: int) -> bool:
        return self._tags.tagtype[tag] in _AS_BYTES or len(self.raw(tag)) <= _MOST_BYTES


_NO_TAGS = Directory(ImageFileDirectory_v2())


@dataclass(frozen=True, slots=True)
class Tags:
    """The three directories that say something about the photograph."""

    ifd0: Directory = _NO_TAGS
    exif: Directory = _NO_TAGS
    gps: Directory = _NO_TAGS


def read_tags(block: IO[bytes], head: bytes = b"") -> Tags:
    """Read the directories of a TIFF structure: a whole file, or an EXIF block without its ``Exif`` mark.

    ``head`` takes the place of the first eight bytes, where a maker has its own mark in them.

    Raises:
        SyntaxError and others of ``DAMAGE``: there is no TIFF structure.
    """
    with quietly():
        head = head or block.read(8)
        if head[2:3] == b"+":
            head += block.read(8)
        first = ImageFileDirectory_v2(head)
        block.seek(first.next)
        first.load(block)
    ifd0 = Directory(first)
    return Tags(ifd0, _linked(block, head, ifd0, _EXIF), _linked(block, head, ifd0, _GPS))


def _linked(block: IO[bytes], head: bytes, ifd0: Directory, tag: int) -> Directory:
    place = ifd0.get(tag)
    if not isinstance(place, int) or place <= 0:
        return _NO_TAGS
    with quietly():
        try:
            tags = ImageFileDirectory_v2(head, group=tag)
            block.seek(place)
            tags.load(block)
        except DAMAGE:
            return _NO_TAGS
    return Directory(tags)


#: Python's warning filters are one for all threads, and intake reads headers in several
_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def quietly() -> Iterator[None]:
    """Silence what Pillow says about damaged files: we see it by what is missing."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def exif_from(tags: Tags, format_: str, width_px: int, height_px: int, *, is_turned: bool = False) -> Exif:
    """Read the facts; ``is_turned`` where the container's reader already turns the pixels (HEIF)."""
    ifd0, exif = tags.ifd0, tags.exif
    orientation = 1 if is_turned else values.orientation(ifd0.get(_ORIENTATION))
    width, height = (height_px, width_px) if orientation >= 5 else (width_px, height_px)
    taken, sub_seconds, offset = _time(tags)
    make, model = values.text(ifd0.get(_MAKE), 100), values.text(ifd0.get(_MODEL), 100)
    return Exif(
        date_time=taken,
        sub_seconds=sub_seconds,
        offset=offset,
        make=make,
        model=model,
        camera=values.camera(make, model),
        lens_model=values.lens(exif.get(_LENS_MODEL)),
        width=width or None,
        height=height or None,
        exposure=_exposure(exif),
        aperture=_aperture(exif),
        iso=_iso(exif),
        focal_length_mm=values.focal_length(exif.get(_FOCAL_LENGTH)),
        focal_length_35mm_mm=values.focal_length(exif.get(_FOCAL_LENGTH_35MM)),
        orientation=orientation,
        has_gps=_has_gps(tags.gps),
        format=format_,
    )


def bias_from(tags: Tags) -> float | None:
    """Read the exposure compensation in stops."""
    return values.stops(tags.exif.get(_BIAS))


def coordinates_from(tags: Tags) -> tuple[float, float] | None:
    """Read degrees north and east; a reference that is missing counts as north and east."""
    gps = tags.gps
    north, east = values.degrees(gps.get(_LATITUDE), 90), values.degrees(gps.get(_LONGITUDE), 180)
    if north is None or east is None or (north == 0 and east == 0):
        return None
    is_south, is_west = _letter(gps, _LATITUDE_REF) == "S", _letter(gps, _LONGITUDE_REF) == "W"
    return round(-north if is_south else north, 7), round(-east if is_west else east, 7)


def _letter(gps: Directory, tag: int) -> str:
    # Pillow gives tags that it has no description of as tuples
    found = gps.get(tag)
    return (values.text(found[0] if isinstance(found, tuple) and found else found) or "")[:1].upper()


def rights_from(tags: Tags) -> Rights:
    """Read who made the picture."""
    return Rights(values.text(tags.ifd0.get(_ARTIST), 300), values.text(tags.ifd0.get(_COPYRIGHT), 500))


def description_from(tags: Tags) -> str | None:
    """Read the caption in IFD0."""
    return values.text(tags.ifd0.get(_IMAGE_DESCRIPTION))


def keywords_from(tags: Tags) -> tuple[str, ...]:
    """Read the keywords that Windows writes: UTF-16, separated by semicolons."""
    raw = tags.ifd0.get(_XP_KEYWORDS)
    if not isinstance(raw, bytes):
        return ()
    return tuple(raw.decode("utf-16-le", "replace").split("\0", 1)[0].split(";"))


def _time(tags: Tags) -> tuple[str | None, str | None, str | None]:
    for when, fraction, zone in _TIMES:
        source = tags.ifd0 if when == _DATE_TIME else tags.exif
        if found := values.date_time(source.get(when)):
            return found, values.sub_seconds(tags.exif.get(fraction)), values.offset(tags.exif.get(zone))
    return None, None, None


def _exposure(exif: Directory) -> str | None:
    speed = values.number(exif.get(_SHUTTER_SPEED))
    return values.exposure(values.number(exif.get(_EXPOSURE_TIME))) or values.exposure(
        values.power_of_two(None if speed is None else -speed)
    )


def _aperture(exif: Directory) -> str | None:
    apex = values.number(exif.get(_APERTURE))
    return values.aperture(values.number(exif.get(_F_NUMBER))) or values.aperture(
        values.power_of_two(None if apex is None else apex / 2)
    )


def _iso(exif: Directory) -> int | None:
    return next((iso for tag in (_ISO, _ISO_SPEED, _RECOMMENDED_INDEX) if (iso := values.iso(exif.get(tag)))), None)


def _has_gps(gps: Directory) -> bool:
    return values.degrees(gps.get(_LATITUDE), 90) is not None and values.degrees(gps.get(_LONGITUDE), 180) is not None
