"""Measurements on the pixels of an upright sRGB proxy, in numpy alone.

All are taken at the proxy's size, at which the picture will be seen, and all but the noise itself are taken so
that noise hardly moves them: by tiles, with its energy removed, or on means of small squares.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.pixels.measure.detail import TILES, Tiles, tiles_of, white_energy
from lightgate.adapters.pixels.measure.hashes import difference_hash, perceptual_hash
from lightgate.adapters.pixels.measure.tiles import Floats, grey_levels, means_of_squares
from lightgate.domain.rating.quality import Measurements

#: raised whenever a formula here changes
METRICS_VERSION = "4"

Bytes = NDArray[np.uint8]

#: a smaller picture has no tiles to speak of
_SMALLEST_EDGE_PX = 48

#: share of the tiles that counts: shallow depth of field is no fault
_SHARPEST_SHARE = 0.15
#: squared gradient under the coarse blur below which a tile has no structure: so much, this share of what the tiles
#: with most have, or so many times what the noise leaves under the fine blur
_LEAST_STRUCTURE, _LEAST_SHARE, _LEAST_IN_NOISE = 0.3, 0.2, 2.0

_QUIET_PERCENTILE = 10
#: tiles near black or white hide their noise: the mean keeps this far from the ends, in levels and in deviations
_ENDS, _ENDS_IN_NOISE = 8.0, 2.5
#: what is taken off for one of noise's energy: the quietest tiles have less of it than those that are sharpest
_NOISE_SAFETY = 1.5
_FINE_NOISE, _COARSE_NOISE = white_energy(coarse=False), white_energy(coarse=True)

#: long edge of the picture of small squares on which light and colour are measured
_SQUARES = 160
_BLOCKED = 4.0
#: levels at the top of a picture's own histogram that are one without detail, besides what the noise spreads it; as
#: many below are to compare with
_SPIKE, _SPIKE_IN_NOISE = 6.0, 4.0
#: share of the pixels that makes a level the top one
_TOP = 0.0005
#: range of luma, as a share of its top, below which a picture shows nothing at all, rather than something burnt
_FLAT = 0.2
#: colourfulness for each level of mean brightness, up to which a picture is black and white, and from which in colour
_GREY, _IN_COLOUR = 0.03, 0.12
_MIDDLE, _WIDTH = 0.5, 0.2
#: a channel's noise for one of luma, squared, and the shares of it in red-green and yellow-blue
_CHANNEL_NOISE = 1 / (0.299**2 + 0.587**2 + 0.114**2)
_OPPONENT_NOISE = 2.0 + 1.5


def measure(pixels: Bytes) -> Measurements:
    """Measure an ``(h, w, 3)`` uint8 sRGB picture."""
    grey = grey_levels(pixels)
    tiles = tiles_of(grey) if min(grey.shape) >= _SMALLEST_EDGE_PX else None
    noise = _noise(tiles) if tiles is not None else None
    sharpness, sharpest = _sharpness(tiles, noise) if tiles is not None and noise is not None else (None, (0.5, 0.5))
    edge_px = max(1, round(max(grey.shape) / _SQUARES))
    squares = means_of_squares(pixels, edge_px)
    light = grey_levels(squares)
    noise_left = (noise or 0.0) / edge_px
    colourfulness = _colourfulness(squares, noise_left)
    brightest, darkest = (float(level) for level in np.percentile(light, [95, 5]))
    return Measurements(
        sharpness=sharpness,
        noise=noise,
        burnt=_burnt(squares, noise_left) * _range_share(light),
        blocked=float((light <= _BLOCKED).mean()),
        exposure=_well_exposedness(light),
        contrast=(brightest - darkest) / 255,
        brightest=brightest / 255,
        colourfulness=colourfulness,
        in_colour=_between(colourfulness / max(1.0, float(light.mean())), _GREY, _IN_COLOUR),
        perceptual_hash=perceptual_hash(light),
        difference_hash=difference_hash(light),
        sharpest=sharpest,
        version=METRICS_VERSION,
    )


def _noise(tiles: Tiles) -> float:
    """Give the noise's standard deviation in the quietest tiles, so that texture does not count as noise."""
    room = np.maximum(_ENDS, _ENDS_IN_NOISE * tiles.deviations)
    measurable = tiles.deviations[(tiles.levels > room) & (tiles.levels < 255 - room)]
    return float(np.percentile(measurable if measurable.size >= TILES else tiles.deviations, _QUIET_PERCENTILE))


def _sharpness(tiles: Tiles, noise: float) -> tuple[float, tuple[float, float]]:
    """Give the re-blur ratio of the sharpest tiles, and the centre of the sharpest place.

    The ratio of gradient energies under a fine and a coarse blur depends neither on contrast nor on brightness; what
    white noise leaves under them is taken off both.
    Source: Zhuo and Sim 2011, Defocus map estimation from a single image.
    """
    fine = np.maximum(tiles.fine - _NOISE_SAFETY * _FINE_NOISE * noise**2, 0)
    coarse = np.maximum(tiles.coarse - _NOISE_SAFETY * _COARSE_NOISE * noise**2, 0)
    of_most = _LEAST_SHARE * float(np.percentile(coarse, 90))
    least = max(_LEAST_STRUCTURE, of_most, _LEAST_IN_NOISE * _FINE_NOISE * noise**2)
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


def _centre_of_best(ratios: Floats) -> tuple[float, float]:
    """Find where a tile and its neighbours are sharpest; the middle where none is."""
    if not ratios.any():
        return 0.5, 0.5
    padded = np.pad(ratios, 1)
    around = sum(padded[dy : dy + ratios.shape[0], dx : dx + ratios.shape[1]] for dy in range(3) for dx in range(3))
    row, column = np.unravel_index(int(np.argmax(around)), ratios.shape)
    return float((column + 0.5) / ratios.shape[1]), float((row + 0.5) / ratios.shape[0])


def _burnt(squares: Floats, noise: float) -> float:
    """Give the share of squares at the picture's own highest levels, as far as the histogram does not thin out to them.

    What was burnt stays burnt when somebody darkens the picture: many share the top, with few right below. Noise and
    a slight blur, which move single pixels out of it, leave the mean of a square where it is.
    """
    highest = np.rint(squares.max(axis=2)).astype(np.int64).ravel()
    levels = np.bincount(highest, minlength=256) / highest.size
    top = int(np.flatnonzero(np.cumsum(levels[::-1])[::-1] >= _TOP)[-1]) + 1
    wide = round(_SPIKE + _SPIKE_IN_NOISE * noise)
    ends = (max(0, top - 2 * wide), max(0, top - wide), top)
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


def _between(value: float, nothing: float, whole: float) -> float:
    return min(1.0, max(0.0, (value - nothing) / (whole - nothing)))
