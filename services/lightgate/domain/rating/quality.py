"""How measurements of a picture become the rating QR, its band, and sentences that explain it.

The weights, limits and mapping constants are engineering choices, not findings; ``QUALITY_VERSION`` names them.
Each part is mapped to 0-100, the technical mark is their weighted mean, QR stands on the website's 0-10 scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lightgate.domain.photo import Component, Scores
from lightgate.domain.rating.quality_words import HARDLY_ANY_COLOUR, ON_DEFAULT_SCALE, sentence

#: raised whenever a constant here or a formula of the measurements changes
QUALITY_VERSION = "3"

TECHNICAL, FULL, CALIBRATED = "technical", "full", "calibrated"
NOT_RATED = "NA"

SHARPNESS, EXPOSURE, NOISE, CONTRAST, COLOUR = "sharpness", "exposure", "noise", "contrast", "colour"
AESTHETIC = "aesthetic"
#: shares in the technical mark
WEIGHTS = {SHARPNESS: 0.40, EXPOSURE: 0.20, NOISE: 0.15, CONTRAST: 0.15, COLOUR: 0.10}
#: most photographs are technically sound; a power spreads the upper end over the bands
_SPREAD = 1.3
#: the aesthetic mark's share in QR, as an exponent: one bad side cannot be bought off
AESTHETIC_SHARE = 0.5

#: re-blur ratio of a picture blurred beyond use, and of the sharpest there are at 1280 px
_BLURRED, _CRISP = 1.0, 12.0
#: standard deviation of noise, of 255, that drowns the picture; a little of it costs less than its share.
#: So blurring noise away never pays: sharpness loses more than noise gains
_DROWNED, _NOISE_POWER = 25.0, 1.3
#: brightest parts, of 255, that noise is compared with: darkening hides noise and picture alike
_FULL_LIGHT, _DIMMEST = 0.75, 0.15
#: mean well-exposedness of an ordinary good picture
_WELL_EXPOSED = 0.85
#: what a burnt or blocked share of the picture costs, as a factor
_BURNT_COST, _BLOCKED_COST = 1.0, 0.5
_FLAT, _RICH = 0.05, 0.90
#: Hasler and Süsstrunk's scale: 15 slightly, 59 quite colourful
_PALE, _COLOURFUL = 4.0, 60.0

#: (score of sharpness, highest QR): a picture without a sharp place is no better than this
_SOFT_CAP = ((0.0, 1.0), (32.0, 10.0))
#: (burnt share, highest QR)
_BURNT_CAP = ((0.35, 6.0), (0.20, 10.0))


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was measured on the upright 1280-px sRGB proxy; None where the picture is too small for it."""

    #: how much a known blur changes the sharpest places: 1 (nothing) to about 15
    sharpness: float | None
    #: standard deviation of the noise in luma, 0-255
    noise: float | None
    #: share of the picture that is burnt out, and blocked up, 0 to 1
    burnt: float
    blocked: float
    #: mean well-exposedness, 0 to 1
    exposure: float
    #: 5th to 95th percentile of luma, 0 to 1
    contrast: float
    #: 95th percentile of luma, 0 to 1
    brightest: float
    #: Hasler and Süsstrunk's M, 0 to about 110
    colourfulness: float
    #: from 0, black and white, where colour is no measure of it, to 1
    in_colour: float
    #: 64-bit hashes, 16 hex digits
    perceptual_hash: str
    difference_hash: str
    #: centre of the sharpest place, 0 to 1 of width and height
    sharpest: tuple[float, float]
    #: which formulas, e.g. ``1``
    version: str


@dataclass(frozen=True, slots=True)
class BandLimits:
    """Lower limits of the bands on the 0-10 scale."""

    top: float = 7.5
    good: float = 6.5
    average: float = 5.5
    low: float = 4.5


def band(qr: float | None, limits: BandLimits) -> str:
    """Name the band of a rating in the website's words."""
    if qr is None:
        return NOT_RATED
    steps = ((limits.top, "Top"), (limits.good, "Good"), (limits.average, "Average"), (limits.low, "Low"))
    return next((name for lower, name in steps if qr >= lower), "Very Low")


def rate(measured: Measurements, aesthetic: float | None, why_no_aesthetic: str, limits: BandLimits) -> Scores:
    """Rate a picture from its measurements and, where a model gave one, an aesthetic score of 0 to 10."""
    marks = _marks(measured)
    weights = _weights(marks)
    technical = sum(weight * (marks[name] or 0.0) for name, weight in weights.items())
    qr = round(min(_combined(technical, aesthetic), _cap(marks[SHARPNESS], measured.burnt)), 2)
    return Scores(
        blur_score=_out_of_ten(marks[SHARPNESS]),
        brightness_score=_out_of_ten(marks[EXPOSURE]),
        contrast_score=_out_of_ten(marks[CONTRAST]),
        clip_aesthetic_score=None if aesthetic is None else round(aesthetic, 2),
        qr=qr,
        qr_mode=TECHNICAL if aesthetic is None else FULL,
        band=band(qr, limits),
        components=_components(measured, marks, weights, aesthetic, why_no_aesthetic),
        metrics_version=f"{measured.version}.{QUALITY_VERSION}",
    )


def default_rating(marks: Mapping[str, float]) -> float:
    """Rate by the marks that a photo keeps, as before any calibration; the mark for exposure holds what is burnt."""
    weights = _weights({name: marks.get(name) for name in WEIGHTS})
    technical = sum(weight * marks[name] for name, weight in weights.items())
    aesthetic = marks.get(AESTHETIC)
    rated = _combined(technical, None if aesthetic is None else aesthetic / 10)
    return round(min(rated, _cap(marks.get(SHARPNESS), 0.0)), 2)


def _marks(measured: Measurements) -> dict[str, float | None]:
    """Map every measurement to 0-100.

    Source: sharpness after Zhuo and Sim 2011 (gradient ratio under a known blur), noise after Immerkaer 1996,
    exposure after Mertens 2007, contrast after Peli 1990, colourfulness after Hasler and Süsstrunk 2003.
    """
    kept = max(0.0, 1 - _BURNT_COST * measured.burnt) * (1 - _BLOCKED_COST * measured.blocked)
    marks = {
        SHARPNESS: _logarithmic(measured.sharpness, _BLURRED, _CRISP),
        EXPOSURE: 100 * min(1.0, measured.exposure / _WELL_EXPOSED) * kept,
        NOISE: _cleanliness(measured.noise, measured.brightest),
        CONTRAST: _linear(measured.contrast, _FLAT, _RICH),
        COLOUR: None,
    }
    return {**marks, COLOUR: _colour(measured, marks)}


def _colour(measured: Measurements, marks: Mapping[str, float | None]) -> float | None:
    """Mark the colours of a picture that has some; one that has hardly any comes near the mark of the rest of it.

    So that one that fades to black and white, where colour has no mark, makes no jump on the way.
    """
    if measured.in_colour <= 0:
        return None
    rest = sum(weight * (marks[name] or 0.0) for name, weight in _weights(marks).items())
    own = _linear(measured.colourfulness, _PALE, _COLOURFUL)
    return measured.in_colour * own + (1 - measured.in_colour) * rest


def _linear(value: float, worst: float, best: float) -> float:
    return 100 * min(1.0, max(0.0, (value - worst) / (best - worst)))


def _logarithmic(value: float | None, worst: float, best: float) -> float | None:
    if value is None:
        return None
    return _linear(math.log(max(value, 1e-6)), math.log(worst), math.log(best))


def _cleanliness(noise: float | None, brightest: float) -> float | None:
    if noise is None:
        return None
    visible = noise * max(1.0, _FULL_LIGHT / max(_DIMMEST, brightest))
    return 100 * (1 - math.pow(min(1.0, visible / _DROWNED), _NOISE_POWER))


def _weights(marks: Mapping[str, float | None]) -> dict[str, float]:
    """Share the weight of what could not be measured among the rest."""
    there = {name: weight for name, weight in WEIGHTS.items() if marks[name] is not None}
    total = sum(there.values())
    return {name: weight / total for name, weight in there.items()}


def _combined(technical: float, aesthetic: float | None) -> float:
    craft = 10 * math.pow(technical / 100, _SPREAD)
    if aesthetic is None:
        return craft
    beauty = min(10.0, max(0.1, aesthetic))
    return math.pow(craft, 1 - AESTHETIC_SHARE) * math.pow(beauty, AESTHETIC_SHARE)


def _cap(sharpness: float | None, burnt: float) -> float:
    soft = 10.0 if sharpness is None else _between(sharpness, *_SOFT_CAP)
    return min(soft, _between(burnt, *_BURNT_CAP))


def _between(value: float, worst: tuple[float, float], best: tuple[float, float]) -> float:
    """Interpolate, so that no small change of a picture makes a jump of its rating."""
    share = min(1.0, max(0.0, (value - worst[0]) / (best[0] - worst[0])))
    return worst[1] + share * (best[1] - worst[1])


def _out_of_ten(mark: float | None) -> float | None:
    return None if mark is None else round(mark / 10, 2)


def _components(
    measured: Measurements,
    marks: dict[str, float | None],
    weights: dict[str, float],
    aesthetic: float | None,
    why_no_aesthetic: str,
) -> tuple[Component, ...]:
    raws = {
        SHARPNESS: measured.sharpness,
        EXPOSURE: measured.exposure,
        NOISE: measured.noise,
        CONTRAST: measured.contrast,
        COLOUR: measured.colourfulness,
    }
    technical_share = 1.0 if aesthetic is None else 1 - AESTHETIC_SHARE
    parts = [
        Component(
            name,
            score=None if (mark := marks[name]) is None else round(mark, 1),
            raw=None if raw is None else round(raw, 3),
            weight=round(weights.get(name, 0.0) * technical_share, 3),
            text=_said(name, mark, measured),
        )
        for name, raw in raws.items()
    ]
    return (*parts, _beauty(aesthetic, why_no_aesthetic))


def _said(name: str, mark: float | None, measured: Measurements) -> str:
    if name == COLOUR and 0 < measured.in_colour < 1:
        return HARDLY_ANY_COLOUR
    return sentence(name, mark, measured.burnt, measured.blocked)


def _beauty(aesthetic: float | None, why_not: str) -> Component:
    if aesthetic is None:
        return Component(AESTHETIC, score=None, text=why_not)
    mark = aesthetic * 10
    text = f"{sentence(AESTHETIC, mark)} {ON_DEFAULT_SCALE}"
    return Component(AESTHETIC, round(mark, 1), round(aesthetic, 3), AESTHETIC_SHARE, text)
