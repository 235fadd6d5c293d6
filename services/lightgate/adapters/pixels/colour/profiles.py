"""ICC profiles by what they do: which pixels they fit, whether they are sRGB, and profiles made from primaries."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

#: CIE 1931 x and y of red, green, blue and white
Primaries = tuple[float, float, float, float, float, float, float, float]

#: names of device colour spaces as they stand in a profile's header (ICC.1:2022 §7.2.8)
RGB, GREY, CMYK = "RGB ", "GRAY", "CMYK"
#: input, display, output and colour space profiles (§7.2.5): links, abstract and named colours say nothing of pixels
_CLASSES = frozenset({b"scnr", b"mntr", b"prtr", b"spac"})
_MODES = {RGB: "RGB", GREY: "L", CMYK: "CMYK"}
_HEADER_BYTES, _MOST_TAGS = 128, 200

#: levels of 255 by which an sRGB profile may move a colour: rounding in its curves moves some by one
SRGB_TOLERANCE = 2
#: levels of 255 by which middle grey is raised by a profile whose pixels are too dark to be averaged as they are
_LINEAR_RISE = 32
#: CIELAB of the darkest pixel beyond which it is no black that could be moved to ours
_MOST_BLACK_L, _MOST_BLACK_CHROMA = 25.0, 15.0

#: D50 of the profile connection space (ICC.1:2022 §7.2.16)
_D50 = np.array([0.9642, 1.0, 0.8249])
#: Source: ICC.1:2022 annex E, the linear Bradford cone response
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
SRGB_PRIMARIES: Primaries = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
#: Source: Adobe RGB (1998) Color Image Encoding, 2005-05, §4.3
ADOBE_PRIMARIES: Primaries = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290)
ADOBE_GAMMA = 2 + 51 / 256
#: Source: IEC 61966-2-1, as a parametric curve of type 3
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a profile does."""

    #: device colour space: RGB, GREY or CMYK
    space: str
    #: its colours are sRGB's, within ``SRGB_TOLERANCE``
    is_srgb: bool
    #: it says much more light than sRGB for the same number, as linear profiles do
    is_linear: bool
    #: its darkest pixel is a black
    has_black: bool
    #: RGB by tables, made for one intent: perceptual is the one that all have, and browsers and ImageMagick show it
    has_tables: bool = False


# each is kept with the answer, and those of printers have megabytes
@lru_cache(maxsize=16)
def meaning_of(profile: bytes) -> Meaning | None:
    """Say what a profile does; None where lcms cannot use it, or it does not describe pixels."""
    space = profile[16:20].decode("latin-1")
    if len(profile) < _HEADER_BYTES or profile[12:16] not in _CLASSES or space not in _MODES:
        return None
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        grid = _grid(space)
        has_tables = space == RGB and b"A2B0" in _tags(profile)
        intent = ImageCms.Intent.PERCEPTUAL if has_tables else ImageCms.Intent.RELATIVE_COLORIMETRIC
        shown = np.asarray(_applied(given, "sRGB", grid, "RGB", intent)).astype(int)
        seen = np.asarray(_applied(given, "LAB", _darkest(space), "LAB", intent))[0, 0]
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    if space != RGB:
        return Meaning(space, is_srgb=False, is_linear=space == GREY and _rise(shown) > _LINEAR_RISE, has_black=True)
    moved = int(np.abs(shown - np.asarray(grid).astype(int)).max())
    light, across, along = seen[0] / 2.55, *(int(np.int8(np.uint8(each))) for each in seen[1:])
    is_black = bool(light <= _MOST_BLACK_L and np.hypot(across, along) <= _MOST_BLACK_CHROMA)
    return Meaning(space, moved <= SRGB_TOLERANCE, _rise(shown) > _LINEAR_RISE, is_black, has_tables)


def _applied(
    given: ImageCms.ImageCmsProfile, wanted: str, pixels: Image.Image, mode: str, intent: ImageCms.Intent
) -> Image.Image:
    into = ImageCms.ImageCmsProfile(ImageCms.createProfile(wanted))  # type: ignore[arg-type]
    made = ImageCms.applyTransform(pixels, ImageCms.buildTransform(given, into, pixels.mode, mode, intent))
    if made is None:
        raise ValueError("no picture")
    return made


def _grid(space: str) -> Image.Image:
    """Give all greys in the first row, and behind them a cube of colours."""
    greys = np.arange(256, dtype=np.uint8)
    if space == GREY:
        return Image.fromarray(greys[None])
    if space == CMYK:
        return Image.new("CMYK", (256, 1))
    steps = np.linspace(0, 255, 16).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(16, 256, 3)
    return Image.fromarray(np.concatenate([np.repeat(greys[None, :, None], 3, 2), cube]))


def _darkest(space: str) -> Image.Image:
    return Image.new(_MODES[space], (1, 1), (255, 255, 255, 255) if space == CMYK else 0)


def _rise(shown: NDArray[np.int64]) -> int:
    return int(shown[0, 128].mean() - 128)


def cicp_in(profile: bytes) -> tuple[int, int] | None:
    """Give primaries and transfer by ITU-T H.273 where a profile names them (ICC.1:2022 §9.2.17)."""
    start = _tags(profile).get(b"cicp", 0)
    said = profile[start : start + 12]
    return (said[8], said[9]) if len(said) == 12 and said[:4] == b"cicp" else None


def _tags(profile: bytes) -> dict[bytes, int]:
    """Say where each tag lies (ICC.1:2022 §7.3)."""
    count = min(int.from_bytes(profile[128:132], "big"), _MOST_TAGS)
    places = range(132, 132 + 12 * count, 12)
    return {profile[at : at + 4]: int.from_bytes(profile[at + 4 : at + 8], "big") for at in places}


def to_xyz(primaries: Primaries) -> NDArray[np.float64]:
    """Give the matrix from linear RGB to XYZ under D50, Bradford adapted, white at 1.

    Source: SMPTE RP 177, and ICC.1:2022 annex E for the adaptation.

    Raises:
        ValueError: the primaries span nothing.
    """
    chroma = np.array(primaries, dtype=float).reshape(4, 2)
    if (chroma[:, 1] <= 0).any():
        raise ValueError("a primary without light")
    columns = np.stack([chroma[:, 0], chroma[:, 1], 1 - chroma.sum(axis=1)]) / chroma[:, 1]
    white = columns[:, 3]
    try:
        matrix = columns[:, :3] * np.linalg.solve(columns[:, :3], white)
    except np.linalg.LinAlgError as error:
        raise ValueError("primaries on a line") from error
    cones = _BRADFORD @ np.stack([white, _D50], axis=1)
    return np.asarray(np.linalg.solve(_BRADFORD, np.diag(cones[:, 1] / cones[:, 0]) @ _BRADFORD) @ matrix)


@lru_cache(maxsize=64)
def rgb_profile(primaries: Primaries, curve: tuple[float, ...]) -> bytes:
    """Make an RGB display profile, version 4.

    Args:
        curve: parameters g, or g a b c d, of a parametric curve (ICC.1:2022 §10.18, types 0 and 3).

    Raises:
        ValueError: the primaries span nothing.
    """
    columns = to_xyz(primaries).T
    if not np.isfinite(columns).all() or np.abs(columns).max() >= 2**15:
        raise ValueError("primaries out of range")
    words = "made from what the file says".encode("utf-16-be")
    text = b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(words), 28) + words
    light = b"para" + struct.pack(">4xHH", 3 if len(curve) > 1 else 0, 0) + b"".join(map(_fixed, curve))
    xyz = [b"XYZ \0\0\0\0" + b"".join(map(_fixed, each)) for each in (*columns, _D50)]
    parts = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt"), xyz, strict=True))
    parts |= dict.fromkeys((b"desc", b"cprt"), text) | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), light)
    table, content, at = struct.pack(">I", len(parts)), b"", _HEADER_BYTES + 4 + 12 * len(parts)
    for name, part in parts.items():
        table += name + struct.pack(">II", at + len(content), len(part))
        content += part.ljust(-len(part) % 4 + len(part), b"\0")
    illuminant = b"".join(map(_fixed, _D50))
    head = struct.pack(">I4xI4s4s4s12x4s28x", at + len(content), 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return head + illuminant + bytes(48) + table + content


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(float(value) * 65536))
