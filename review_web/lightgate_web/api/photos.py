"""Photos: the list, one of them, and editing it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, jsonify, request

from lightgate.errors import InputInvalid
from lightgate.names.reserve import foreseen_name as foreseen
from lightgate.steps import review
from lightgate.store import Order
from lightgate_web.api import api
from lightgate_web.api.given import body, changes_from, version_of
from lightgate_web.request.context import house, person
from lightgate_web.request.selection import MAX_ID, cursor_from, selection_from
from lightgate_web.show.json_shapes import issue_json, photo_json, proposal_json, quality_json

_NAMED = ("subject", "location", "folder")
_DEFAULT_LIMIT = 50
_MAX_LIMIT = 200


@api.get("/photos")
def photos() -> Response:
    # scripts walk a list while it changes: the order must not
    selection = selection_from(request.args, order=Order.ID)
    limit = _limit()
    with house().store.reading() as tx:
        last_event = tx.events.last_id()
        found = tx.photos.page(selection.wanted(tx), after=cursor_from(request.args, "cursor"), limit=limit + 1)
    shown = found[:limit]
    cursor = selection.place_of(shown[-1]) if len(found) > limit else None
    return jsonify(photos=[photo_json(each) for each in shown], next_cursor=cursor, last_event=last_event)


@api.get(f"/photos/<int(max={MAX_ID}):photo_id>")
def photo(photo_id: int) -> Response:
    with house().store.reading() as tx:
        found = tx.photos.get(photo_id)
        issues = tx.photos.issues(photo_id)
        requests = tx.requests.of_photo(photo_id)
        quality = tx.photos.quality(photo_id)
    return jsonify(
        **photo_json(found),
        issues=[issue_json(each) for each in issues],
        proposals=[proposal_json(each) for each in requests],
        text_quality=quality_json(quality),
    )


@api.get(f"/photos/<int(max={MAX_ID}):photo_id>/name")
def foreseen_name(photo_id: int) -> Response:
    """Say which file name an edit of subject, location or folder would give; nothing is held for it."""
    here = house()
    typed = {name: " ".join(request.args.get(name, "").split()) for name in _NAMED}
    given: dict[str, Any] = {name: value for name, value in typed.items() if value}
    with here.store.reading() as tx:
        photo = replace(tx.photos.get(photo_id), **given)
        return jsonify(file_name=foreseen(tx, photo, here.review_desk().rule))


@api.patch(f"/photos/<int(max={MAX_ID}):photo_id>")
def edit(photo_id: int) -> Response:
    given = body()
    here = house()
    with here.store.reading() as tx:
        first_language = tx.photos.get(photo_id).languages[0]
    changes = changes_from(given, first_language)
    return jsonify(photo_json(review.edit(here.review_desk(), photo_id, version_of(given), changes, person())))


def _limit() -> int:
    text = request.args.get("limit", str(_DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 6) or not 1 <= int(text) <= _MAX_LIMIT:
        raise InputInvalid(reason=f"limit must be a number from 1 to {_MAX_LIMIT}.")
    return int(text)
