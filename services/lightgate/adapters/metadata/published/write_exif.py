"""The EXIF block of a published file: when and with what it was taken, and whose it is. Nothing else gets in.

Built from our own facts and never copied from the original, so that positions, serial numbers, owner names and
maker notes cannot slip through; the first three go out only where the owner says so.
Source: EXIF 2.32 (CIPA DC-008-2019), tables 4 and 7.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from lightgate.adapters.metadata.published.disclosed import Original
from lightgate.domain.photo import Exif, Photo
from lightgate.domain.written_time import exif_time

_SRGB = 1
_INCH = 2
_CENTRED = 1
_SCREEN_DPI = 72
#: tag 0x8827 is a SHORT; EXIF 2.32 §4.6.5 has 65535 for anything above
_MAX_ISO = 65535
_MAX_DENOMINATOR = 1_000_000


class _Utf8(str):
    """Text for a tag whose type Pillow does not know: it writes bytes as numbers there, and text as ASCII."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return super().encode("utf-8", "ignore")


_Value = str | bytes | list[bytearray] | int | IFDRational | None


def exif_block(photo: Photo, width_px: int, height_px: int, original: Original | None = None) -> bytes:
    """Write the block, with its ``Exif`` prefix; orientation is left out, since the pixels are upright.

    Args:
        original: what of the original's own words goes out, see ``published.disclosed``.
    """
    block, original = Image.Exif(), original or Original()
    block.update(_present(_file_tags(photo)))
    block.get_ifd(IFD.Exif).update(_present({**_picture_tags(photo.exif, width_px, height_px), **_owned(original)}))
    if original.position is not None:
        block.get_ifd(IFD.GPSInfo).update(_position(*original.position))
    return block.tobytes()


def _owned(original: Original) -> dict[int, _Value]:
    return {
        Base.CameraOwnerName: _ascii(original.owner),
        Base.BodySerialNumber: _ascii(original.body_serial),
        Base.LensSerialNumber: _ascii(original.lens_serial),
    }


def _position(north: float, east: float) -> dict[int, Any]:
    return {
        GPS.GPSVersionID: b"\x02\x03\x00\x00",
        GPS.GPSLatitudeRef: "N" if north >= 0 else "S",
        GPS.GPSLatitude: _degrees(north),
        GPS.GPSLongitudeRef: "E" if east >= 0 else "W",
        GPS.GPSLongitude: _degrees(east),
    }


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Write degrees, minutes and seconds."""
    minutes, degrees = math.modf(abs(value))
    seconds, minutes = math.modf(minutes * 60)
    return IFDRational(int(degrees)), IFDRational(int(minutes)), IFDRational(round(seconds * 600_000), 10_000)


def _file_tags(photo: Photo) -> dict[int, _Value]:
    return {
        Base.Make: _utf8(photo.exif.make),
        Base.Model: _utf8(photo.exif.model),
        Base.Artist: _utf8(photo.rights.creator),
        Base.Copyright: _utf8(photo.rights.copyright),
        Base.XResolution: IFDRational(_SCREEN_DPI),
        Base.YResolution: IFDRational(_SCREEN_DPI),
        Base.ResolutionUnit: _INCH,
        Base.YCbCrPositioning: _CENTRED,
    }


def _picture_tags(exif: Exif, width_px: int, height_px: int) -> dict[int, _Value]:
    return {
        Base.ExifVersion: b"0232",
        # Pillow writes bytes as numbers here, and what it cannot place as bytes
        Base.ComponentsConfiguration: [bytearray(b"\x01\x02\x03\x00")],
        Base.FlashPixVersion: b"0100",
        Base.ColorSpace: _SRGB,
        Base.ExifImageWidth: width_px,
        Base.ExifImageHeight: height_px,
        Base.DateTimeOriginal: exif_time(exif.date_time),
        Base.SubsecTimeOriginal: _ascii(exif.sub_seconds),
        Base.OffsetTimeOriginal: _ascii(exif.offset),
        Base.LensModel: _Utf8(text) if (text := (exif.lens_model or "").replace("\0", "")) else None,
        Base.ExposureTime: _rational(exif.exposure),
        Base.FNumber: _rational(exif.aperture),
        Base.ISOSpeedRatings: min(exif.iso, _MAX_ISO) if exif.iso else None,
        Base.FocalLength: _ratio(Fraction(exif.focal_length_mm)) if exif.focal_length_mm else None,
        Base.FocalLengthIn35mmFilm: exif.focal_length_35mm_mm or None,
    }


def _present(tags: dict[int, _Value]) -> dict[int, _Value]:
    return {int(tag): value for tag, value in tags.items() if value is not None}


def _utf8(text: str | None) -> bytes | None:
    """Write text as UTF-8, which readers expect in EXIF in spite of its name for it (MWG guidelines 2.0 §3.2)."""
    return (text or "").replace("\0", "").encode("utf-8", "ignore") or None


def _ascii(text: str | None) -> str | None:
    return (text or "").replace("\0", "").encode("ascii", "replace").decode() or None


def _rational(text: str | None) -> IFDRational | None:
    """Read ``1/250 sec``, ``2.5 sec`` or ``f/5.6``."""
    found = re.search(r"\d+(?:\.\d+)?(?:/[1-9]\d*)?", (text or "").removeprefix("f/"), re.ASCII)
    if not found:
        return None
    top, _, bottom = found[0].partition("/")
    return _ratio(Fraction(top) / Fraction(bottom or 1))


def _ratio(exact: Fraction) -> IFDRational:
    value = exact.limit_denominator(_MAX_DENOMINATOR)
    return IFDRational(value.numerator, value.denominator)
