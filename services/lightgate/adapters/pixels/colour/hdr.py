"""PQ and HLG pictures for a screen whose white is 203 cd/m²: BT.2100's curves, and BT.2390's roll-off above them."""

from __future__ import annotations

import numpy as np
import pyvips
from numpy.typing import NDArray

from lightgate.adapters.pixels.colour.coded import PQ, PRIMARIES
from lightgate.adapters.pixels.colour.profiles import SRGB_PRIMARIES, to_xyz

#: cd/m² of diffuse white, which becomes sRGB's white (ITU-R BT.2408-7 §2.1)
REFERENCE_WHITE = 203.0
#: cd/m² at PQ's highest value (BT.2100-2 table 4), and diffuse white in HLG (BT.2408-7 table 1)
_PQ_PEAK, _HLG_WHITE = 10000.0, 0.75
#: the share of pixels that may be brighter than what counts as the picture's peak: hot pixels would darken it
_OUTLIERS = 1e-4
_MOST = 65535

Floats = NDArray[np.float64]


def tone_mapped(image: pyvips.Image, primaries: int, transfer: int) -> pyvips.Image:
    """Give 8-bit sRGB of three bands of 16-bit PQ or HLG.

    The brightest of a pixel's three values goes through the curve and takes the others with it, so that no hue turns;
    colours beyond sRGB are cut off at its border, as a profile would. The picture's own peak, not that of the format,
    is brought down to white, so that one without lights brighter than white stays as it is.
    """
    curve = _from_pq if transfer == PQ else _from_hlg
    light = image.maplut(_table(curve(np.linspace(0, 1, _MOST + 1)) / REFERENCE_WHITE))
    brightest = pyvips.Image.maxpair(light[0], pyvips.Image.maxpair(light[1], light[2]))
    # the roll-off is looked up by PQ's own steps, which are even to the eye
    power = (brightest * (REFERENCE_WHITE / _PQ_PEAK)) ** _N
    steps = (((power * _C2 + _C1) / (power * _C3 + 1)) ** _M * _MOST + 0.5).cast("ushort").copy_memory()
    gains = _table(_gains(_peak(steps) / _MOST)).copy(interpretation="multiband")
    matrix = np.linalg.solve(to_xyz(SRGB_PRIMARIES), to_xyz(PRIMARIES.get(primaries, SRGB_PRIMARIES)))
    mapped = (light * steps.maplut(gains)).recomb(pyvips.Image.new_from_array(matrix.tolist()))
    return mapped.copy(interpretation="scrgb").colourspace("srgb")


#: Source: SMPTE ST 2084:2014 §5, the constants of BT.2100-2 table 4
_N, _M = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def _from_pq(values: Floats) -> Floats:
    """Give cd/m² of PQ values from 0 to 1."""
    root = values ** (1 / _M)
    return np.asarray(_PQ_PEAK * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _N))


def _to_pq(light: float) -> float:
    power = (light / _PQ_PEAK) ** _N
    return float(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M)


def _from_hlg(values: Floats) -> Floats:
    """Give cd/m² of HLG values from 0 to 1, so that HLG's reference white, 75 %, is at ours.

    Source: BT.2100-2 table 5: the inverse OETF, and the OOTF of a display of 334 cd/m². Its system gamma,
    1.2 + 0.42 log10(peak / 1000), is 1 there: a screen for sRGB is about as bright. With the gamma of 1.2 that a
    display of 1000 cd/m² has, middle tones are half a stop too dark.
    """
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
    return np.asarray(scene * REFERENCE_WHITE / ((np.exp((_HLG_WHITE - c) / a) + b) / 12))


def _peak(steps: pyvips.Image) -> int:
    """Find the PQ step that all but a few pixels stay below."""
    counts = np.asarray(steps.hist_find().numpy()).ravel()
    beyond = counts[::-1].cumsum()
    return int(len(counts) - 1 - np.searchsorted(beyond, _OUTLIERS * beyond[-1], side="right"))


def _gains(peak: float) -> Floats:
    """Say by what each PQ step's light is multiplied.

    Source: ITU-R BT.2390-11 §5.4.1, steps 1 to 4 of the EETF, black at 0, the display's peak at reference white.
    """
    steps = np.linspace(0, 1, _MOST + 1)
    light = np.maximum(_from_pq(steps), 1e-9)
    white = _to_pq(REFERENCE_WHITE)
    if peak <= white:
        return np.minimum(1, REFERENCE_WHITE / light)
    value, most = np.minimum(steps / peak, 1), white / peak
    knee = 1.5 * most - 0.5
    along = np.clip((value - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * along**3 - 3 * along**2 + 1) * knee
        + (along**3 - 2 * along**2 + along) * (1 - knee)
        + (3 * along**2 - 2 * along**3) * most
    )
    return np.asarray(_from_pq(np.where(value < knee, value, spline) * peak) / light)


def _table(values: Floats) -> pyvips.Image:
    return pyvips.Image.new_from_array(values.astype(np.float32)[None, :, None])
