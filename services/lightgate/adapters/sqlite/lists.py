"""Lists of photos: a page of ids, what lies beside a place, how many there are; each in one statement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from lightgate.adapters.sqlite.query import conditions as of_query
from lightgate.adapters.sqlite.query import mentions, words_alone
from lightgate.adapters.sqlite.schema import photo_count
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.pipeline import PUBLISH, RELEASE, REVIEW, Status
from lightgate.domain.words import ReviewStatus
from lightgate.store import Around, Order, PhotoFilter, Place

#: all that a filter compares lies in it
_BY_FILTER = "INDEXED BY ix_review_queue_filter"
BY_SET_AND_STATE = "INDEXED BY ix_review_queue_set_rank"


class List:
    """A list of photos as one filter gives it.

    What compares texts is worked out once, for the page and the count alike; what an index holds in its order is
    read from there.
    """

    def __init__(self, wanted: PhotoFilter) -> None:
        self._wanted = wanted
        self._from: FromClause = row
        self._id: ColumnElement[int] = row.c.id
        self._rank: ColumnElement[int] = row.c.rank
        self._conditions: Sequence[ColumnElement[bool]] = _conditions(wanted)
        # in the order of their ids, which is that of the index
        if wanted == PhotoFilter(query=wanted.query) and (alone := words_alone(wanted.query)):
            self._from, self._id, is_asked = alone
            self._conditions = (is_asked,)
        elif wanted.query or wanted.search or wanted.band:
            found = select(row.c.id, row.c.rank).where(*self._conditions).with_hint(row, _BY_FILTER, "sqlite")
            self._from = found.cte("found").prefix_with("MATERIALIZED")
            self._id, self._rank, self._conditions = self._from.c["id"], self._from.c["rank"], ()

    def page(
        self, connection: Connection, after: Place | None, before: Place | None, limit: int | None, *, is_counted: bool
    ) -> tuple[list[int], int]:
        """Give a page of ids and, where asked for, how many there are in all."""
        query = self._ids(after or before, is_after=before is None, limit=limit)
        if not is_counted or self._counters() is not None:
            ids = list(connection.execute(query).scalars())
            total = self.count(connection) if is_counted else 0
        else:
            both = union_all(self._count(), select(query.subquery().c.id))
            total, *ids = connection.execute(both).scalars()
        return ids if before is None else ids[::-1], total

    def around(self, connection: Connection, place: Place) -> Around:
        """Find what lies beside a place, the first of the list and its number; the photo at the place is left out."""
        beside = (
            self._ids(place, is_after=False, limit=1, without=place.id),
            self._ids(place, is_after=True, limit=1, without=place.id),
            self._ids(None, is_after=True, limit=1, without=place.id),
        )
        counted = self._counters()
        questions = (*beside, self._count() if counted is None else counted)
        found = connection.execute(select(*(each.scalar_subquery() for each in questions))).one()
        return Around(found[0], found[1], found[2], found[3] or 0)

    def count(self, connection: Connection) -> int:
        counted = self._counters()
        return connection.execute(self._count() if counted is None else counted).scalar() or 0

    def _ids(
        self, place: Place | None, *, is_after: bool, limit: int | None, without: int | None = None
    ) -> Select[int]:
        order = [self._id] if self._wanted.order is Order.ID else [self._rank, self._id]
        query = select(self._id).where(*self._conditions, self._beyond(place, is_after=is_after))
        if without is not None:
            query = query.where(self._id != without)
        if limit is None and self._from is row and self._wanted.set_id is not None:
            # all of them: sorting a few hundred takes less than looking at every row of the set
            query = query.with_hint(row, BY_SET_AND_STATE, "sqlite")
        return query.order_by(*(order if is_after else [each.desc() for each in order])).limit(limit)

    def _beyond(self, place: Place | None, *, is_after: bool) -> ColumnElement[bool]:
        if place is None:
            # every row, and said so that the primary key is walked
            return self._id > 0
        if self._wanted.order is Order.ID:
            return self._id > place.id if is_after else self._id < place.id
        other = row.alias()
        now = select(other.c.rank).where(other.c.id == place.id).scalar_subquery()
        rank = now if place.rank is None else literal(place.rank)
        here, there = tuple_(self._rank, self._id), tuple_(rank, literal(place.id))
        return here > there if is_after else here < there

    def _count(self) -> Select[int]:
        return select(func.count()).select_from(self._from).where(self._id > 0, *self._conditions)

    def _counters(self) -> Select[int] | None:
        """Ask the counters, where the filter is no finer than they are."""
        wanted = self._wanted
        if wanted.query or wanted.search or wanted.ids is not None or wanted.band is not None:
            return None
        of_set = photo_count.c.set_id == wanted.set_id if wanted.set_id is not None else photo_count.c.set_id > 0
        return select(func.sum(photo_count.c.number)).where(of_set, *_positions(wanted, photo_count))


def _at(of: Table, step: str, *statuses: Status) -> ColumnElement[bool]:
    return and_(of.c["step"] == step, of.c["status"].in_([status.value for status in statuses]))


def status_conditions(of: Table) -> dict[ReviewStatus, ColumnElement[bool]]:
    """Say ``domain.words.review_status`` as SQL; the order matters, and a test holds both equal."""
    needs_work = of.c["needs_work"]
    return {
        ReviewStatus.REJECTED: of.c["status"] == Status.REJECTED.value,
        ReviewStatus.ERROR: of.c["status"] == Status.FAILED.value,
        ReviewStatus.PUBLISHED: of.c["status"] == Status.PUBLISHED.value,
        ReviewStatus.RELEASED: _at(of, PUBLISH, Status.QUEUED, Status.RUNNING),
        ReviewStatus.APPROVED: _at(of, RELEASE, Status.WAITING),
        ReviewStatus.NEEDS_WORK: and_(_at(of, REVIEW, Status.WAITING), needs_work),
        ReviewStatus.PENDING: and_(_at(of, REVIEW, Status.WAITING), ~needs_work),
        ReviewStatus.QUEUED: and_(
            of.c["step"].not_in([REVIEW, RELEASE, PUBLISH]),
            of.c["status"].in_([Status.QUEUED.value, Status.RUNNING.value, Status.WAITING.value]),
        ),
    }


_STATUS_CONDITIONS = {each: status_conditions(each) for each in (row, photo_count)}


def _positions(wanted: PhotoFilter, of: Table) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.review_status is not None:
        found.append(_STATUS_CONDITIONS[of][ReviewStatus(wanted.review_status)])
    if wanted.undecided:
        found.append(_at(of, REVIEW, Status.WAITING))
    return found


def _conditions(wanted: PhotoFilter) -> list[ColumnElement[bool]]:
    conditions = _positions(wanted, row)
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
