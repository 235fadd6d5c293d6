"""The list of photos: filters, and pages of a size that a browser likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.photo import Photo
from lightgate.domain.query import HELP
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.errors import InputInvalid
from lightgate.store import PhotoFilter, Total, Transaction
from lightgate_web.pages import pages
from lightgate_web.pages.sets.sets import counts_of
from lightgate_web.request import audit
from lightgate_web.request.context import house, person
from lightgate_web.request.selection import ALL, MAX_ID, UNDECIDED, Selection, cursor_from, place_given, selection_from
from lightgate_web.show.wording import STATES

PAGE = 48
#: the newest sets, which the filter offers; older ones are reached from their own pages
_SETS = 100

#: states that have a tab of their own; ``undecided`` holds Pending and Metadata_Needs_Work
_TABS = (
    UNDECIDED,
    ReviewStatus.NEEDS_WORK,
    ReviewStatus.ERROR,
    ReviewStatus.QUEUED,
    ReviewStatus.APPROVED,
    ReviewStatus.RELEASED,
    ReviewStatus.PUBLISHED,
    ReviewStatus.REJECTED,
    ALL,
)


#: filters that are asked for most
CHIPS = (
    ("Blocked", "is:blocked"),
    ("Warnings", "is:warned"),
    ("Alt text missing", "alt:none"),
    ("Low confidence", "confidence:<60"),
    ("Low quality", "band:low,very-low"),
    ("Changed since publishing", "is:changed"),
    ("Series", "is:series"),
)
_VIEW_NAME = 60


@dataclass(frozen=True, slots=True)
class Window:
    """One page of a list, and the photos that the pages beside it start from."""

    photos: Sequence[Photo]
    earlier: Photo | None
    later: Photo | None
    #: photos on all pages
    total: Total


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that one click puts on or takes off."""

    label: str
    address: str
    is_on: bool


@pages.get("/photos")
def photos() -> str | tuple[str, int]:
    try:
        return _list(selection_from(request.args, state=UNDECIDED))
    except InputInvalid as error:
        if "q" not in request.args:
            raise
        # what was typed stays in the field, beside what is wrong with it
        kept = {name: value for name, value in request.args.items() if name != "q"}
        return _list(selection_from(kept, state=UNDECIDED), request.args["q"], error.message), 422


def _list(selection: Selection, typed: str = "", problem: str = "") -> str:
    with house().store.reading() as tx:
        wanted = selection.wanted(tx)
        window = page_of(tx, wanted, request.args)
        if window.total.number and not window.photos:
            # a decision took away all that stood there
            window = page_of(tx, wanted, {})
        last_event = tx.events.last_id()
        views = tx.views.all()
        by_status = tx.photos.count_by_status(wanted.set_id)
        sets = list(reversed(tx.sets.all()))
        found = tx.sets.get(selection.set) if selection.set else None
    tabs = [word for word in _TABS if word in {UNDECIDED, ALL, selection.state} or by_status.get(word)]
    return render_template(
        "photos.html",
        here=selection.state if not selection.set else "",
        selection=selection,
        set=found,
        sets=[*([found] if found and found not in sets[:_SETS] else []), *sets[:_SETS]],
        photos=window.photos,
        last_event=last_event,
        typed=typed or selection.q,
        problem=problem,
        chips=[_chip(selection, *each) for each in CHIPS],
        views=[(view, _address(dict(view.params))) for view in views],
        help=HELP,
        total=window.total,
        count=counts_of(by_status),
        states=[(word, STATES[word], _number(word, by_status)) for word in tabs],
        earlier=_beyond(selection, "before", window.earlier),
        later=_beyond(selection, "after", window.later),
        placed=selection.params | place_given(request.args),
    )


@pages.post("/views")
def save_view() -> Response:
    """Keep the filters of a list under a name."""
    selection = selection_from(request.args, state=UNDECIDED)
    name = " ".join(request.form.get("name", "").split())
    if not name or len(name) > _VIEW_NAME:
        raise InputInvalid(reason=f"A view has a name of 1 to {_VIEW_NAME} characters.")
    here = house()
    with here.store.writing() as tx:
        tx.views.put(name, selection.params, person(), here.now())
    audit.note(person(), "saved_view", name)
    flash(f"Saved as “{name}”", "done")
    return redirect(url_for("pages.photos", **selection.params), 303)


@pages.post(f"/views/<int(max={MAX_ID}):view_id>/remove")
def remove_view(view_id: int) -> Response:
    with house().store.writing() as tx:
        gone = [view.name for view in tx.views.all() if view.id == view_id]
        tx.views.remove(view_id)
    for name in gone:
        audit.note(person(), "removed_view", name)
    return redirect(url_for("pages.photos", **selection_from(request.args, state=UNDECIDED).params), 303)


def _beyond(selection: Selection, side: str, photo: Photo | None) -> str | None:
    return _address(selection.params | {side: selection.place_of(photo)}) if photo else None


def _address(params: dict[str, Any]) -> str:
    return url_for("pages.photos", **params)


def _chip(selection: Selection, label: str, term: str) -> Chip:
    words = selection.q.split()
    is_on = term in words
    rest = " ".join(word for word in words if word != term)
    wanted = replace(selection, q=rest if is_on else f"{selection.q} {term}".strip())
    return Chip(label, url_for("pages.photos", **wanted.params), is_on)


def page_of(tx: Transaction, wanted: PhotoFilter, args: Mapping[str, str], size: int = PAGE) -> Window:
    """Read one page of a list."""
    before, after = cursor_from(args, "before"), cursor_from(args, "after")
    if before is not None:
        found, total = tx.photos.counted_page(wanted, before=before, limit=size + 1)
        shown = found[-size:]
        return Window(shown, shown[0] if len(found) > size else None, shown[-1] if shown else None, total)
    found, total = tx.photos.counted_page(wanted, after=after, limit=size + 1)
    shown = found[:size]
    has_earlier = bool(after and shown)
    return Window(shown, shown[0] if has_earlier else None, shown[-1] if len(found) > size else None, total)


def _number(word: str, by_status: Mapping[str, int]) -> int:
    if word == ALL:
        return sum(by_status.values())
    if word == UNDECIDED:
        return counts_of(by_status).undecided
    return by_status.get(word, 0)
