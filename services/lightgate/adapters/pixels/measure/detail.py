"""What a picture's tiles hold of detail and of noise, in numpy alone.

One row of tiles after the other: it stays in the processor's cache, where a whole picture would go to memory and back
with every step. Blurs are sums of neighbours, over and over: nearly a Gaussian, without a multiplication.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lightgate.adapters.pixels.measure.tiles import Floats, means_of_tiles

#: tiles along each edge
TILES = 12

#: sums of two neighbours: each adds a quarter to the square of the blur, one of next neighbours adds one. So the fine
#: blur is of 1.0 pixels, the coarse one of 2.5
_FINE, _COARSER, _COARSER_WIDE = 4, 5, 4
#: pixels that the blurs and the gradient look beyond a tile
_REACH = (_FINE + _COARSER + 2 * _COARSER_WIDE + 1) // 2 + 1


@dataclass(frozen=True, slots=True)
class Tiles:
    """Means over a grid of tiles, ``(12, 12)`` float32 each."""

    levels: Floats
    #: standard deviation that white noise must have to look like this
    deviations: Floats
    #: squared gradient under the fine and the coarse blur
    fine: Floats
    coarse: Floats


def tiles_of(grey: Floats) -> Tiles:
    """Measure a picture of at least one pixel a tile."""
    ends = [len(grey) * row // TILES for row in range(TILES + 1)]
    wide = np.pad(grey, _REACH, mode="edge")
    rows = [_row_of_tiles(wide[begin : end + 2 * _REACH]) for begin, end in pairwise(ends)]
    levels, deviations, fine, coarse = (np.concatenate(each) for each in zip(*rows, strict=True))
    return Tiles(levels, deviations, fine, coarse)


def white_energy(*, coarse: bool) -> float:
    """Give the squared gradient that white noise of deviation 1 has under a blur."""
    kernel = np.ones(1)
    for _ in range(_FINE + (_COARSER if coarse else 0)):
        kernel = np.convolve(kernel, [0.5, 0.5])
    for _ in range(_COARSER_WIDE if coarse else 0):
        kernel = np.convolve(kernel, [0.5, 0, 0.5])
    slope = np.convolve(kernel, [0.5, 0, -0.5])
    return float(2 * (slope @ slope) * (kernel @ kernel))


def _row_of_tiles(strip: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    shape = (len(strip) - 2 * _REACH, strip.shape[1] - 2 * _REACH)
    fine = _summed(strip, 1, _FINE)
    coarse = _summed(_summed(fine, 1, _COARSER), 2, _COARSER_WIDE)
    fine_gain, coarse_gain = 4.0**_FINE, 4.0 ** (_FINE + _COARSER + _COARSER_WIDE)
    return (
        _means(_middle(strip, *shape)),
        _means(np.abs(_second_differences(strip, *shape))) * np.float32(np.sqrt(np.pi / 2) / 6),
        _means(_squared_gradient(fine, *shape)) / np.float32(fine_gain**2),
        _means(_squared_gradient(coarse, *shape)) / np.float32(coarse_gain**2),
    )


def _summed(values: Floats, gap: int, times: int) -> Floats:
    """Add neighbours up along both directions, without dividing."""
    for _ in range(times):
        values = values[gap:] + values[:-gap]
    for _ in range(times):
        values = values[:, gap:] + values[:, :-gap]
    return values


def _second_differences(strip: Floats, height: int, width: int) -> Floats:
    """Give the second difference down of the second difference across.

    Source: Immerkaer 1996, Fast noise variance estimation.
    """
    around = _middle(strip, height + 2, width + 2)
    across = around[:, 2:] - 2 * around[:, 1:-1] + around[:, :-2]
    return np.asarray(across[2:] - 2 * across[1:-1] + across[:-2], dtype=np.float32)


def _squared_gradient(values: Floats, height: int, width: int) -> Floats:
    around = _middle(values, height + 2, width + 2)
    down = (around[2:, 1:-1] - around[:-2, 1:-1]) * np.float32(0.5)
    across = (around[1:-1, 2:] - around[1:-1, :-2]) * np.float32(0.5)
    down *= down
    across *= across
    down += across
    return down


def _middle(values: Floats, height: int, width: int) -> Floats:
    top, left = (len(values) - height) // 2, (values.shape[1] - width) // 2
    return values[top : top + height, left : left + width]


def _means(values: Floats) -> Floats:
    return means_of_tiles(values, 1, TILES)
