"""Adobe RGB as cameras say it without a profile: by the DCF "optional file" of EXIF.

Source: CIPA DC-009 (DCF 2.0) §3.3 and Exif 3.0 (interoperability index R03); ColorSpace 2 is of older cameras.
"""

from __future__ import annotations

import io

from lightgate.adapters.metadata.containers.tiff import DAMAGE, read_tags
from lightgate.adapters.pixels.colour.profiles import ADOBE_GAMMA, ADOBE_PRIMARIES, rgb_profile

_MARK = b"Exif\0\0"
_COLOUR_SPACE, _SRGB, _ADOBE = 0xA001, 1, 2
_INDEX = 1


def profile_by_exif(block: bytes) -> bytes:
    """Give Adobe RGB where an EXIF block says so, or nothing.

    What calls itself sRGB, by ColorSpace 1 or R98, is: a program that converted a picture sets the one and may forget
    the other.
    """
    try:
        tags = read_tags(io.BytesIO(block.removeprefix(_MARK)))
    except DAMAGE:
        return b""
    space, index = tags.exif.get(_COLOUR_SPACE), str(tags.interoperability.get(_INDEX) or "").rstrip("\0 ")
    is_adobe = (index == "R03" and space != _SRGB) or (space == _ADOBE and index != "R98")
    return rgb_profile(ADOBE_PRIMARIES, (ADOBE_GAMMA,)) if is_adobe else b""
