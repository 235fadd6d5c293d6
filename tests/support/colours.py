"""A second opinion on colours: lcms by Pillow, at eight bits, and the distance of two colours."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Numbers = NDArray[Any]


def to_srgb(colours: Numbers, profile: bytes) -> Numbers:
    """Convert rows of RGB by lcms, relative colorimetric with black-point compensation."""
    if not profile:
        return colours
    given, wanted = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    change = ImageCms.buildTransform(
        given, wanted, "RGB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION
    )
    shown = ImageCms.applyTransform(Image.fromarray(colours[None].astype(np.uint8)), change)
    assert shown is not None
    return np.asarray(shown)[0]


def table_profile() -> bytes:
    """Give a profile whose RGB are Y, Cb and Cr of full-range BT.601, by a table of 8 bits to CIELAB (``mft1``)."""
    steps = np.linspace(0, 255, 17)
    luma, blue, red = np.meshgrid(steps, steps - 128, steps - 128, indexing="ij")
    rgb = np.stack([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], -1)
    pixels = Image.fromarray(rgb.clip(0, 255).round().astype(np.uint8).reshape(17, 289, 3))
    change = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB", 1)
    lab = ImageCms.applyTransform(pixels, change)
    assert lab is not None
    table = np.asarray(lab).reshape(-1, 3).copy()
    table[:, 1:] ^= 128
    curve = bytes(range(256)) * 3
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    content = {
        b"A2B0": b"mft1" + struct.pack(">4xBBBx", 3, 3, 17) + identity + curve + table.tobytes() + curve,
        b"desc": b"desc" + struct.pack(">4xI", 4) + b"YCC\0" + bytes(78),
        b"wtpt": b"XYZ " + struct.pack(">4x3i", 63190, 65536, 54061),
        b"cprt": b"text\0\0\0\0none\0",
    }
    at, entries, body = 132 + 12 * len(content), struct.pack(">I", len(content)), b""
    for name, part in content.items():
        entries += name + struct.pack(">II", at + len(body), len(part))
        body += part + bytes(-len(part) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s28x", at + len(body), 0x02400000, b"scnr", b"RGB ", b"Lab ", b"acsp")
    return head + struct.pack(">3i", 63190, 65536, 54061) + bytes(48) + entries + body


def de2000(one: Numbers, other: Numbers) -> Numbers:
    """Give the distances of rows of 8-bit sRGB.

    Source: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula", 2005.
    """
    (l1, a1, b1), (l2, a2, b2) = _lab(one).T, _lab(other).T
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    light, c, h = (l1 + l2) / 2, (c1 + c2) / 2, np.radians(h1 + turn / 2)
    t = 1 - 0.17 * np.cos(h - np.pi / 6) + 0.24 * np.cos(2 * h) + 0.32 * np.cos(3 * h + np.radians(6))
    t -= 0.20 * np.cos(4 * h - np.radians(63))
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    turned = np.radians(60) * np.exp(-((((np.degrees(h) % 360) - 275) / 25) ** 2))
    rt = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(turned)
    return np.asarray(np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh))


def _lab(colours: Numbers) -> Numbers:
    levels = np.asarray(colours, dtype=float) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    share = linear @ (matrix / matrix.sum(1)[:, None]).T
    f = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)
