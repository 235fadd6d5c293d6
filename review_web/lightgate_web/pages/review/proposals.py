"""New texts on the photo page: asked for with a hint, taken or left field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, request
from werkzeug.wrappers import Response

from lightgate.domain.photo import Field
from lightgate.errors import InputInvalid, Refused
from lightgate.steps import review
from lightgate_web.pages import pages
from lightgate_web.pages.review.decisions import back_to, version_from
from lightgate_web.pages.review.photo import photo_page
from lightgate_web.request.context import house, person
from lightgate_web.request.errors import status_of
from lightgate_web.request.new_texts import refuse_without_model
from lightgate_web.request.selection import MAX_ID, selection_from

_PHOTO = f"/photos/<int(max={MAX_ID}):photo_id>"


@pages.post(f"{_PHOTO}/regenerate")
def ask(photo_id: int) -> Response | tuple[str, int]:
    form = request.form
    try:
        refuse_without_model()
        review.regenerate(
            house().review_desk(),
            photo_id,
            version_from(form),
            person(),
            fields=_fields(form.getlist("field")),
            hint=form.get("hint", ""),
        )
    except Refused as error:
        return photo_page(photo_id, selection_from(request.args), form, error.message), status_of(error)
    flash("The model is asked for new texts; they appear here to take or leave.", "done")
    return back_to(photo_id)


@pages.post(f"{_PHOTO}/proposals/<int(max={MAX_ID}):request_id>/<any(take,leave):action>")
def decide_proposal(photo_id: int, request_id: int, action: str) -> Response | tuple[str, int]:
    form = request.form
    fields = _fields(form.getlist("field"))
    try:
        with house().store.reading() as tx:
            if tx.requests.get(request_id).photo_id != photo_id:
                raise InputInvalid(reason="This proposal is another photo's.")
        if action == "take":
            review.take(house().review_desk(), request_id, version_from(form), person(), fields)
        else:
            review.leave(house().review_desk(), request_id, person(), fields)
    except Refused as error:
        return photo_page(photo_id, selection_from(request.args), form, error.message), status_of(error)
    flash("Taken" if action == "take" else "Left as it was", "undoable" if action == "take" else "done")
    return back_to(photo_id)


def _fields(names: Sequence[str]) -> Sequence[Field]:
    known: Mapping[str, Field] = {field.value: field for field in Field}
    if any(name not in known for name in names):
        raise InputInvalid(reason=f"There are these texts: {', '.join(known)}.")
    return [known[name] for name in names]
