"""CIELAB in a TIFF, in its three ways of writing a and b.

Source: TIFF 6.0 §23 (CIELAB), and TIFF Technical Note "CIELAB" of Adobe for ICCLAB; ITULAB as in ITU-T T.42.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pyvips

from lightgate.adapters.metadata.containers.tiff import DAMAGE, read_tags

CIELAB, ICCLAB, ITULAB = 8, 9, 10
_PHOTOMETRIC, _RGB = 262, 2
_SHORT = 3


def lab_kind(original: Path) -> int | None:
    """Say which CIELAB a TIFF is in, if it is."""
    try:
        with original.open("rb") as stream:
            found = read_tags(stream).ifd0.get(_PHOTOMETRIC)
    except DAMAGE:
        return None
    return found if isinstance(found, int) and found in {CIELAB, ICCLAB, ITULAB} else None


def as_plain_bands(original: Path) -> bytes | None:
    """Give a TIFF's bytes with its samples called RGB, so that libvips hands them out as they are, or None."""
    content = bytearray(original.read_bytes())
    order = "<" if content[:2] == b"II" else ">"
    try:
        is_big = struct.unpack_from(order + "H", content, 2)[0] == 43
        at = struct.unpack_from(order + ("Q" if is_big else "I"), content, 8 if is_big else 4)[0]
        count = struct.unpack_from(order + ("Q" if is_big else "H"), content, at)[0]
        first, step = (at + 8, 20) if is_big else (at + 2, 12)
        for entry in range(first, min(first + count * step, len(content)), step):
            tag, kind = struct.unpack_from(order + "HH", content, entry)
            if tag == _PHOTOMETRIC and kind == _SHORT:
                struct.pack_into(order + "H", content, entry + (12 if is_big else 8), _RGB)
                return bytes(content)
    except struct.error:
        pass
    return None


def in_lab(samples: pyvips.Image, kind: int) -> pyvips.Image:
    """Give L* from 0 to 100, a* and b* as they are, under D50, and transparency from 0 to 1 where there is."""
    if samples.format == "short":
        # libvips' own way: all three are signed
        return (samples.extract_band(0, n=3) / [327.67, 256, 256]).cast("float").copy(interpretation="lab")
    if samples.format not in {"uchar", "ushort"}:
        return samples.extract_band(0, n=3).cast("float").copy(interpretation="lab")
    is_wide = samples.format == "ushort"
    unit = 256 if is_wide else 1
    light, green_red, blue_yellow = (samples[band].cast("float") for band in range(3))
    most = 65535 if is_wide else 255
    if kind == CIELAB:
        light = light * (100 / most)
        signs = [(band >= 128 * unit).ifthenelse(band - 256 * unit, band) / unit for band in (green_red, blue_yellow)]
    elif kind == ICCLAB:
        light = light * (100 / (255 * unit))
        signs = [band / unit - 128 for band in (green_red, blue_yellow)]
    else:
        light = light * (100 / most)
        signs = [green_red * (170 / most) - 85, blue_yellow * (200 / most) - 75]
    parts = [*signs] if samples.bands == 3 else [*signs, samples[3].cast("float") / most]
    return light.bandjoin(parts).cast("float").copy(interpretation="lab")
