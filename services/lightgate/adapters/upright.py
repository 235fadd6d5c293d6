"""An original as upright 8-bit sRGB pixels that fit a box, whatever container, bit depth or colour space it has.

Colours go through LittleCMS with relative colorimetric intent and black point compensation, from the embedded
profile where there is one. libvips shrinks while it decodes, so that memory stays small for large originals.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pyvips

from lightgate.errors import OriginalMissing, UnreadableImage

_ICC = "icc-profile-data"
#: ITU-T H.273 table 2: primaries of Display P3, which phones name without embedding a profile
_P3_PRIMARIES = 12
_WHITE = 255


def upright(original: Path, width_px: int, height_px: int) -> pyvips.Image:
    """Decode, turn, convert and shrink; never enlarge. The pixels lie in memory.

    Raises:
        UnreadableImage: damaged or cut short.
        OriginalMissing: there is no such file.
    """
    if not original.is_file():
        raise OriginalMissing
    try:
        return _flat(_in_srgb(_shrunk(original, width_px, height_px))).copy_memory()
    except (pyvips.Error, ValueError, RuntimeError, OSError) as error:  # the last three are pillow-heif's
        raise UnreadableImage(reason=_first_line(error)) from error


def _shrunk(original: Path, width_px: int, height_px: int) -> pyvips.Image:
    box: dict[str, Any] = {"height": height_px, "size": "down"}
    if pillow_heif.is_supported(original):
        return _from_heif(original).thumbnail_image(width_px, **box)
    header = pyvips.Image.new_from_file(str(original), fail_on="truncated")
    if header.interpretation == "cmyk":
        return _converted(header, "cmyk").thumbnail_image(width_px, **box)
    return pyvips.Image.thumbnail(str(original), width_px, fail_on="truncated", **box)


def _from_heif(original: Path) -> pyvips.Image:
    """Decode with libheif, which turns the pixels itself; a file's EXIF orientation does not count there."""
    picture = pillow_heif.open_heif(original, convert_hdr_to_8bit=True)
    image = pyvips.Image.new_from_array(np.asarray(picture)).copy(interpretation="srgb")
    profile = picture.info.get("icc_profile")
    primaries = (picture.info.get("nclx_profile") or {}).get("color_primaries")
    if not profile and primaries == _P3_PRIMARIES:
        profile = pyvips.Operation.call("profile_load", "p3")
    if profile:
        image.set_type(pyvips.GValue.blob_type, _ICC, bytes(profile))
    return image


def _in_srgb(image: pyvips.Image) -> pyvips.Image:
    if image.get_typeof(_ICC):
        return _converted(image, "srgb")
    return image.colourspace("srgb")


def _converted(image: pyvips.Image, fallback: str) -> pyvips.Image:
    """Convert from the embedded profile; one that does not fit the pixels is taken for the fallback."""
    return image.icc_transform(
        "srgb", embedded=True, input_profile=fallback, intent="relative", black_point_compensation=True
    )


def _flat(image: pyvips.Image) -> pyvips.Image:
    """Put what is transparent on white, as a JPEG has no transparency."""
    return image.flatten(background=_WHITE) if image.hasalpha() else image


def _first_line(error: Exception) -> str:
    text = error.detail if isinstance(error, pyvips.Error) else str(error)
    return next(iter(text.strip().splitlines()), type(error).__name__)
