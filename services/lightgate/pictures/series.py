"""Series are looked for a set at a time, as soon as all its photos are rated, and anew when one is rated again.

Nothing waits for it: a photo whose series is not known yet is reviewed like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import QUALITY, REVIEW, Route, steps_before, steps_between
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.domain.series.brackets import in_time, may_be_panorama
from lightgate.domain.series.find import find_series
from lightgate.domain.series.rank import UNRANKED, Place, ranked
from lightgate.domain.series.shot import Shift, Shot
from lightgate.files.data_folder import DataFolder
from lightgate.store import PhotoFilter, Store, Transaction
from lightgate.texts.proofreader import Proofreader

#: photos that are proved in one transaction
_AT_ONCE = 50

#: how far the picture of a second file is moved against the first's; None where they show no common part
Overlap = Callable[[Path, Path], Shift | None]


def find_new_series(
    store: Store,
    folder: DataFolder,
    route: Route,
    overlap: Overlap,
    at: datetime,
    *,
    proofreader: Proofreader | None = None,
) -> int:
    """Find the series of every set whose turn it is; give how many sets were looked at.

    Args:
        proofreader: reads again what was found in texts before it was known that they are of one series.
    """
    with store.reading() as tx:
        due = [
            set_id for set_id in tx.pictures.sets_without_series(after_rating(route)) if _is_rated(tx, set_id, route)
        ]
        shots = {set_id: tx.pictures.shots(set_id) for set_id in due}
    for set_id in due:
        # pictures are read here, outside of any transaction
        found = find_series(shots[set_id], _shifts(shots[set_id], folder, overlap))
        with store.writing() as tx:
            tx.pictures.put_series(set_id, found)
        if proofreader is not None:
            _prove_again(store, set_id, proofreader, at)
    return len(due)


def _prove_again(store: Store, set_id: int, proofreader: Proofreader, at: datetime) -> None:
    """Frames of one series may say the same; what was warned of before that was known is no fault."""
    wanted = PhotoFilter(set_id=set_id, review_status=ReviewStatus.NEEDS_WORK)
    last_id = None
    while True:
        with store.writing() as tx:
            photos = tx.photos.page(wanted, after=last_id, limit=_AT_ONCE)
            for photo in photos:
                if photo.series is not None:
                    proofreader.prove(tx, photo, at)
        if len(photos) < _AT_ONCE:
            return
        last_id = photos[-1].id


def rank_again(tx: Transaction, photo: Photo) -> None:
    """Rank a photo's series anew after its rating changed, or after it was rejected or came back: these few rows only.

    Which photos belong together stays as it was found.
    """
    series = photo.series
    if series is None or series.kind in UNRANKED:
        return
    members = in_time(tx.pictures.shots(photo.set_id, series.key))
    # one that was rejected is not among the members
    tx.pictures.put_ranks({photo.id: Place(None, "Rejected."), **(ranked(members) if members else {})})


def after_rating(route: Route) -> Sequence[str]:
    """List the steps where photos stand that were rated lately; further on nobody looks for their series any more."""
    return [step.name for step in steps_between(route, QUALITY, REVIEW)]


def _is_rated(tx: Transaction, set_id: int, route: Route) -> bool:
    steps = (*(step.name for step in steps_before(route, QUALITY)), QUALITY)
    return all(tx.queue.is_past(set_id, name) for name in steps)


def _shifts(shots: Sequence[Shot], folder: DataFolder, overlap: Overlap) -> dict[tuple[int, int], Shift]:
    """Compare neighbours that may be parts of a panorama: as many pairs as photos at most."""
    pairs = [(one, other) for one, other in pairwise(in_time(shots)) if may_be_panorama(one, other)]
    found = {}
    for one, other in pairs:
        thumbs = (folder.proxy_files(shot.content_hash).thumb for shot in (one, other))
        if (shift := overlap(*thumbs)) is not None:
            found[one.id, other.id] = shift
    return found
