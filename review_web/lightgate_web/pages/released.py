"""Releases that were made: each with what became of its photos, live while they go out."""

from __future__ import annotations

from flask import render_template, request, url_for

from lightgate_web.here import house
from lightgate_web.pages import pages
from lightgate_web.releasing import live_address
from lightgate_web.selection import MAX_AT_ONCE, MAX_ID, place_from

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
    return render_template(
        "released.html",
        here="release",
        release=release,
        failed=failed,
        photos=[(photo, live_address(photo)) for photo in photos],
    )
