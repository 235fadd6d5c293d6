"""The list of photos: filters, and pages of a size that a browser likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, request, url_for

from lightgate.domain.photo import Photo
from lightgate.domain.words import ReviewStatus
from lightgate.store import PhotoFilter, Transaction
from lightgate_web.here import house
from lightgate_web.pages import pages
from lightgate_web.pages.sets import counts_of
from lightgate_web.selection import ALL, UNDECIDED, place_from, selection_from
from lightgate_web.wording import STATES

PAGE = 60

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


@pages.get("/photos")
def photos() -> str:
    selection = selection_from(request.args, state=UNDECIDED)
    with house().store.reading() as tx:
        wanted = selection.wanted(tx)
        shown, earlier, later = page_of(tx, wanted, request.args)
        by_status = tx.photos.count_by_status(wanted.set_id)
        sets = list(reversed(tx.sets.all()))
        total = tx.photos.count(wanted)
    tabs = [word for word in _TABS if word in {UNDECIDED, ALL, selection.state} or by_status.get(word)]
    return render_template(
        "photos.html",
        here=selection.state if not selection.set else "",
        selection=selection,
        set=next((each for each in sets if each.slug == selection.set), None),
        sets=sets,
        photos=shown,
        total=total,
        count=counts_of(by_status),
        states=[(word, STATES[word], _number(word, by_status)) for word in tabs],
        earlier=url_for("pages.photos", **selection.params, before=earlier) if earlier else None,
        later=url_for("pages.photos", **selection.params, after=later) if later else None,
    )


def page_of(
    tx: Transaction, wanted: PhotoFilter, args: Mapping[str, str], size: int = PAGE
) -> tuple[Sequence[Photo], int | None, int | None]:
    """Read one page, and the ids that the pages before and after it start from."""
    before, after = place_from(args, "before"), place_from(args, "after")
    if before is not None:
        found = tx.photos.page(wanted, before=before, limit=size + 1)
        shown = found[-size:]
        return shown, shown[0].id if len(found) > size else None, shown[-1].id if shown else None
    found = tx.photos.page(wanted, after=after, limit=size + 1)
    shown = found[:size]
    has_earlier = bool(after and shown)
    return shown, shown[0].id if has_earlier else None, shown[-1].id if len(found) > size else None


def _number(word: str, by_status: Mapping[str, int]) -> int:
    if word == ALL:
        return sum(by_status.values())
    if word == UNDECIDED:
        return counts_of(by_status).undecided
    return by_status.get(word, 0)
