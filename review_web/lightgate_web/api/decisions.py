"""Decisions from a script: one photo, many, release, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response, jsonify

from lightgate.domain.photo import Field, Photo
from lightgate.errors import InputInvalid, LightgateError
from lightgate.steps import review
from lightgate.steps.review import Changes, KeywordEdit, Replacement, Undone
from lightgate_web.api import api
from lightgate_web.api.given import (
    body,
    changes_from,
    ids_from,
    last_event_of,
    quarters_of,
    query_from,
    text_of,
    texts_of,
    version_of,
)
from lightgate_web.request import website
from lightgate_web.request.context import house, person
from lightgate_web.request.new_texts import refuse_without_model
from lightgate_web.request.selection import MAX_ID, ids_of, selection_from
from lightgate_web.show.json_shapes import photo_json

_ID = f"<int(max={MAX_ID}):photo_id>"


@api.post(f"/photos/{_ID}/approve")
def approve(photo_id: int) -> Response:
    given = body()
    reason = text_of(given, "override_reason") or None
    return _answer(review.approve(house().review_desk(), photo_id, version_of(given), person(), reason))


@api.post(f"/photos/{_ID}/reject")
def reject(photo_id: int) -> Response:
    given = body()
    return _answer(
        review.reject(house().review_desk(), photo_id, version_of(given), person(), text_of(given, "reason"))
    )


@api.post(f"/photos/{_ID}/reopen")
def reopen(photo_id: int) -> Response:
    return _answer(review.reopen(house().review_desk(), photo_id, version_of(body()), person()))


@api.post(f"/photos/{_ID}/turn")
def turn(photo_id: int) -> Response:
    given = body()
    return _answer(review.turn(house().review_desk(), photo_id, version_of(given), quarters_of(given), person()))


@api.post(f"/photos/{_ID}/retry")
def retry(photo_id: int) -> Response:
    return _answer(review.retry(house().review_desk(), photo_id, version_of(body()), person()))


@api.post(f"/photos/{_ID}/skip")
def skip(photo_id: int) -> Response:
    return _answer(review.skip(house().review_desk(), photo_id, version_of(body()), person()))


@api.post("/bulk")
def bulk() -> Response:
    given = body()
    ids, seen = _ids(given), last_event_of(given)
    action = text_of(given, "action")
    changes = None
    if action == "regenerate":
        refuse_without_model()
    if action == "edit":
        # one language for all: each photo's own first one is not known here
        wanted = given.get("changes")
        if not isinstance(wanted, dict):
            raise InputInvalid(reason="changes must be an object.")
        changes = changes_from(wanted, house().settings.intake.languages[0])
    if action in _REWRITING:
        outcomes = review.bulk_edit(house().review_desk(), ids, _REWRITING[action](given), person(), seen=seen)
    else:
        reason = text_of(given, "reason")
        outcomes = review.bulk(house().review_desk(), ids, action, person(), reason=reason, changes=changes, seen=seen)
    return jsonify(
        done=[outcome.photo_id for outcome in outcomes if outcome.error is None],
        refused=[_refusal(outcome.photo_id, outcome.error) for outcome in outcomes if outcome.error is not None],
    )


@api.post("/release")
def release() -> Response:
    given = body()
    if ("set" in given) == ("ids" in given):
        raise InputInvalid(reason="Send either a set or ids.")
    ids = website.ready(text_of(given, "set")) if text_of(given, "set") else ids_from(given.get("ids"))
    report = website.release(ids)
    return jsonify(
        released=list(report.released),
        removed=[each.photo_id for each in report.removed if each.is_done],
        refused=[{"id": each.photo_id, "message": each.message} for each in _not_done(report.refused, report.removed)],
    )


@api.post(f"/releases/<int(max={MAX_ID}):number>/stop")
def stop_release(number: int) -> Response:
    outcomes = website.stop(number)
    return jsonify(
        stopped=[each.photo_id for each in outcomes if each.is_done],
        under_way=[each.photo_id for each in outcomes if not each.is_done],
    )


@api.post("/undo")
def undo() -> Response:
    return _undone(review.undo(house().review_desk(), person()))


@api.post("/redo")
def redo() -> Response:
    return _undone(review.redo(house().review_desk(), person()))


def _keywords(given: dict[str, Any]) -> Callable[[Photo], Changes]:
    return KeywordEdit(texts_of(given, "add"), texts_of(given, "remove")).changes


def _replacement(given: dict[str, Any]) -> Callable[[Photo], Changes]:
    known = {field.value: field for field in Field}
    fields = texts_of(given, "fields")
    if any(name not in known for name in fields):
        raise InputInvalid(reason=f"There are these texts: {', '.join(known)}.")
    wanted = tuple(known[name] for name in fields) or tuple(Field)
    return Replacement(text_of(given, "find"), text_of(given, "put"), wanted, given.get("exact") is True).changes


#: bulk actions that mean something else for each photo
_REWRITING: Mapping[str, Callable[[dict[str, Any]], Callable[[Photo], Changes]]] = {
    "keywords": _keywords,
    "replace": _replacement,
}


def _answer(photo: Photo) -> Response:
    return jsonify(photo_json(photo))


def _undone(undone: Undone) -> Response:
    """The photo it was about, the first of several, and what became of each."""
    return jsonify(
        **photo_json(undone.photos[0]),
        done=[photo.id for photo in undone.photos],
        refused=[_refusal(photo_id, error) for photo_id, error in undone.refused],
    )


def _ids(given: dict[str, Any]) -> list[int]:
    if ("ids" in given) == ("query" in given):
        raise InputInvalid(reason="Send either ids or a query.")
    if "ids" in given:
        return ids_from(given["ids"])
    with house().store.reading() as tx:
        return list(ids_of(tx, selection_from(query_from(given["query"]))))


def _refusal(photo_id: int, error: LightgateError) -> dict[str, Any]:
    return {"id": photo_id, "code": error.code, "message": error.message}


def _not_done(*groups: Iterable[Any]) -> Iterable[Any]:
    return (outcome for group in groups for outcome in group if not outcome.is_done)
