"""What a PNG says of its colours, in the order of the standard: cICP, iCCP, sRGB, gAMA with cHRM.

Source: PNG 3rd edition §4.3 (order) and §11.3.2 (chunks).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import pyvips

from lightgate.adapters.pixels.colour.profiles import SRGB_PRIMARIES, Primaries, rgb_profile

_LENGTHS = {b"cICP": 4, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
_MOST_CHUNKS = 10_000
#: gAMA and cHRM are hundred-thousandths
_UNIT = 100_000
#: 1 / 2.2 within a twentieth, which alone is how programs say sRGB, and Chromium takes it so
_NEARLY_SRGB = range(43_183, 47_728)


@dataclass(frozen=True, slots=True)
class Said:
    """One PNG's chunks about colour."""

    #: primaries and transfer by ITU-T H.273
    cicp: tuple[int, int] | None = None
    #: with ``cicp``: black and white are 16 and 235 of 255
    is_narrow: bool = False
    is_srgb: bool = False
    #: what gAMA and cHRM mean
    profile: bytes = b""


def said_by(original: Path) -> Said:
    """Read the chunks before the pixels; those that are damaged are not there."""
    found: dict[bytes, bytes] = {}
    with original.open("rb") as stream:
        stream.seek(8)
        for _ in range(_MOST_CHUNKS):
            head = stream.read(8)
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if len(kind) < 4 or kind in {b"IDAT", b"IEND"}:
                break
            next_at = stream.tell() + length + 4
            if _LENGTHS.get(kind) == length:
                found.setdefault(kind, stream.read(length))
            stream.seek(next_at)
    named = found.get(b"cICP")
    # pixels are RGB: another matrix than 0 is not for PNG, and the chunk does not count
    if named and named[2] == 0:
        return Said(cicp=(named[0], named[1]), is_narrow=not named[3])
    return Said(is_srgb=b"sRGB" in found, profile=_profile(found.get(b"gAMA"), found.get(b"cHRM")))


def widened(image: pyvips.Image) -> pyvips.Image:
    """Bring a narrow range to the full one (ITU-T H.273 equation 20); transparency is always full."""
    most = 255 if image.format == "uchar" else 65535
    colours = image.bands - int(image.hasalpha())
    unit = (most + 1) / 256
    full = [1.0] * (image.bands - colours)
    scale = [most / (219 * unit)] * colours + full
    shift = [-most * 16 / 219] * colours + [0.0] * len(full)
    wide = image.linear(scale, shift)
    return (wide + 0.5).cast(image.format).copy(interpretation=image.interpretation)


def _profile(gamma: bytes | None, chroma: bytes | None) -> bytes:
    exponent = int.from_bytes(gamma, "big") if gamma else 0
    if not exponent or (not chroma and exponent in _NEARLY_SRGB):
        return b""
    try:
        return rgb_profile(_primaries(chroma), (_UNIT / exponent,))
    except (ValueError, struct.error):
        return b""


def _primaries(chroma: bytes | None) -> Primaries:
    if not chroma:
        return SRGB_PRIMARIES
    white_x, white_y, *others = (each / _UNIT for each in struct.unpack(">8I", chroma))
    red_x, red_y, green_x, green_y, blue_x, blue_y = others
    return red_x, red_y, green_x, green_y, blue_x, blue_y, white_x, white_y
