"""The subject that the pictures of a set suggest: shown on the set's page, and put in by a person's word."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.keywords.subject import SubjectSuggestion, suggest_subject
from lightgate.domain.photo import PhotoSet
from lightgate.errors import InputInvalid
from lightgate.steps import review
from lightgate.steps.review import Changes
from lightgate.store import Transaction
from lightgate_web.pages import pages
from lightgate_web.request.context import house, person


def suggestion_for(tx: Transaction, photo_set: PhotoSet) -> SubjectSuggestion | None:
    """Look at what the undecided photos of a set show."""
    return suggest_subject(tx.pictures.hinted(photo_set.id), word_lists(house().folder.words), photo_set.languages[0])


@pages.post("/sets/<slug>/subject")
def take_subject(slug: str) -> Response:
    """Give the suggested subject to the photos it was suggested for, each with its own history."""
    here = house()
    with here.store.reading() as tx:
        found = suggestion_for(tx, tx.sets.get(slug))
    if found is None:
        raise InputInvalid(reason="Nothing is suggested for this set any more.")
    is_common = request.form.get("which") == "common"
    if is_common and found.common != request.form.get("subject"):
        raise InputInvalid(reason="The suggestion has changed in the meantime; look at it again.")
    wanted = {each: found.common or "" if is_common else name for each, name in found.by_photo.items()}
    desk, refused = review.together(here.review_desk()), 0
    for photo_id, subject in wanted.items():
        outcomes = review.bulk(desk, [photo_id], "edit", person(), changes=Changes(subject=subject))
        refused += sum(outcome.error is not None for outcome in outcomes)
    flash(
        f"New subject: {len(wanted) - refused} of {len(wanted)} photos", "undoable" if refused < len(wanted) else "done"
    )
    return redirect(url_for("pages.set_page", slug=slug), 303)
