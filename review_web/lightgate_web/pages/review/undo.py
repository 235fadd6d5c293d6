"""Undo and redo: the person stays on the page where they were pressed, which says what was done, and to which photo."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from lightgate.domain.photo import Photo
from lightgate.domain.route.liveness import has_whole_version
from lightgate.steps import review
from lightgate.steps.review import Undone
from lightgate_web.pages import pages
from lightgate_web.request.context import house, person
from lightgate_web.request.selection import Selection, place_given, selection_from
from lightgate_web.show.wording import done_words, short

_NAME_LENGTH = 60


@pages.post("/undo")
def undo() -> Response:
    """Take the person's last action back."""
    return _shown("Undone", "redoable", review.undo(house().review_desk(), person()))


@pages.post("/redo")
def redo() -> Response:
    """Do again what the person undid last."""
    return _shown("Done again", "undoable", review.redo(house().review_desk(), person()))


@pages.app_template_global("this_page")
def this_page() -> str:
    """Give the address to come back to, without the site's root; empty where a page is no answer to an address."""
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    photo_id = (request.view_args or {}).get("photo_id")
    if photo_id is not None:
        # a refused decision is answered with the page of its photo
        query = request.query_string.decode("ascii", "replace")
        return f"/photos/{photo_id}{'?' if query else ''}{query}"
    try:
        return request.form.get("back", "")
    except RequestEntityTooLarge:
        # the page that says so
        return ""


def _shown(words: str, kind: str, undone: Undone) -> Response:
    selection = selection_from(request.args)
    flash(_said(words, undone, selection), kind)
    return redirect(_page_of_then() or _page_about(undone, selection), 303)


def _said(words: str, undone: Undone, selection: Selection) -> Markup:
    first, many = undone.photos[0], len(undone.photos) + len(undone.refused)
    what = ", ".join(done_words(undone.events))
    if many == 1:
        said = Markup("{}: {} ({})").format(words, _link(first, selection), what)
    else:
        said = Markup("{}: {} of {} photos. That was: {}; the first is {}.").format(
            words, len(undone.photos), many, what, _link(first, selection)
        )
    if undone.refused:
        photo_id, error = undone.refused[0]
        why = short(error.message, 200)
        said += f" {len(undone.refused)} could not be, the first (photo {photo_id}) because: {why}"
    # a release is not among the things that are taken back
    is_live = any(has_whole_version(photo) for photo in undone.photos)
    return said + (" (what is on the website stays there)" if is_live else "")


def _link(photo: Photo, selection: Selection) -> Markup:
    address = url_for("pages.photo", photo_id=photo.id, **selection.at(photo))
    return Markup('<a href="{}" dir="auto">{}</a>').format(address, short(photo.original_file_name, _NAME_LENGTH))


def _page_of_then() -> str:
    """Give the page that the person was on, if the site has such a page."""
    back = urlsplit(request.form.get("back", ""))
    if back.scheme or back.netloc or not back.path.startswith("/") or "\\" in back.path:
        return ""
    try:
        current_app.url_map.bind("").match(back.path, "GET")
    except HTTPException:
        return ""
    return f"{request.root_path}{back.path}{'?' if back.query else ''}{back.query}"


def _page_about(undone: Undone, selection: Selection) -> str:
    if len(undone.photos) + len(undone.refused) == 1:
        photo = undone.photos[0]
        return url_for("pages.photo", photo_id=photo.id, **selection.at(photo))
    return url_for("pages.photos", **selection.params, **place_given(request.args))
