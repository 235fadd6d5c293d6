"""The best of a series: it is approved and the rest rejected, in one go that one undo takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.photo import Photo
from lightgate.domain.route.status_words import review_status
from lightgate.errors import Conflict, InputInvalid, Refused, Transient
from lightgate.steps import review
from lightgate.steps.review import ReviewDesk
from lightgate_web.pages import pages
from lightgate_web.pages.review.compare import OPEN, series_of
from lightgate_web.pages.review.decisions import onwards, place_before, version_from
from lightgate_web.pages.review.form import changes_from, is_any_text_unseen
from lightgate_web.pages.review.photo import photo_page
from lightgate_web.pages.review.several import picked_ids
from lightgate_web.request.context import house, person
from lightgate_web.request.errors import status_of
from lightgate_web.request.selection import MAX_ID, place_from, selection_from
from lightgate_web.show.still_live import say_still_live

_REASON = "Another of the series is better"


@pages.post("/compare/best")
def best_of_picked() -> Response:
    """Approve one of those that are compared, and reject the others."""
    with house().store.reading() as tx:
        photos = tx.photos.many(picked_ids(tx))
    best = next((photo for photo in photos if photo.id == place_from(request.form, "best")), None)
    if best is None:
        raise InputInvalid(reason="Say which photo is the best.")
    _choose(review.together(house().review_desk()), replace(best, version=version_from(request.form)), photos)
    return redirect(url_for("pages.photos", **selection_from(request.args).params), 303)


@pages.post(f"/photos/<int(max={MAX_ID}):photo_id>/best")
def best_of_series(photo_id: int) -> Response | tuple[str, int]:
    """Save what is typed, approve the photo, and reject the others of its series."""
    selection, place = selection_from(request.args), place_before(photo_id)
    desk = review.together(house().review_desk())
    try:
        with desk.store.reading() as tx:
            photo = tx.photos.get(photo_id)
            photos = tx.photos.many(series_of(tx, photo))
        if len(photos) < 2:
            raise InputInvalid(reason="This photo stands alone: there is no series to choose from.")
        _refuse_parts_of_one(photos)
        if is_any_text_unseen(request.form, photo):
            raise Conflict
        changes = changes_from(request.form, photo)
        edited = review.edit(desk, photo_id, version_from(request.form), changes, person())
        _choose(desk, edited, photos)
    except (Refused, Transient) as error:
        return photo_page(photo_id, selection, request.form, error.message), status_of(error)
    return onwards(selection, place)


def _choose(desk: ReviewDesk, best: Photo, photos: Sequence[Photo]) -> None:
    _refuse_parts_of_one(photos)
    review.approve(desk, best.id, best.version, person(), request.form.get("override_reason") or None)
    others = [photo.id for photo in photos if photo.id != best.id and review_status(photo) in OPEN]
    seen = place_from(request.form, "seen")
    outcomes = review.bulk(desk, others, "reject", person(), reason=_REASON, seen=seen)
    refused = sum(outcome.error is not None for outcome in outcomes)
    flash(f"Approved one, rejected {len(outcomes) - refused}.{f' {refused} refused.' if refused else ''}", "undoable")
    say_still_live(outcome.photo for outcome in outcomes)


def _refuse_parts_of_one(photos: Sequence[Photo]) -> None:
    if any(photo.series is not None and photo.series.is_one_picture for photo in photos):
        raise InputInvalid(reason="A bracket or a panorama belongs together: none of it is rejected for another.")
