"""Fitting the rating to what the photographer thinks: stars in the files, else what was approved and rejected."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from lightgate.adapters.clip.calibrate import fit, rank_correlation
from lightgate.adapters.clip.calibration_file import write_judge
from lightgate.domain.photo import Photo
from lightgate.domain.rating.calibrated import FittedRating
from lightgate.domain.rating.quality import CALIBRATED, FULL, BandLimits, band, default_rating
from lightgate.domain.route.pipeline import REVIEW, Route
from lightgate.errors import InputInvalid
from lightgate.files.data_folder import DataFolder
from lightgate.pictures.series import after_rating, rank_again
from lightgate.store import Actor, Event, Judged, Store, Transaction
from lightgate.store.history import EventKind

#: judgements that are worth a fit, and that a decision of either kind needs
FEWEST, _FEWEST_OF_A_KIND = 50, 10
#: the fit must be so much better on photos it has not seen, and by as many standard errors: 1/sqrt(n - 1)
MARGIN, _STANDARD_ERRORS = 0.05, 1.645
_ACTOR = "calibrate"
#: more are not needed, and the fit grows with their cube
_MOST = 3000


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """How the default and the fitted rating agree with the photographer."""

    #: ``stars`` or ``decisions``
    basis: str
    photos: int
    model: str
    #: Spearman's rank correlation with the judgements, -1 to 1
    default: float
    fitted: float
    is_adopted: bool
    #: photos waiting for a decision that were rated anew
    rated: int = 0


def calibrate(store: Store, folder: DataFolder, limits: BandLimits, route: Route, at: datetime) -> CalibrationReport:
    """Fit, compare, and adopt the fit only where it is clearly better; what was approved or is live stays as it is.

    Raises:
        InputInvalid: there are not enough judgements.
    """
    with store.reading() as tx:
        basis, photos = _judgements(tx.pictures.starred(), tx.pictures.decided())
    model, version = Counter((photo.model, photo.metrics_version) for photo in photos).most_common(1)[0][0]
    photos = [photo for photo in photos if (photo.model, photo.metrics_version) == (model, version)]
    _require_enough(photos)
    wanted = np.array([photo.judgement for photo in photos])
    # not the rating they have: an earlier calibration may have given it, and has seen these judgements
    default = rank_correlation(np.array([default_rating(photo.marks) for photo in photos]), wanted)
    judge, fitted = fit(photos, model, version)
    margin = max(MARGIN, _STANDARD_ERRORS / math.sqrt(len(photos) - 1))
    is_adopted = fitted >= max(default, 0.0) + margin
    was_fitted = folder.calibration.is_file()
    adopted = judge if is_adopted else None
    write_judge(folder.calibration, adopted)
    rated = rate_anew(store, adopted, limits, route, at) if adopted or was_fitted else 0
    return CalibrationReport(basis, len(photos), model, round(default, 3), round(fitted, 3), is_adopted, rated)


def _judgements(starred: Sequence[Judged], decided: Sequence[Judged]) -> tuple[str, Sequence[Judged]]:
    basis, photos = ("stars", starred) if len(starred) >= FEWEST else ("decisions", decided)
    _require_enough(photos)
    return basis, photos[-_MOST:]


def _require_enough(photos: Sequence[Judged]) -> None:
    kinds = Counter(photo.judgement for photo in photos)
    has_both = len(kinds) > 1 and min(kinds.most_common(2)[1][1], len(photos)) >= _FEWEST_OF_A_KIND
    if len(photos) < FEWEST or not has_both:
        raise InputInvalid(
            reason=f"Calibrating needs {FEWEST} photos rated with CLIP that carry stars (xmp:Rating), or that were "
            f"approved or rejected, at least {_FEWEST_OF_A_KIND} of either kind; there are {len(photos)}."
        )


def rate_anew(store: Store, judge: FittedRating | None, limits: BandLimits, route: Route, at: datetime) -> int:
    """Rate the photos that wait for a decision, and that no person rated, by a judge or by default; give how many."""
    with store.writing() as tx:
        undecided = tx.pictures.undecided(after_rating(route))
        waiting = [each for each in undecided if judge is None or judge.fits(each.model, each.metrics_version)]
        photos = {photo.id: photo for photo in tx.photos.many([each.id for each in waiting])}
        for each in waiting:
            qr = default_rating(each.marks) if judge is None else judge.rate(each.embedding, each.marks)
            mode = FULL if judge is None else CALIBRATED
            _rate(tx, photos[each.id], qr, mode, band(qr, limits), at)
        in_series = (photo for photo in photos.values() if photo.series)
        # one photo of each series is enough to rank it
        for one in {photo.series and (photo.set_id, photo.series.key): photo for photo in in_series}.values():
            rank_again(tx, one)
    return len(waiting)


def _rate(tx: Transaction, photo: Photo, qr: float, mode: str, band_: str, at: datetime) -> None:
    """Write a rating; one that differs, of a photo that a person may be looking at, is another version of it."""
    tx.photos.put_rating(photo.id, qr, mode, band_, at)
    if photo.position.step != REVIEW or (qr, band_) == (photo.scores.qr, photo.scores.band):
        return
    tx.photos.touch(photo, at)
    old, new = (None if each is None else f"{each:g}" for each in (photo.scores.qr, qr))
    tx.events.add(Event(photo.id, photo.set_id, at, Actor.SYSTEM, _ACTOR, EventKind.RATING, "qr", old, new))
