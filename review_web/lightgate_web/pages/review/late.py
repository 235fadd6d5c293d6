"""A form that was sent after its session had ended: the photo is shown with what was typed, to be sent again."""

from __future__ import annotations

from flask import Response, request
from flask_wtf.csrf import CSRFError

from lightgate.errors import LightgateError
from lightgate_web.pages import pages
from lightgate_web.pages.review.photo import photo_page
from lightgate_web.request.errors import on_csrf_error
from lightgate_web.request.selection import selection_from

_PROBLEM = "You signed in again after this page was loaded, so nothing was done yet; press once more."


@pages.errorhandler(CSRFError)
def show_again(error: CSRFError) -> Response | tuple[str, int]:
    """Answer a form of the photo page with the page and a new token; nothing is changed."""
    photo_id = (request.view_args or {}).get("photo_id")
    if photo_id is None:
        return on_csrf_error(error)
    try:
        return photo_page(photo_id, selection_from(request.args), request.form, _PROBLEM), 400
    except LightgateError:
        # no such photo, or an address that means nothing: there is no page to bring back
        return on_csrf_error(error)
