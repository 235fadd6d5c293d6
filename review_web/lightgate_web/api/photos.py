"""Photos: the list, one of them, and editing it."""

from __future__ import annotations

from flask import Response, jsonify, request

from lightgate import review
from lightgate.errors import InputInvalid
from lightgate_web.api import api
from lightgate_web.api.given import body, changes_from, version_of
from lightgate_web.here import house, person
from lightgate_web.selection import MAX_ID, place_from, selection_from
from lightgate_web.shapes import issue_json, photo_json

_DEFAULT_LIMIT = 50
_MAX_LIMIT = 200


@api.get("/photos")
def photos() -> Response:
    selection = selection_from(request.args)
    limit = _limit()
    with house().store.reading() as tx:
        found = tx.photos.page(selection.wanted(tx), after=place_from(request.args, "cursor"), limit=limit + 1)
    shown = found[:limit]
    cursor = str(shown[-1].id) if len(found) > limit else None
    return jsonify(photos=[photo_json(each) for each in shown], next_cursor=cursor)


@api.get(f"/photos/<int(max={MAX_ID}):photo_id>")
def photo(photo_id: int) -> Response:
    with house().store.reading() as tx:
        found = tx.photos.get(photo_id)
        issues = tx.photos.issues(photo_id)
    return jsonify(**photo_json(found), issues=[issue_json(each) for each in issues])


@api.patch(f"/photos/<int(max={MAX_ID}):photo_id>")
def edit(photo_id: int) -> Response:
    given = body()
    here = house()
    with here.store.reading() as tx:
        first_language = tx.photos.get(photo_id).languages[0]
    changes = changes_from(given, first_language)
    return jsonify(photo_json(review.edit(here.desk(), photo_id, version_of(given), changes, person())))


def _limit() -> int:
    text = request.args.get("limit", str(_DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 6) or not 1 <= int(text) <= _MAX_LIMIT:
        raise InputInvalid(reason=f"limit must be a number from 1 to {_MAX_LIMIT}.")
    return int(text)
