"""New texts from a script: ask for them, take them, leave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, jsonify

from lightgate.domain.photo import Field
from lightgate.errors import InputInvalid
from lightgate.steps import review
from lightgate.store import TextRequest
from lightgate_web.api import api
from lightgate_web.api.given import body, text_of, version_of
from lightgate_web.request.context import house, person
from lightgate_web.request.new_texts import refuse_without_model
from lightgate_web.request.selection import MAX_ID
from lightgate_web.show.json_shapes import photo_json, proposal_json

_PHOTO = f"/photos/<int(max={MAX_ID}):photo_id>"
_PROPOSAL = f"{_PHOTO}/proposals/<int(max={MAX_ID}):request_id>"


@api.post(f"{_PHOTO}/regenerate")
def regenerate(photo_id: int) -> tuple[Response, int]:
    given = body()
    refuse_without_model()
    language = text_of(given, "language")
    asked = review.regenerate(
        house().review_desk(),
        photo_id,
        version_of(given),
        person(),
        fields=_fields(given),
        languages=[language] if language else [],
        hint=text_of(given, "hint"),
    )
    return jsonify(proposals=[proposal_json(each) for each in asked]), 202


@api.post(f"{_PROPOSAL}/take")
def take(photo_id: int, request_id: int) -> Response:
    given = body()
    _of_photo(photo_id, request_id)
    taken = review.take(house().review_desk(), request_id, version_of(given), person(), _fields(given))
    return jsonify(photo_json(taken))


@api.post(f"{_PROPOSAL}/leave")
def leave(photo_id: int, request_id: int) -> Response:
    given = body()
    _of_photo(photo_id, request_id)
    return jsonify(photo_json(review.leave(house().review_desk(), request_id, person(), _fields(given))))


def _of_photo(photo_id: int, request_id: int) -> TextRequest:
    with house().store.reading() as tx:
        request = tx.requests.get(request_id)
    if request.photo_id != photo_id:
        raise InputInvalid(reason="This proposal is another photo's.")
    return request


def _fields(given: Mapping[str, Any]) -> Sequence[Field]:
    names = given.get("fields", [])
    if not isinstance(names, list) or any(name not in list(Field) for name in names):
        raise InputInvalid(reason=f"fields must be a list of: {', '.join(Field)}.")
    return [Field(name) for name in names]
