"""Lists of photos: a page of ids, what lies beside a place, how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select, union_all

from lightgate.adapters.sqlite.listing.near import Near, near_of
from lightgate.adapters.sqlite.listing.places import beyond, in_order, positions
from lightgate.adapters.sqlite.listing.query import conditions as of_query
from lightgate.adapters.sqlite.listing.query import mentions, words_alone
from lightgate.adapters.sqlite.schema import photo_count
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.store import MOST_COUNTED, Around, PhotoFilter, Place, Total

#: all that a filter compares lies in it
_BY_FILTER = "INDEXED BY ix_review_queue_filter"
#: a place and what lies behind it
_FIRST = 2
BY_SET_AND_STATE = "INDEXED BY ix_review_queue_set_rank"


class List:
    """A list of photos as one filter gives it.

    What a query fits is looked for beside the place first, and only where that finds too little among all photos. What
    compares texts is then worked out once, for the page and the count alike; what an index holds in its order is read
    from there.
    """

    def __init__(self, wanted: PhotoFilter) -> None:
        self._wanted = wanted
        self._from: FromClause = row
        self._conditions: Sequence[ColumnElement[bool]] = _conditions(wanted)
        self._near: Near | None = None
        #: what a query fits, one after another
        self._fitting: Select[Any] | None = None
        # in the order of their ids, which is that of the index
        alone = words_alone(wanted.query) if wanted == PhotoFilter(query=wanted.query) else None
        if alone is not None:
            self._from = alone
            self._conditions = ()
        elif wanted.query or wanted.search or wanted.band:
            self._fitting = select(row.c.id, row.c.rank).where(*self._conditions).with_hint(row, _BY_FILTER, "sqlite")
            self._from = self._fitting.cte("found").prefix_with("MATERIALIZED")
            self._conditions = ()
            self._near = near_of(wanted)

    def page(
        self, connection: Connection, after: Place | None, before: Place | None, limit: int | None
    ) -> Sequence[int]:
        """Give a page of ids."""
        place, is_after = after or before, before is None
        if self._near is not None and limit is not None and limit <= MOST_COUNTED:
            near, is_enough = self._near.ids(connection, place, is_after=is_after, limit=limit)
            if is_enough:
                return near if is_after else near[::-1]
        ids = list(connection.execute(self._ids(place, is_after=is_after, limit=limit)).scalars())
        return ids if is_after else ids[::-1]

    def counted_page(
        self, connection: Connection, after: Place | None, before: Place | None, limit: int
    ) -> tuple[Sequence[int], Total]:
        """Give a page of ids, and how many there are in all."""
        place, is_after = after or before, before is None
        found = self._page_near(connection, place, limit, is_after=is_after)
        ids, total = found or self._page_of_all(connection, place, limit, is_after=is_after)
        return ids if is_after else ids[::-1], total

    def around(self, connection: Connection, place: Place) -> Around:
        """Find what lies beside a place, the first of the list and its number; the photo at the place is left out."""
        if (near := self._around_near(connection, place)) is not None:
            return near
        beside = (
            self._ids(place, is_after=False, limit=1, without=place.id),
            self._ids(place, is_after=True, limit=1, without=place.id),
            self._ids(None, is_after=True, limit=1, without=place.id),
        )
        counted = self._counters()
        questions = (*beside, self._count() if counted is None else counted)
        found = connection.execute(select(*(each.scalar_subquery() for each in questions))).one()
        return Around(found[0], found[1], found[2], self._told(found[3] or 0))

    def count(self, connection: Connection) -> int:
        counted = self._counters()
        if counted is None:
            counted = select(func.count()).select_from(self._from).where(self._from.c["id"] > 0, *self._conditions)
        return connection.execute(counted).scalar() or 0

    def _page_near(
        self, connection: Connection, place: Place | None, limit: int, *, is_after: bool
    ) -> tuple[list[int], Total] | None:
        if self._near is None or limit > MOST_COUNTED:
            return None
        ids, is_enough = self._near.ids(connection, place, is_after=is_after, limit=MOST_COUNTED + 1)
        if not is_enough and len(ids) < limit:
            return None
        is_all = is_enough and (place is None or len(ids) > MOST_COUNTED)
        return ids[:limit], self._told(len(ids) if is_all else self._number(connection))

    def _page_of_all(
        self, connection: Connection, place: Place | None, limit: int, *, is_after: bool
    ) -> tuple[list[int], Total]:
        query = self._ids(place, is_after=is_after, limit=limit)
        if (counted := self._counters()) is not None:
            total = Total(connection.execute(counted).scalar() or 0)
            return list(connection.execute(query).scalars()), total
        number, *ids = connection.execute(union_all(self._count(), select(query.subquery().c.id))).scalars()
        return ids, self._told(number)

    def _around_near(self, connection: Connection, place: Place) -> Around | None:
        if self._near is None:
            return None
        first, is_enough = self._near.ids(connection, None, is_after=True, limit=MOST_COUNTED + 1)
        if not is_enough and len(first) < _FIRST:
            return None
        found: list[int | None] = []
        for is_after in (False, True):
            ids, is_known = self._near.ids(connection, place, is_after=is_after, limit=1, without=place.id)
            if not is_known:
                return None
            found.append(ids[0] if ids else None)
        others = (each for each in first if each != place.id)
        number = len(first) if is_enough else self._number(connection)
        return Around(found[0], found[1], next(others, None), self._told(number))

    def _told(self, number: int) -> Total:
        """Say a number; one that was counted rather than kept may stop at the most that is counted."""
        is_more = self._counters() is None and number > MOST_COUNTED
        return Total(MOST_COUNTED, is_more=True) if is_more else Total(number)

    def _ids(
        self, place: Place | None, *, is_after: bool, limit: int | None, without: int | None = None
    ) -> Select[int]:
        order, of = self._wanted.order, self._from
        query = select(of.c["id"]).where(*self._conditions, beyond(of, order, place, is_after=is_after))
        if without is not None:
            query = query.where(of.c["id"] != without)
        if limit is None and of is row and self._wanted.set_id is not None:
            # all of them: sorting a few hundred takes less than looking at every row of the set
            query = query.with_hint(row, BY_SET_AND_STATE, "sqlite")
        return query.order_by(*in_order(of, order, is_after=is_after)).limit(limit)

    def _count(self) -> Select[int]:
        """Count what was found, up to one more than is told."""
        some = select(self._from.c["id"]).where(*self._conditions).limit(MOST_COUNTED + 1)
        return select(func.count()).select_from(some.subquery("some"))

    def _number(self, connection: Connection) -> int:
        """Count what fits, one after another, up to one more than is told."""
        some = self._fitting if self._fitting is not None else select(row.c.id)
        counted = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery("some"))
        return int(connection.execute(counted).scalar_one())

    def _counters(self) -> Select[int] | None:
        """Ask the counters, where the filter is no finer than they are."""
        wanted = self._wanted
        if wanted.query or wanted.search or wanted.ids is not None or wanted.band is not None:
            return None
        of_set = photo_count.c.set_id == wanted.set_id if wanted.set_id is not None else photo_count.c.set_id > 0
        return select(func.sum(photo_count.c.number)).where(of_set, *positions(wanted, photo_count))


def _conditions(wanted: PhotoFilter) -> list[ColumnElement[bool]]:
    conditions = positions(wanted, row)
    if wanted.set_id is not None:
        conditions.append(row.c.set_id == wanted.set_id)
    if wanted.ids is not None:
        conditions.append(row.c.id.in_(wanted.ids))
    if wanted.band is not None:
        conditions.append(row.c.band == wanted.band)
    if wanted.search:
        conditions.append(mentions(wanted.search))
    conditions.extend(of_query(wanted.query))
    return conditions
