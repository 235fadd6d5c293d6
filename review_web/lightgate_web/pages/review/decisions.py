"""What a person does to one photo or to several: a form comes in, one function is called, the next photo opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.photo import Field, Photo
from lightgate.errors import Conflict, InputInvalid, Refused, Transient
from lightgate.steps import review
from lightgate.steps.review import Outcome, ReviewDesk
from lightgate.store import Place
from lightgate_web.pages import pages
from lightgate_web.pages.review.form import changes_from, is_any_text_unseen
from lightgate_web.pages.review.photo import photo_page
from lightgate_web.request.context import house, person
from lightgate_web.request.errors import status_of
from lightgate_web.request.new_texts import refuse_without_model
from lightgate_web.request.selection import (
    MAX_ID,
    Selection,
    ids_of,
    next_to_decide,
    picked_from,
    place_at,
    place_from,
    place_given,
    selection_from,
)
from lightgate_web.show.still_live import say_still_live
from lightgate_web.show.wording import short

Form = Mapping[str, str]

_NAME_LENGTH = 60


def _save(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    return _edited(desk, photo_id, form)


def _approve(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    with desk.store.reading() as tx:
        if is_any_text_unseen(form, tx.photos.get(photo_id)):
            raise Conflict
    photo = _edited(desk, photo_id, form)
    return review.approve(desk, photo_id, photo.version, person(), form.get("override_reason") or None)


def _reject(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    # what was typed before is kept with the photo, which may come back
    photo = _edited(desk, photo_id, form)
    return review.reject(desk, photo_id, photo.version, person(), form.get("reason", ""))


def _reopen(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    return review.reopen(desk, photo_id, version_from(form), person())


def _retry(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    return review.retry(desk, photo_id, version_from(form), person())


def _skip(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    return review.skip(desk, photo_id, version_from(form), person())


def _turn_left(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    return review.turn(desk, photo_id, version_from(form), -1, person())


def _turn_right(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    return review.turn(desk, photo_id, version_from(form), 1, person())


def _edited(desk: ReviewDesk, photo_id: int, form: Form) -> Photo:
    with desk.store.reading() as tx:
        photo = tx.photos.get(photo_id)
    return review.edit(desk, photo_id, version_from(form), changes_from(form, photo), person())


_ACTIONS: Mapping[str, tuple[Callable[[ReviewDesk, int, Form], Photo], str]] = {
    "save": (_save, "Saved"),
    "approve": (_approve, "Approved"),
    "reject": (_reject, "Rejected"),
    "reopen": (_reopen, "Back to review"),
    "retry": (_retry, "Trying again"),
    "skip": (_skip, "Skipped the step"),
    "turn_left": (_turn_left, "Turned left"),
    "turn_right": (_turn_right, "Turned right"),
}
#: the page stays on the photo after these
_STAYS = frozenset({"save", "reopen", "turn_left", "turn_right"})
_UNDOABLE = frozenset({"save", "approve", "reject", "reopen", "turn_left", "turn_right"})


@pages.post(f"/photos/<int(max={MAX_ID}):photo_id>/<any({','.join(_ACTIONS)}):action>")
def decide(photo_id: int, action: str) -> Response | tuple[str, int]:
    selection = selection_from(request.args)
    place = place_before(photo_id)
    act, words = _ACTIONS[action]
    try:
        photo = act(house().review_desk(), photo_id, request.form)
    except (Refused, Transient) as error:
        return photo_page(photo_id, selection, request.form, error.message), status_of(error)
    flash(f"{words}: {short(photo.original_file_name, _NAME_LENGTH)}", "undoable" if action in _UNDOABLE else "done")
    if action == "reject":
        say_still_live([photo])
    if action in _STAYS:
        return redirect(url_for("pages.photo", photo_id=photo_id, **(selection.at(photo) | _at(place))), 303)
    return onwards(selection, place)


def onwards(selection: Selection, place: Place) -> Response:
    """Go to the photo that comes next in a list, or to the list itself."""
    with house().store.reading() as tx:
        following = next_to_decide(tx, selection, place)
    if following is None:
        return redirect(url_for("pages.photos", **selection.params), 303)
    return redirect(url_for("pages.photo", photo_id=following.id, **selection.at(following)), 303)


def back_to(photo_id: int) -> Response:
    """Stay on a photo, at the place in the list where the person stands."""
    at = selection_from(request.args).params | _at(place_at(request.args, photo_id))
    return redirect(url_for("pages.photo", photo_id=photo_id, **at), 303)


def place_before(photo_id: int) -> Place:
    """Where the person stands before the decision: the photo's rank may change by it."""
    place = place_at(request.args, photo_id)
    if place.rank is not None:
        return place
    with house().store.reading() as tx:
        return Place(photo_id, tx.photos.get(photo_id).rank)


def _at(place: Place) -> dict[str, int]:
    return {"at": place.rank} if place.rank is not None and "at" in request.args else {}


@pages.post(f"/photos/<int(max={MAX_ID}):photo_id>/restore/<int(max={MAX_ID}):event_id>")
def restore(photo_id: int, event_id: int) -> Response | tuple[str, int]:
    """Put back what a field held before one change."""
    selection = selection_from(request.args)
    try:
        review.restore(house().review_desk(), photo_id, version_from(request.form), event_id, person())
    except (Refused, Transient) as error:
        return photo_page(photo_id, selection, request.form, error.message), status_of(error)
    flash("The earlier value is back", "undoable")
    return back_to(photo_id)


@pages.post(
    f"/photos/<int(max={MAX_ID}):photo_id>/<any(lock,unlock):action>/<any(caption,alt_text,keywords):field>/<language>"
)
def lock(photo_id: int, action: str, field: str, language: str) -> Response | tuple[str, int]:
    """Keep models away from a text, or let them again."""
    selection = selection_from(request.args)
    locked = review.Lock(language, Field(field), action == "lock")
    try:
        with house().store.reading() as tx:
            photo = tx.photos.get(photo_id)
        # what is typed is saved with it
        changes = replace(changes_from(request.form, photo), locks=(locked,))
        review.edit(house().review_desk(), photo_id, version_from(request.form), changes, person())
    except (Refused, Transient) as error:
        return photo_page(photo_id, selection, request.form, error.message), status_of(error)
    return back_to(photo_id)


@pages.post("/photos/bulk")
def bulk() -> Response:
    """Do the same to every photo that was picked, or to all of the selection."""
    selection = selection_from(request.args)
    action, ids = _asked_of_several(selection)
    if not ids:
        raise InputInvalid(reason="No photo was picked: tick the ones you mean first.")
    if action == "regenerate":
        refuse_without_model()
    outcomes = review.bulk(
        house().review_desk(),
        ids,
        action,
        person(),
        reason=request.form.get("reason", ""),
        seen=place_from(request.form, "seen"),
    )
    is_done = any(outcome.error is None for outcome in outcomes)
    flash(_summed_up(action, outcomes), "undoable" if is_done and action in _UNDOABLE else "done")
    if action == "reject":
        say_still_live(outcome.photo for outcome in outcomes)
    return redirect(url_for("pages.photos", **selection.params, **place_given(request.args)), 303)


def _asked_of_several(selection: Selection) -> tuple[str, Sequence[int]]:
    """Read what to do, and to which photos: one by its own button, all that fit, or those that are ticked."""
    form = request.form
    if "only" in form:
        action, _, only = form["only"].partition(".")
        place = place_from({"only": only}, "only")
        return action, [] if place is None else [place]
    if form.get("every"):
        with house().store.reading() as tx:
            return form.get("action", ""), ids_of(tx, selection)
    return form.get("action", ""), picked_from(form.getlist("id"))


def _summed_up(action: str, outcomes: Sequence[Outcome]) -> str:
    refused = [outcome.error for outcome in outcomes if outcome.error is not None]
    words = _ACTIONS[action][1] if action in _ACTIONS else "New texts asked for"
    done = f"{words}: {len(outcomes) - len(refused)} of {len(outcomes)} photos."
    return f"{done} {len(refused)} refused, the first because: {short(refused[0].message, 200)}" if refused else done


def version_from(form: Form) -> int:
    """Read the version that the page showed.

    Raises:
        InputInvalid: it is not one.
    """
    text = form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InputInvalid(reason="The page did not say which version of the photo it showed; load it again.")
    return int(text)
