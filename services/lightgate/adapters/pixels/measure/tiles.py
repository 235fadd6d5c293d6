"""Grey levels and means over parts of a picture, in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: ITU-R BT.601
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def grey_levels(pixels: NDArray[np.uint8] | Floats) -> Floats:
    """Give luma, 0 to 255, of ``(h, w, 3)`` pixels."""
    return np.asarray(pixels.astype(np.float32, copy=False) @ _LUMA, dtype=np.float32)


def means_of_tiles(values: Floats, rows: int, columns: int | None = None) -> Floats:
    """Average over a grid of nearly equal tiles, at most one a pixel."""
    height, width = values.shape
    down, across = _starts(height, rows), _starts(width, columns or rows)
    sums = np.add.reduceat(np.add.reduceat(values, down, axis=0), across, axis=1)
    sizes = np.outer(np.diff(down, append=height), np.diff(across, append=width))
    return np.asarray(sums / sizes, dtype=np.float32)


def _starts(length: int, parts: int) -> NDArray[np.int64]:
    count = min(length, parts)
    return np.arange(count) * length // count


def means_of_squares(pixels: NDArray[np.uint8], edge: int) -> Floats:
    """Average ``(h, w, 3)`` pixels over squares; what does not fill a square at the far edges is left out."""
    height, width, channels = pixels.shape
    down, across = max(1, height // edge), max(1, width // edge)
    tall, wide = min(edge, height), min(edge, width)
    whole = pixels[: down * tall, : across * wide]
    # rows first: they lie together in memory
    columns = whole.reshape(down, tall, across * wide * channels).sum(axis=1, dtype=np.float32)
    sums = columns.reshape(down, across, wide, channels).sum(axis=2)
    return np.asarray(sums / (tall * wide), dtype=np.float32)
