"""Taking photos off the website: what it would remove, one confirm with the count, and an answer for each."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.words import ReviewStatus
from lightgate_web import audited, releasing
from lightgate_web.here import house, person
from lightgate_web.pages import pages
from lightgate_web.pages.several import picked_ids
from lightgate_web.selection import selection_from


@pages.post("/unpublish/look")
def look_before_unpublishing() -> str:
    """Show which files and rows would go."""
    with house().store.reading() as tx:
        photos = tx.photos.many(picked_ids(tx))
    live = [photo for photo in photos if photo.publications]
    return render_template(
        "unpublish.html",
        photos=live,
        others=len(photos) - len(live),
        files=sum(len(each.paths) for photo in live for each in photo.publications),
        outcomes=None,
        selection=selection_from(request.args),
    )


@pages.post("/unpublish")
def unpublish() -> str | Response:
    """Take them off, and say for each what became of it."""
    with house().store.reading() as tx:
        photos = {photo.id: photo for photo in tx.photos.many(picked_ids(tx))}
    if not photos:
        return redirect(url_for("pages.photos", state=ReviewStatus.PUBLISHED.value), 303)
    outcomes = releasing.unpublish(list(photos))
    done = sum(outcome.is_done for outcome in outcomes)
    audited.note(person(), "unpublished", f"{done} of {len(outcomes)} photos")
    return render_template(
        "unpublish.html",
        photos=[],
        others=0,
        files=0,
        outcomes=[(photos.get(outcome.photo_id), outcome) for outcome in outcomes],
        done=done,
        selection=selection_from(request.args),
    )
