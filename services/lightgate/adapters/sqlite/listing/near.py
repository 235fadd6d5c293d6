"""The photos beside a place that a query fits, found by looking at one after another in the list's own order.

Where most photos fit, that takes a hundredth of what it takes to find them all; where few do, it finds too few, and
says so.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from lightgate.adapters.sqlite.listing.places import beyond, in_order, positions
from lightgate.adapters.sqlite.listing.query import Asked, conditions, mentions
from lightgate.adapters.sqlite.schema import FILTERED
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.store import Order, PhotoFilter, Place

#: photos that are looked at: about 5 ms
LOOKED_AT = 3000
#: states that the indexes by rank hold apart
_RANKED = frozenset({ReviewStatus.PENDING, ReviewStatus.NEEDS_WORK})


def near_of(wanted: PhotoFilter) -> Near | None:
    """Give a way to look at a list photo by photo, where an index has its order."""
    index = _index(wanted)
    return Near(wanted, index) if index and wanted.ids is None else None


class Near:
    """What a query fits among the photos that lie next in a list."""

    def __init__(self, wanted: PhotoFilter, index: str) -> None:
        self._wanted = wanted
        self._index = index

    def ids(
        self, connection: Connection, place: Place | None, *, is_after: bool, limit: int, without: int | None = None
    ) -> tuple[list[int], bool]:
        """List what fits, and say whether that is all that was asked for, or all there is on this side of the place."""
        candidates = self._candidates(place, is_after=is_after, without=without)
        of = candidates.subquery("candidate")
        # no order of its own: SQLite reads the candidates in theirs, and stops where enough are found
        query = select(of.c["id"]).where(*self._conditions(Asked(of, of.c["id"], are_few=True))).limit(limit)
        found = list(connection.execute(query).scalars())
        if len(found) == limit:
            return found, True
        number = connection.execute(select(func.count()).select_from(of)).scalar_one()
        return found, number < LOOKED_AT

    def _candidates(self, place: Place | None, *, is_after: bool, without: int | None) -> Select[Any]:
        wanted = self._wanted
        narrowed = positions(wanted, row)
        if wanted.set_id is not None:
            narrowed.append(row.c.set_id == wanted.set_id)
        if without is not None:
            narrowed.append(row.c.id != without)
        return (
            select(*(row.c[name] for name in FILTERED))
            .where(*narrowed, beyond(row, wanted.order, place, is_after=is_after))
            .with_hint(row, f"INDEXED BY {self._index}", "sqlite")
            .order_by(*in_order(row, wanted.order, is_after=is_after))
            .limit(LOOKED_AT)
        )

    def _conditions(self, asked: Asked) -> list[ColumnElement[bool]]:
        wanted = self._wanted
        found = conditions(wanted.query, asked)
        if wanted.band is not None:
            found.append(asked.of.c["band"] == wanted.band)
        if wanted.search:
            found.append(mentions(wanted.search, asked))
        return found


def _index(wanted: PhotoFilter) -> str:
    if wanted.order is Order.ID:
        return "ix_review_queue_place" if wanted.set_id is None else "ix_review_queue_set"
    if wanted.undecided or wanted.review_status in _RANKED:
        return "ix_review_queue_filter" if wanted.set_id is None else "ix_review_queue_set_rank"
    return ""
