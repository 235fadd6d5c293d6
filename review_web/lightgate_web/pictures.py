"""Pictures, by photo and kind: no path ever comes from a request."""

from __future__ import annotations

from flask import Blueprint, request, send_file
from werkzeug.wrappers import Response

from lightgate_web.here import house
from lightgate_web.selection import MAX_ID

pictures = Blueprint("pictures", __name__)

_A_YEAR_S = 365 * 24 * 3600
_PLACEHOLDER = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 100" width="150" height="100">
<path d="M52 66l16-20 11 13 8-9 13 16z" fill="none" stroke="#808080" stroke-width="2" stroke-linejoin="round"/>
<circle cx="89" cy="40" r="4" fill="none" stroke="#808080" stroke-width="2"/></svg>"""


@pictures.get(f"/pictures/<int(max={MAX_ID}):photo_id>/<any(view,crop,proxy,thumb):kind>.jpg")
def picture(photo_id: int, kind: str) -> Response:
    """Send one picture of a photo, or a placeholder while there is none."""
    here = house()
    with here.store.reading() as tx:
        content_hash = tx.photos.content_hash(photo_id)
    file = getattr(here.folder.proxy_files(content_hash), kind)
    try:
        made_at = file.stat().st_mtime_ns
        etag = f"{content_hash}-{kind}-{made_at:x}"
        response = send_file(file, mimetype="image/jpeg", conditional=True, etag=etag)
    except FileNotFoundError:
        return _placeholder()
    response.cache_control.private = True
    if request.args.get("v") == content_hash[:12]:
        response.cache_control.max_age = _A_YEAR_S
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
    else:
        response.cache_control.no_cache = True
    return response


def _placeholder() -> Response:
    # browsers show the body of a 404 in an <img>; scripts see the truth
    return Response(_PLACEHOLDER, 404, {"Cache-Control": "no-store"}, mimetype="image/svg+xml")
