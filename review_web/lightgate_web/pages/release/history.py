"""Releases that were made: each with what became of its photos, live while they go out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lightgate.errors import InputInvalid
from lightgate_web.pages import pages
from lightgate_web.request import website
from lightgate_web.request.context import house
from lightgate_web.request.selection import MAX_AT_ONCE, MAX_ID, place_from
from lightgate_web.request.website import live_address
from lightgate_web.show.wording import short

_RELEASES = 30
_PHOTOS = 48


@pages.get("/releases")
def releases() -> str:
    """List what was released, newest first."""
    with house().store.reading() as tx:
        found = tx.releases.newest(_RELEASES + 1, place_from(request.args, "before"))
    shown = found[:_RELEASES]
    later = url_for("pages.releases", before=shown[-1].number) if len(found) > _RELEASES else None
    return render_template("releases.html", here="release", releases=shown, later=later)


@pages.get(f"/releases/<int(max={MAX_ID}):number>")
def released(number: int) -> str:
    """Show what became of each photo of one release: what failed and what is on its way come first."""
    with house().store.reading() as tx:
        release = tx.releases.get(number)
        photos = tx.photos.many(tx.releases.photos_of(number, _PHOTOS))
        failed = tx.releases.photos_of(number, MAX_AT_ONCE, only_failed=True) if release.failed else []
    newest, ids = website.newest()
    return render_template(
        "released.html",
        here="release",
        release=release,
        failed=failed,
        newest=newest,
        confirmed=website.digest(ids),
        photos=[(photo, live_address(photo)) for photo in photos],
    )


@pages.post(f"/releases/<int(max={MAX_ID}):number>/stop")
def stop_release(number: int) -> Response:
    """Stop what was not sent yet."""
    outcomes = website.stop(number)
    stopped = sum(outcome.is_done for outcome in outcomes)
    under_way = len(outcomes) - stopped
    words = f"Stopped: {stopped} photo{'' if stopped == 1 else 's'} will not be sent."
    flash(
        words + (f" {under_way} under way {'is' if under_way == 1 else 'are'} finished." if under_way else ""), "done"
    )
    with house().store.reading() as tx:
        is_left = bool(tx.releases.photos_of(number, 1))
    return redirect(url_for("pages.released", number=number) if is_left else url_for("pages.releases"), 303)


@pages.post(f"/releases/<int(max={MAX_ID}):number>/undo")
def take_release_back(number: int) -> Response:
    """Undo the newest release, as it was shown."""
    newest, ids = website.newest()
    if newest == number and website.digest(ids) != request.form.get("confirmed"):
        raise InputInvalid(reason="This release has changed since you looked. Look again and confirm.")
    outcomes = website.take_back(number)
    left = [outcome for outcome in outcomes if not outcome.is_done]
    done = len(outcomes) - len(left)
    words = f"Release {number} taken back: {done} of {len(outcomes)} photos."
    flash(words + (f" {len(left)} not, the first because: {short(left[0].message, 200)}" if left else ""), "done")
    return redirect(url_for("pages.released", number=number) if left else url_for("pages.releases"), 303)
