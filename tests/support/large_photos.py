"""Photographs of 24 megapixels, made here: structure at every size, text, even skies and sensor noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIZE = (6000, 4000)
QUALITY = 92
#: standard deviation of the noise, of 255
_NOISE = 5.0


def write_photo(file: Path, seed: int, *, size: tuple[int, int] = SIZE, progressive: bool = False) -> Path:
    """Write a JPEG of about 6.5 MB at full size, another one for every seed."""
    made = Image.fromarray(_pixels(size, np.random.default_rng(seed)))
    draw = ImageDraw.Draw(made)
    for line in range(12):
        draw.text((size[0] // 8, size[1] * (2 + line) // 18), f"photograph {seed}, line {line}", fill=(20, 20, 30))
    made.save(file, "JPEG", quality=QUALITY, progressive=progressive)
    return file


def _pixels(size: tuple[int, int], random: np.random.Generator) -> NDArray[np.uint8]:
    width, height = size
    light = np.zeros((height, width), dtype=np.float32)
    # each octave half as strong and twice as fine as the one before
    for octave in range(1, 10):
        cells = (2**octave * 3, 2**octave * 2)
        coarse = random.normal(0, 1, (cells[1], cells[0])).astype(np.float32)
        light += np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)) / 1.75**octave
    light = 128 + 60 * light / max(1e-6, float(light.std()))
    tints = np.asarray(random.normal(0, 12, (3, 2, 3)), dtype=np.float32)
    colour = np.stack([np.asarray(Image.fromarray(t).resize(size, Image.Resampling.BICUBIC)) for t in tints], axis=2)
    colour += (light + random.standard_normal((height, width), dtype=np.float32) * _NOISE)[..., None]
    return np.clip(colour, 0, 255).astype(np.uint8)
