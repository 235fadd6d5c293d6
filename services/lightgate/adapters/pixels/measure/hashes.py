"""64-bit hashes that stay nearly the same when a picture is resized or compressed again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.pixels.measure.tiles import Floats, means_of_tiles

_EDGE = 8
_SAMPLES = 32


def perceptual_hash(grey: Floats) -> str:
    """Hash the low frequencies: the signs of the 8x8 lowest cosine terms against their median, 16 hex digits."""
    small = _resized(grey, _SAMPLES, _SAMPLES)
    terms = _COSINES @ small @ _COSINES.T
    return _hex(terms > np.median(terms))


def difference_hash(grey: Floats) -> str:
    """Hash the gradients: whether each of 8x8 places is darker than its right neighbour, 16 hex digits."""
    small = _resized(grey, _EDGE, _EDGE + 1)
    return _hex(small[:, 1:] > small[:, :-1])


def distance(one: str, other: str) -> int:
    """Count the bits that differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _resized(grey: Floats, rows: int, columns: int) -> Floats:
    """Average down to a grid; a picture with fewer pixels repeats them."""
    down, across = -(-rows // grey.shape[0]), -(-columns // grey.shape[1])
    return means_of_tiles(np.repeat(np.repeat(grey, down, axis=0), across, axis=1), rows, columns)


def _cosines() -> NDArray[np.float64]:
    """The first rows of the discrete cosine transform, DCT-II."""
    frequencies, places = np.arange(_EDGE)[:, None], np.arange(_SAMPLES)[None, :]
    return np.asarray(np.cos(np.pi * frequencies * (2 * places + 1) / (2 * _SAMPLES)))


_COSINES = _cosines()


def _hex(bits: NDArray[np.bool_]) -> str:
    return np.packbits(bits.ravel()).tobytes().hex()
