"""The keywords page: what models used beside the photographer's own list, to take in or to ban."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.keywords.vocabulary import TermState
from lightgate.errors import InputInvalid
from lightgate_web.pages import pages
from lightgate_web.request.context import house
from lightgate_web.request.selection import MAX_ID, place_from

_SHOWN = 200
_STATES = {"accept": TermState.LISTED, "ban": TermState.BANNED}


@pages.get("/vocabulary")
def vocabulary() -> str:
    given = request.args.get("state", TermState.PROPOSED.value)
    if given not in list(TermState):
        raise InputInvalid(reason=f"There is no such state; use {', '.join(TermState)}.")
    state = TermState(given)
    search = request.args.get("q", "")[:200]
    languages = house().settings.intake.languages
    language = request.args.get("language", "")[:35] or languages[0]
    with house().store.reading() as tx:
        after = place_from(request.args, "after") or 0
        found = tx.vocabulary.entries(state, language=language, after=after, limit=_SHOWN + 1, search=search)
        counts = {each: tx.vocabulary.count(each, language) for each in TermState}
    following = found[_SHOWN - 1].id if len(found) > _SHOWN else None
    return render_template(
        "vocabulary.html",
        terms=found[:_SHOWN],
        state=state,
        counts=counts,
        following=following,
        search=search,
        language=language,
        languages=tuple(dict.fromkeys((*languages, language))),
    )


@pages.post(f"/vocabulary/<int(max={MAX_ID}):term_id>/<any(accept,ban):action>")
def decide_term(term_id: int, action: str) -> Response:
    here = house()
    with here.store.writing() as tx:
        tx.vocabulary.decide(term_id, _STATES[action], here.now())
    flash("In the list: models may use it" if action == "accept" else "Banned: it is taken out of new texts", "done")
    state, language = (request.args.get(name) or None for name in ("state", "language"))
    return redirect(url_for("pages.vocabulary", state=state, language=language), 303)
