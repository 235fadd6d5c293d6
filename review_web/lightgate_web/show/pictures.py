"""Pictures, by photo and kind: no path ever comes from a request, and none is sent that the row does not know."""

from __future__ import annotations

from html import escape
from io import BytesIO
from typing import cast

from flask import Blueprint, current_app, request, send_file
from werkzeug.wrappers import Response

from lightgate.domain.photo import Photo
from lightgate.files.picture_proof import Fault, Known
from lightgate_web.request.context import house
from lightgate_web.request.selection import MAX_ID
from lightgate_web.show.json_shapes import VERSION_LENGTH

pictures = Blueprint("pictures", __name__)

_A_YEAR_S = 365 * 24 * 3600
_KNOWN = "lightgate.proven_pictures"
_PLACEHOLDER = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 100" width="150" height="100">
<title>{words}</title>
<path d="M52 66l16-20 11 13 8-9 13 16z" fill="none" stroke="#808080" stroke-width="2" stroke-linejoin="round"/>
<circle cx="89" cy="40" r="4" fill="none" stroke="#808080" stroke-width="2"/>{mark}</svg>"""
#: crossed out: there is something, and it is not shown
_CROSSED_OUT = '<path d="M46 72L106 34" fill="none" stroke="#808080" stroke-width="3" stroke-linecap="round"/>'


@pictures.get(f"/pictures/<int(max={MAX_ID}):photo_id>/<any(view,crop,proxy,thumb):kind>.jpg")
def picture(photo_id: int, kind: str) -> Response:
    """Send one picture of a photo as its row knows it, or a placeholder that says why there is none."""
    here = house()
    with here.store.reading() as tx:
        content_hash, hashes = tx.photos.pictures(photo_id)
    told = hashes.get(kind)
    found = _known().read(getattr(here.folder.proxy_files(content_hash), kind), told)
    if isinstance(found, Fault) or told is None:
        return _placeholder(found if isinstance(found, Fault) else Fault.UNKNOWN)
    response = send_file(BytesIO(found), mimetype="image/jpeg", conditional=True, etag=told)
    response.cache_control.private = True
    if request.args.get("v") == told[:VERSION_LENGTH]:
        response.cache_control.max_age = _A_YEAR_S
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
    else:
        response.cache_control.no_cache = True
    return response


def fault_of(photo: Photo) -> Fault | None:
    """Say why the view of a photo is not shown; None: it is."""
    view = house().folder.proxy_files(photo.content_hash).view
    found = _known().read(view, photo.pictures.get("view"))
    return found if isinstance(found, Fault) else None


def _known() -> Known:
    return cast("Known", current_app.extensions.setdefault(_KNOWN, Known()))


def _placeholder(fault: Fault) -> Response:
    # browsers show the body of a 404 in an <img>; scripts see the truth
    mark = "" if fault is Fault.NONE_MADE else _CROSSED_OUT
    body = _PLACEHOLDER.format(words=escape(fault.value), mark=mark)
    status = 409 if fault is Fault.SWAPPED else 404
    return Response(body, status, {"Cache-Control": "no-store"}, mimetype="image/svg+xml")
