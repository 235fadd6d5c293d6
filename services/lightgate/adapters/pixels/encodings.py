"""Pictures as WebP and AVIF with our metadata in them; the same picture and settings give the same bytes."""

from __future__ import annotations

import io
from functools import lru_cache

import pyvips
from PIL import Image

#: slower is smaller; these are the encoders' middle
_WEBP_METHOD = 4
_AVIF_SPEED = 6


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Give the small sRGB profile that libvips carries."""
    return bytes(pyvips.Operation.call("profile_load", "srgb"))


def encoded(picture: pyvips.Image, kind: str, quality: int, *, exif: bytes, xmp: bytes) -> bytes:
    """Encode an upright sRGB picture as ``webp`` or ``avif``."""
    size = (picture.width, picture.height)
    pixels = Image.frombytes("RGB", size, picture.colourspace("srgb").extract_band(0, n=3).write_to_memory())
    made = io.BytesIO()
    told = {"quality": quality, "exif": exif, "xmp": xmp, "icc_profile": srgb_profile()}
    if kind == "webp":
        pixels.save(made, "WEBP", method=_WEBP_METHOD, **told)
    else:
        # more threads would share the picture out in other ways on other machines
        pixels.save(made, "AVIF", speed=_AVIF_SPEED, max_threads=1, **told)
    return made.getvalue()
