"""Mending a text on the photo page: what would change is shown, and one press takes it."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, request
from werkzeug.wrappers import Response

from lightgate.domain.photo import Field, Photo
from lightgate.errors import InputInvalid, Refused, Transient
from lightgate.steps import review
from lightgate.steps.review import Changes, TextChange
from lightgate_web.pages import pages
from lightgate_web.pages.review.decisions import back_to, version_from
from lightgate_web.pages.review.form import changes_from
from lightgate_web.pages.review.photo import photo_page
from lightgate_web.request.context import house, person
from lightgate_web.request.errors import status_of
from lightgate_web.request.selection import MAX_ID, selection_from

_TEXT = f"/photos/<int(max={MAX_ID}):photo_id>/mend/<any(caption,alt_text,keywords):field>/<language>"


@pages.post(_TEXT)
def mend(photo_id: int, field: str, language: str) -> Response | tuple[str, int]:
    """Mend one text as it is typed; whatever else is typed is saved with it, in the same edit."""
    selection = selection_from(request.args)
    try:
        with house().store.reading() as tx:
            photo = tx.photos.get(photo_id)
        changes = _with_mended(photo, changes_from(request.form, photo), Field(field), language)
        review.edit(house().review_desk(), photo_id, version_from(request.form), changes, person())
    except (Refused, Transient) as error:
        return photo_page(photo_id, selection, request.form, error.message), status_of(error)
    flash("Mended", "undoable")
    return back_to(photo_id)


def _with_mended(photo: Photo, typed: Changes, field: Field, language: str) -> Changes:
    others = tuple(each for each in typed.texts if (each.language, each.field) != (language, field))
    own = next((each for each in typed.texts if each not in others), None) or _standing(photo, field, language)
    return replace(typed, texts=(*others, review.mended(house().review_desk(), photo, own)))


def _standing(photo: Photo, field: Field, language: str) -> TextChange:
    text = photo.text(language, field)
    if text is None:
        raise InputInvalid(reason="There is no such text to mend.")
    return TextChange(language, field, text.value)
