"""Photos side by side: a series, or what was picked."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.photo import Photo
from lightgate.domain.route.status_words import ReviewStatus, review_status
from lightgate.errors import InputInvalid
from lightgate.store import Transaction
from lightgate_web.pages import pages
from lightgate_web.pages.review.several import picked_ids
from lightgate_web.request.context import house
from lightgate_web.request.selection import MAX_ID, place_from, selection_from
from lightgate_web.show.wording import focal_length, taken

#: more are too small to judge beside one another
MOST = 12
#: what is compared, by its name among the facts, with the unit of a bare number
_FACTS = (
    ("Camera", "camera", ""),
    ("Lens", "lens_model", ""),
    ("Exposure", "exposure", ""),
    ("Aperture", "aperture", ""),
    ("ISO", "iso", ""),
)
#: states that wait for a decision
OPEN = frozenset({ReviewStatus.PENDING, ReviewStatus.NEEDS_WORK})
_NONE = "\u2013"


@pages.get("/compare")
def compare() -> str:
    """Show the photos that the address names."""
    selection = selection_from({name: value for name, value in request.args.items() if name != "id"})
    ids = [place for each in request.args.getlist("id") if (place := place_from({"id": each}, "id")) is not None]
    with house().store.reading() as tx:
        photos = tx.photos.many(list(dict.fromkeys(ids))[:MOST])
        last_event = tx.events.last_id()
    if not photos:
        raise InputInvalid(reason="Pick the photos to compare first.")
    kept = any(photo.series is not None and photo.series.is_one_picture for photo in photos)
    return render_template(
        "compare.html",
        photos=photos,
        last_event=last_event,
        selection=selection,
        facts=_differences(photos),
        is_kept=kept,
        open={photo.id for photo in photos if review_status(photo) in OPEN},
    )


@pages.post("/photos/compare")
def compare_picked() -> Response:
    """Go to the page that compares what was picked."""
    with house().store.reading() as tx:
        ids = picked_ids(tx)[:MOST]
    return redirect(url_for("pages.compare", id=ids, **selection_from(request.args).params), 303)


@pages.get(f"/photos/<int(max={MAX_ID}):photo_id>/series")
def compare_series(photo_id: int) -> Response:
    """Go to the page that compares the series of a photo."""
    with house().store.reading() as tx:
        ids = series_of(tx, tx.photos.get(photo_id))
    if len(ids) < 2:
        flash("This photo stands alone: no other was taken of the same moment.", "done")
        return redirect(url_for("pages.photo", photo_id=photo_id, **selection_from(request.args).params), 303)
    return redirect(url_for("pages.compare", id=ids[:MOST], **selection_from(request.args).params), 303)


def series_of(tx: Transaction, photo: Photo) -> list[int]:
    """List the photos of a photo's series, itself among them."""
    if photo.series is None:
        return [photo.id]
    return list(tx.pictures.of_series(photo.set_id, photo.series.key))


def _differences(photos: Sequence[Photo]) -> list[tuple[str, list[str], bool]]:
    """List facts photo by photo, with whether they differ."""
    times = [taken(photo.exif) or _NONE for photo in photos]
    lengths = [focal_length(photo.exif) or _NONE for photo in photos]
    rows = [("Taken", times, len(set(times)) > 1), ("Focal length", lengths, len(set(lengths)) > 1)]
    for label, name, unit in _FACTS:
        values = [f"{value}{unit}" if (value := getattr(photo.exif, name)) else _NONE for photo in photos]
        rows.append((label, values, len(set(values)) > 1))
    ratings = [f"{photo.qr:.2f}" if photo.qr is not None else _NONE for photo in photos]
    return [*rows, ("Rating", ratings, len(set(ratings)) > 1)]
