"""Where photos stand, and which place they have in a list, as SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, Table, and_, literal, select, tuple_

from lightgate.adapters.sqlite.schema import photo_count
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.route.pipeline import PUBLISH, RELEASE, REVIEW, Status
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.store import Order, PhotoFilter, Place

# made once: the many columns of an alias take longer than the statement they stand in
_other = row.alias("at")


def _at(of: Table, step: str, *statuses: Status) -> ColumnElement[bool]:
    return and_(of.c["step"] == step, of.c["status"].in_([status.value for status in statuses]))


def status_conditions(of: Table) -> dict[ReviewStatus, ColumnElement[bool]]:
    """Say ``status_words.review_status`` as SQL; the order matters, and a test holds both equal."""
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


def positions(wanted: PhotoFilter, of: Table) -> list[ColumnElement[bool]]:
    """Say which positions a list is narrowed to."""
    found: list[ColumnElement[bool]] = []
    if wanted.review_status is not None:
        found.append(_STATUS_CONDITIONS[of][ReviewStatus(wanted.review_status)])
    if wanted.undecided:
        found.append(_at(of, REVIEW, Status.WAITING))
    return found


def beyond(of: FromClause, order: Order, place: Place | None, *, is_after: bool) -> ColumnElement[bool]:
    """Say which photos lie behind a place, or ahead of it; ``of`` has their ``id`` and ``rank``."""
    photo_id: ColumnElement[int] = of.c["id"]
    if place is None:
        # every row, and said so that the primary key is walked
        return photo_id > 0
    if order is Order.ID:
        return photo_id > place.id if is_after else photo_id < place.id
    now = select(_other.c.rank).where(_other.c.id == place.id).scalar_subquery()
    rank = now if place.rank is None else literal(place.rank)
    here, there = tuple_(of.c["rank"], photo_id), tuple_(rank, literal(place.id))
    return here > there if is_after else here < there


def in_order(of: FromClause, order: Order, *, is_after: bool) -> Sequence[ColumnElement[int]]:
    """Say how a list is ordered, forwards or backwards."""
    columns = [of.c["id"]] if order is Order.ID else [of.c["rank"], of.c["id"]]
    return columns if is_after else [each.desc() for each in columns]
