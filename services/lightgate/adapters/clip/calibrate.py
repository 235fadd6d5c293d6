"""Fitting a judge by ridge regression, and what it is worth by cross-validation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lightgate.domain.rating.calibrated import FittedRating, features
from lightgate.store import Judged

Floats = NDArray[np.float64]

_FOLDS = 5
_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
#: points of the scale
_QUANTILES = np.linspace(0, 1, 21)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Give Spearman's rho; equal values share their mean rank."""
    first, second = _ranks(one), _ranks(other)
    spread = first.std() * second.std()
    return 0.0 if spread == 0 else float(((first - first.mean()) * (second - second.mean())).mean() / spread)


def _ranks(values: Floats) -> Floats:
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[where], dtype=np.float64)


def fit(photos: Sequence[Judged], model: str, metrics_version: str) -> tuple[FittedRating, float]:
    """Fit to judgements; give the judge and its rank correlation on photos that it was not fitted to."""
    given = np.array([features(photo.embedding, photo.marks) for photo in photos])
    wanted = np.array([photo.judgement for photo in photos], dtype=np.float64)
    guessed = {strength: _cross_validated(given, wanted, strength) for strength in _STRENGTHS}
    strength = max(guessed, key=lambda each: rank_correlation(guessed[each], wanted))
    weights, bias = _ridge(given, wanted, strength)
    ratings = np.array([photo.qr for photo in photos], dtype=np.float64)
    scale = zip(np.quantile(guessed[strength], _QUANTILES), np.quantile(ratings, _QUANTILES), strict=True)
    judge = FittedRating(
        model, metrics_version, tuple(map(float, weights)), bias, tuple((float(a), float(b)) for a, b in scale)
    )
    return judge, rank_correlation(guessed[strength], wanted)


def _cross_validated(given: Floats, wanted: Floats, strength: float) -> Floats:
    """Guess every judgement from the photos of the other folds; the same folds every time."""
    fold = np.random.default_rng(1).permutation(len(wanted)) % _FOLDS
    guessed = np.empty_like(wanted)
    for number in range(_FOLDS):
        held = fold == number
        weights, bias = _ridge(given[~held], wanted[~held], strength)
        guessed[held] = given[held] @ weights + bias
    return guessed


def _ridge(given: Floats, wanted: Floats, strength: float) -> tuple[Floats, float]:
    """Solve in the dual, which is small: there are fewer photos than numbers about each, or not many more."""
    mean, middle = given.mean(axis=0), float(wanted.mean())
    centred = given - mean
    inner = centred @ centred.T
    weights = centred.T @ np.linalg.solve(inner + strength * np.eye(len(wanted)), wanted - middle)
    return np.asarray(weights), float(middle - mean @ weights)
