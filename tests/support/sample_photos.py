"""Real photographs that come with scikit-image and scikit-learn, and ways to make them worse."""

from __future__ import annotations

import functools
import io
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Bytes = NDArray[np.uint8]

#: name: (package, folder and file)
_FILES = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "camera": ("skimage", "data/camera.png"),
    "cat": ("skimage", "data/chelsea.png"),
    "china": ("sklearn.datasets", "images/china.jpg"),
    "coffee": ("skimage", "data/coffee.png"),
    "flower": ("sklearn.datasets", "images/flower.jpg"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
}
NAMES = tuple(_FILES)
#: those whose light is about right as they are; the others are dark, or burnt out in part
WELL_EXPOSED = ("cat", "coffee", "camera", "motorcycle")


@functools.cache
def photo(name: str) -> Bytes:
    """Give ``(h, w, 3)`` uint8 sRGB."""
    package, path = _FILES[name]
    content = resources.files(package).joinpath(path).read_bytes()
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def blurred(pixels: Bytes, sigma_px: float) -> Bytes:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(sigma_px)))


def noisy(pixels: Bytes, sigma: float, seed: int = 1) -> Bytes:
    noise = np.random.default_rng(seed).normal(0, sigma, pixels.shape)
    return np.clip(np.round(pixels + noise), 0, 255).astype(np.uint8)


def exposed(pixels: Bytes, stops: float) -> Bytes:
    """Give the picture more or less light, in linear light."""
    encoded = pixels / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    lit = np.clip(linear * 2**stops, 0, 1)
    again = np.where(lit <= 0.0031308, lit * 12.92, 1.055 * lit ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * again), dtype=np.uint8)


def recompressed(pixels: Bytes, quality: int) -> Bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))
