"""Measurements on the pixels of an upright sRGB proxy, in numpy alone.

All are taken at the proxy's size, at which the picture will be seen, and all but the noise itself are taken so
that noise hardly moves them: by tiles, with its energy removed, or on means of small squares.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.perceptual_hash import difference_hash, perceptual_hash
from lightgate.adapters.tiles import grey_levels, means_of_squares, means_of_tiles
from lightgate.domain.quality import Measurements

#: raised whenever a formula here changes
METRICS_VERSION = "3"

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

#: tiles along each edge
_TILES = 12
#: a smaller picture has no tiles to speak of
_SMALLEST_EDGE_PX = 48

#: the known blurs, in pixels of the proxy
_FINE, _COARSE = 1.0, 2.5
#: share of the tiles that counts: shallow depth of field is no fault
_SHARPEST_SHARE = 0.15
#: mean squared gradient under the coarse blur below which a tile has no structure
_LEAST_STRUCTURE = 0.3

_QUIET_PERCENTILE = 10
#: tiles near black or white hide their noise: the mean keeps this far from the ends, in levels and in deviations
_ENDS, _ENDS_IN_NOISE = 8.0, 2.5
#: what is left of white noise on purpose: a noisy picture must not gain from an estimate that is a little low
_NOISE_SAFETY = 1.06

#: long edge of the picture of small squares on which light and colour are measured
_SQUARES = 160
_BLOCKED = 4.0
#: levels at the top of a picture's own histogram that are one without detail; as many below are to compare with
_SPIKE = 6
#: share of the pixels that makes a level the top one
_TOP = 0.0005
#: range of luma, as a share of its top, below which a picture shows nothing at all, rather than something burnt
_FLAT = 0.2
#: long edge of the grid of pixels that the histogram is taken from
_SAMPLES = 640
#: colourfulness for each level of mean brightness, below which a picture is black and white
_LEAST_COLOUR = 0.03
_MIDDLE, _WIDTH = 0.5, 0.2
#: a channel's noise for one of luma, squared, and the shares of it in red-green and yellow-blue
_CHANNEL_NOISE = 1 / (0.299**2 + 0.587**2 + 0.114**2)
_OPPONENT_NOISE = 2.0 + 1.5


def measure(pixels: Bytes) -> Measurements:
    """Measure an ``(h, w, 3)`` uint8 sRGB picture."""
    grey = grey_levels(pixels)
    is_measurable = min(grey.shape) >= _SMALLEST_EDGE_PX
    noise = _noise(grey) if is_measurable else None
    sharpness, sharpest = _sharpness(grey, noise) if noise is not None else (None, (0.5, 0.5))
    edge_px = max(1, round(max(grey.shape) / _SQUARES))
    squares = means_of_squares(pixels, edge_px)
    light = grey_levels(squares)
    colourfulness = _colourfulness(squares, (noise or 0.0) / edge_px)
    brightest, darkest = (float(level) for level in np.percentile(light, [95, 5]))
    return Measurements(
        sharpness=sharpness,
        noise=noise,
        burnt=_burnt(pixels) * _range_share(light),
        blocked=float((light <= _BLOCKED).mean()),
        exposure=_well_exposedness(light),
        contrast=(brightest - darkest) / 255,
        brightest=brightest / 255,
        colourfulness=colourfulness,
        is_black_and_white=colourfulness < _LEAST_COLOUR * float(light.mean()),
        perceptual_hash=perceptual_hash(light),
        difference_hash=difference_hash(light),
        sharpest=sharpest,
        version=METRICS_VERSION,
    )


def _noise(grey: Floats) -> float:
    """Estimate the noise's standard deviation in the quietest tiles, so that texture does not count as noise.

    Source: Immerkaer 1996, Fast noise variance estimation.
    """
    across = grey[:, 2:] - 2 * grey[:, 1:-1] + grey[:, :-2]
    second = across[2:] - 2 * across[1:-1] + across[:-2]
    deviations = means_of_tiles(np.abs(second), _TILES) * (np.sqrt(np.pi / 2) / 6)
    levels = means_of_tiles(grey, _TILES)
    room = np.maximum(_ENDS, _ENDS_IN_NOISE * deviations)
    measurable = deviations[(levels > room) & (levels < 255 - room)]
    return float(np.percentile(measurable if measurable.size >= _TILES else deviations, _QUIET_PERCENTILE))


def _sharpness(grey: Floats, noise: float) -> tuple[float, tuple[float, float]]:
    """Give the re-blur ratio of the sharpest tiles, and the centre of the sharpest place.

    The ratio of gradient energies under a fine and a coarse blur depends neither on contrast nor on brightness;
    the energy that white noise leaves under a Gaussian, sigma^2 / (4 pi s^4), is taken off both.
    Source: Zhuo and Sim 2011, Defocus map estimation from a single image.
    """
    fine_blur = _blurred(grey, _FINE)
    coarse_blur = _blurred(fine_blur, float(np.sqrt(_COARSE**2 - _FINE**2)))
    fine = np.maximum(means_of_tiles(_gradient_energy(fine_blur), _TILES) - _noise_energy(noise, _FINE), 0)
    coarse = np.maximum(means_of_tiles(_gradient_energy(coarse_blur), _TILES) - _noise_energy(noise, _COARSE), 0)
    least = max(_LEAST_STRUCTURE, 0.2 * float(np.percentile(coarse, 90)), 2 * _noise_energy(noise, _FINE))
    trust = np.clip(coarse / least - 1, 0, 1)
    ratios = fine / np.maximum(coarse, 1e-6)
    return _mean_of_best(ratios, trust), _centre_of_best(ratios * trust)


def _mean_of_best(ratios: Floats, trust: Floats) -> float:
    """Average the highest ratios, each as far as it can be trusted; where there is less than one tile to trust, the
    rest of it counts as blurred.

    A tile that comes or goes at a limit would move the rating of a small picture when it is compressed again.
    """
    order = np.argsort(-ratios, axis=None)
    weights = trust.ravel()[order]
    counted = max(1.0, float(weights.sum()) * _SHARPEST_SHARE)
    shares = np.minimum(weights, np.maximum(0, counted - (np.cumsum(weights) - weights)))
    best = float((shares * ratios.ravel()[order]).sum()) + max(0.0, counted - float(shares.sum()))
    return max(1.0, best / counted)


def _noise_energy(noise: float, blur: float) -> float:
    return _NOISE_SAFETY * noise**2 / (4 * np.pi * blur**4)


def _blurred(grey: Floats, sigma: float) -> Floats:
    """Blur with a Gaussian, one direction after the other, the edge repeated."""
    radius = int(np.ceil(3 * sigma))
    steps = np.arange(-radius, radius + 1)
    kernel = np.exp(-(steps**2) / (2 * sigma**2))
    weights = (kernel / kernel.sum()).astype(np.float32)
    down = _blurred_rows(grey, weights)
    return _blurred_rows(down.T, weights).T


def _blurred_rows(grey: Floats, weights: NDArray[np.float32]) -> Floats:
    length, radius = len(grey), len(weights) // 2
    padded = np.pad(grey, [(radius, radius), (0, 0)], mode="edge")
    # numpy gives room as the numbers lie, so that both directions run through memory in order
    total = grey * weights[radius]
    pair = np.empty_like(total)
    for step in range(radius):
        np.add(padded[step : step + length], padded[2 * radius - step :][:length], out=pair)
        pair *= weights[step]
        total += pair
    return np.asarray(total, dtype=np.float32)


def _gradient_energy(grey: Floats) -> Floats:
    down = (grey[2:, 1:-1] - grey[:-2, 1:-1]) * np.float32(0.5)
    across = (grey[1:-1, 2:] - grey[1:-1, :-2]) * np.float32(0.5)
    return np.asarray(down * down + across * across, dtype=np.float32)


def _centre_of_best(ratios: Floats) -> tuple[float, float]:
    """Find where a tile and its neighbours are sharpest; the middle where none is."""
    if not ratios.any():
        return 0.5, 0.5
    padded = np.pad(ratios, 1)
    around = sum(padded[dy : dy + ratios.shape[0], dx : dx + ratios.shape[1]] for dy in range(3) for dx in range(3))
    row, column = np.unravel_index(int(np.argmax(around)), ratios.shape)
    return float((column + 0.5) / ratios.shape[1]), float((row + 0.5) / ratios.shape[0])


def _burnt(pixels: Bytes) -> float:
    """Give the share of pixels at the picture's own highest levels, as far as the histogram does not thin out to them.

    What was burnt stays burnt when somebody darkens the picture: many pixels share the top, with few right below.
    """
    step = max(1, round(max(pixels.shape[:2]) / _SAMPLES))
    red, green, blue = (np.ascontiguousarray(pixels[::step, ::step, band]) for band in range(3))
    highest = np.maximum(np.maximum(red, green), blue).ravel()
    levels = np.bincount(highest, minlength=256) / highest.size
    top = int(np.flatnonzero(np.cumsum(levels[::-1])[::-1] >= _TOP)[-1]) + 1
    ends = (max(0, top - 2 * _SPIKE), max(0, top - _SPIKE), top)
    below, spike = (float(levels[begin:end].sum()) for begin, end in pairwise(ends))
    return max(0.0, spike - below)


def _range_share(light: Floats) -> float:
    """Give 0 for a picture of one tone, 1 for any other."""
    highest, lowest = (float(level) for level in np.percentile(light, [99, 1]))
    return min(1.0, (highest - lowest) / (_FLAT * max(1.0, highest)))


def _well_exposedness(light: Floats) -> float:
    """Average how little of the picture lies in the dark: 1 from middle grey upwards, a bell curve below.

    What is too bright counts as burnt, apart from this; so a picture in a high key is no worse for it.
    Source: Mertens 2007, Exposure fusion, whose curve falls on both sides.
    """
    below = np.minimum(light / 255 - _MIDDLE, 0)
    return float(np.exp(-(below**2) / (2 * _WIDTH**2)).mean())


def _colourfulness(squares: Floats, noise: float) -> float:
    """Give M without what coloured noise adds to it; ``noise`` is that of a square's luma.

    Source: Hasler and Süsstrunk 2003, Measuring colourfulness in natural images.
    """
    red_green = squares[..., 0] - squares[..., 1]
    yellow_blue = (squares[..., 0] + squares[..., 1]) / 2 - squares[..., 2]
    spread = float(red_green.var() + yellow_blue.var()) - _OPPONENT_NOISE * _CHANNEL_NOISE * noise**2
    return float(np.sqrt(max(0.0, spread)) + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))
