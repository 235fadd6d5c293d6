"""How far one picture is moved against another, by phase correlation of their thumbnails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.pixels.decode import decoding, full_size
from lightgate.domain.series.shot import Shift
from lightgate.errors import LightgateError

Floats = NDArray[np.float64]

#: long edge at which pictures are compared
_EDGE_PX = 160
#: peaks that are tried, and how alike the common part must be
_PEAKS, _ALIKE = 6, 0.75
#: share of the frame that both must show
_LEAST_COMMON = 0.12


def overlap(one: Path, other: Path) -> Shift | None:
    """Give by which shares of the frame the second picture is moved, or None where they have no part in common.

    Source: Kuglin and Hines 1975, The phase correlation image alignment method.
    """
    try:
        first, second = _grey(one), _grey(other)
    except LightgateError:
        return None
    if first.shape != second.shape:
        return None
    rows, columns = first.shape
    best = max(
        ((_likeness(first, second, down, across), down, across) for down, across in _peaks(first, second)),
        default=(0.0, 0, 0),
    )
    likeness, down, across = best
    return Shift(across / columns, down / rows) if likeness >= _ALIKE else None


def _grey(file: Path) -> Floats:
    with decoding():
        picture = full_size(file, float("inf")).colourspace("b-w").extract_band(0)
        small = picture.resize(_EDGE_PX / max(picture.width, picture.height))
        return np.asarray(small.numpy(), dtype=np.float64).reshape(small.height, small.width)


def _peaks(first: Floats, second: Floats) -> list[tuple[int, int]]:
    rows, columns = first.shape
    window = np.outer(np.hanning(rows), np.hanning(columns))
    padded = (2 * rows, 2 * columns)
    spectrum = np.fft.rfft2((first - first.mean()) * window, padded) * np.conj(
        np.fft.rfft2((second - second.mean()) * window, padded)
    )
    surface = np.fft.irfft2(spectrum / np.maximum(np.abs(spectrum), 1e-9), padded)
    places = np.argsort(surface, axis=None)[::-1][:_PEAKS]
    found = [divmod(int(place), padded[1]) for place in places]
    return [(down - padded[0] * (down > rows), across - padded[1] * (across > columns)) for down, across in found]


def _likeness(first: Floats, second: Floats, down: int, across: int) -> float:
    """Correlate the part that both show when the second is laid at that place."""
    rows, columns = first.shape
    tall, wide = rows - abs(down), columns - abs(across)
    if tall * wide < _LEAST_COMMON * rows * columns:
        return 0.0
    top, left = max(0, down), max(0, across)
    one = first[top : top + tall, left : left + wide]
    other = second[max(0, -down) :, max(0, -across) :][:tall, :wide]
    spread = float(one.std() * other.std())
    return 0.0 if spread < 1.0 else float(((one - one.mean()) * (other - other.mean())).mean()) / spread
