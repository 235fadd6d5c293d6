"""Taking photos off the website: what it would remove, one confirm with the count, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from lightgate.domain.photo import Photo
from lightgate.steps.release import Outcome
from lightgate_web.pages import pages
from lightgate_web.pages.review.several import picked_ids
from lightgate_web.request import website
from lightgate_web.request.context import house
from lightgate_web.request.selection import ALL, selection_from

#: each person's last result, so that a reload shows it again
_NOTE = "unpublished.{user_id}"
#: photos that are named behind one reason
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Left:
    """Photos that could not be taken off for one reason."""

    reason: str
    ids: Sequence[int]
    #: the first of them
    named: Sequence[Photo]


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
        selection=selection_from(request.args),
    )


@pages.post("/unpublish")
def unpublish() -> Response:
    """Take them off, and lead to the page that says what became of it."""
    with house().store.reading() as tx:
        photos = tx.photos.many(picked_ids(tx))
    if not photos:
        return redirect(url_for("pages.photos", state=ALL, q="is:live"), 303)
    outcomes = website.unpublish([photo.id for photo in photos])
    done = sum(outcome.is_done for outcome in outcomes)
    _keep(outcomes, done)
    return redirect(url_for("pages.unpublished", **selection_from(request.args).params), 303)


@pages.get("/unpublished")
def unpublished() -> str:
    """Show what became of the photos that this person took off last."""
    with house().store.reading() as tx:
        kept = json.loads(tx.notes.get(_note()) or "{}")
        left = [Left(reason, ids, tx.photos.many(ids[:_NAMED])) for reason, ids in sorted(kept.get("left", {}).items())]
    return render_template(
        "unpublished.html",
        photos=kept.get("photos", 0),
        done=kept.get("done", 0),
        left=left,
        again=list(chain.from_iterable(each.ids for each in left)),
        selection=selection_from(request.args),
    )


def _keep(outcomes: Sequence[Outcome], done: int) -> None:
    left: dict[str, list[int]] = {}
    for outcome in outcomes:
        if not outcome.is_done:
            left.setdefault(outcome.message, []).append(outcome.photo_id)
    here = house()
    with here.store.writing() as tx:
        tx.notes.put(_note(), json.dumps({"photos": len(outcomes), "done": done, "left": left}), here.now())


def _note() -> str:
    return _NOTE.format(user_id=current_user.user.id)
