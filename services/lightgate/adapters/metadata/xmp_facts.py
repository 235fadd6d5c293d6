"""What an XMP packet says of how a picture was taken: the PNG files of Lightroom have no EXIF beside it.

Source: CIPA DC-010 (EXIF in XMP), Adobe XMP specification part 2 (tiff, exif and aux namespaces).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from xml.etree.ElementTree import Element

from lightgate.adapters.metadata.containers import values
from lightgate.adapters.metadata.containers.values import Moment
from lightgate.adapters.metadata.xmp import simple
from lightgate.domain.photo import Exif

_TIFF = "{http://ns.adobe.com/tiff/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_EXIF_EX = "{http://cipa.jp/exif/1.0/}"
_AUX = "{http://ns.adobe.com/exif/1.0/aux/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"

#: the moment of exposure, then the one that a person set for the picture, as on a scanned slide
_TAKEN = (f"{_EXIF}DateTimeOriginal", f"{_PHOTOSHOP}DateCreated")

#: short enough that no power of ten takes long
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12}|/\d{1,12})?", re.ASCII)
#: degrees and minutes with a fraction, or whole seconds, and the direction
_ANGLE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])", re.ASCII)


def facts_in(root: Element | None) -> Exif:
    """Read what the packet says, without the time."""
    make, model = simple(root, f"{_TIFF}Make", 100) or None, simple(root, f"{_TIFF}Model", 100) or None
    return Exif(
        make=make,
        model=model,
        camera=values.camera(make, model),
        lens_model=values.lens(simple(root, f"{_EXIF_EX}LensModel")) or values.lens(simple(root, f"{_AUX}Lens")),
        exposure=values.exposure(_number(simple(root, f"{_EXIF}ExposureTime"))),
        aperture=values.aperture(_number(simple(root, f"{_EXIF}FNumber"))),
        iso=_iso(root),
        focal_length_mm=values.focal_length(_number(simple(root, f"{_EXIF}FocalLength"))),
        focal_length_35mm_mm=values.focal_length_35mm(_number(simple(root, f"{_EXIF}FocalLengthIn35mmFilm"))),
        has_gps=coordinates_in(root) is not None,
    )


def taken_in(root: Element | None) -> Iterator[Moment]:
    """Read when the picture was taken, wherever that is said; the day on which the file was made does not count."""
    return (found for name in _TAKEN if (found := values.iso_moment(simple(root, name))))


def coordinates_in(root: Element | None) -> tuple[float, float] | None:
    """Read degrees north and east."""
    north = _angle(simple(root, f"{_EXIF}GPSLatitude"), 90)
    east = _angle(simple(root, f"{_EXIF}GPSLongitude"), 180)
    return None if north is None or east is None else values.position(north, east)


def _iso(root: Element | None) -> int | None:
    names = (f"{_EXIF}ISOSpeedRatings", f"{_EXIF_EX}PhotographicSensitivity")
    return next((found for name in names if (found := values.iso(_number(simple(root, name))))), None)


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return float(Fraction(text))
    except ZeroDivisionError:
        return None


def _angle(text: str, limit: float) -> float | None:
    found = _ANGLE.fullmatch(text)
    if not found:
        return None
    degrees, minutes, seconds, direction = found.groups()
    angle = values.degrees((float(degrees), float(minutes), float(seconds or 0)), limit)
    return None if angle is None else -angle if direction in "SW" else angle
