"""The keyword vocabulary from a script."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify, request

from lightgate.domain.keywords.vocabulary import TermState
from lightgate.errors import InputInvalid
from lightgate.store import VocabularyEntry
from lightgate_web.api import api
from lightgate_web.request.context import house
from lightgate_web.request.selection import MAX_ID, place_from

_TERM = f"/vocabulary/<int(max={MAX_ID}):term_id>"
_LIMIT = 200


@api.get("/vocabulary")
def vocabulary() -> Response:
    """List terms of one state: proposed, unless another is asked for; of one language or of all."""
    try:
        state = TermState(request.args.get("state", TermState.PROPOSED))
    except ValueError as error:
        raise InputInvalid(reason=f"There is no such state; use {', '.join(TermState)}.") from error
    after = place_from(request.args, "cursor") or 0
    with house().store.reading() as tx:
        found = tx.vocabulary.entries(
            state,
            language=request.args.get("language") or None,
            after=after,
            limit=_LIMIT + 1,
            search=request.args.get("q", "")[:200],
        )
    shown = found[:_LIMIT]
    cursor = str(shown[-1].id) if len(found) > _LIMIT else None
    return jsonify(terms=[_term(each) for each in shown], next_cursor=cursor)


@api.post(f"{_TERM}/accept")
def accept_term(term_id: int) -> Response:
    return _decided(term_id, TermState.LISTED)


@api.post(f"{_TERM}/ban")
def ban_term(term_id: int) -> Response:
    return _decided(term_id, TermState.BANNED)


def _decided(term_id: int, state: TermState) -> Response:
    here = house()
    with here.store.writing() as tx:
        tx.vocabulary.decide(term_id, state, here.now())
    return jsonify(id=term_id, state=state.value)


def _term(entry: VocabularyEntry) -> dict[str, Any]:
    return {**asdict(entry), "state": entry.state.value}
