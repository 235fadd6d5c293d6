"""``domain.route.liveness`` as SQL: of one photo, for the query language, and summed up; a test holds both equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy import not_ as denied

from lightgate.adapters.sqlite.schema import publication
from lightgate.adapters.sqlite.schema import review_queue as row
from lightgate.domain.photo import DEBTS, WHOLE, LedgerState
from lightgate.domain.route.liveness import Liveness
from lightgate.domain.route.pipeline import PUBLISH, Status

#: is any of these states written of a photo?
Holds = Callable[[Iterable[LedgerState]], ColumnElement[bool]]

#: refused or under way: whole or not, nobody knows
_HALF = frozenset(LedgerState) - DEBTS - WHOLE
#: states as they count, the worst first; where the photo stands decides between what one place may mean
_PLACES = (
    frozenset({LedgerState.TAKING_OFF}),
    frozenset({LedgerState.PUTTING_BACK}),
    _HALF,
    frozenset({LedgerState.TO_REMOVE}),
    frozenset({LedgerState.LIVE}),
)


def in_states(states: Iterable[LedgerState]) -> ColumnElement[bool]:
    """Is a row of the ledger in one of these?"""
    return publication.c.state.in_(sorted(each.value for each in states))


def is_moving(step: ColumnElement[str], status: ColumnElement[str]) -> ColumnElement[bool]:
    """Does the publish worker have the photo, or is it about to?"""
    return and_(step == PUBLISH, status.in_([Status.QUEUED.value, Status.RUNNING.value]))


def conditions_of(
    holds: Holds, step: ColumnElement[str], status: ColumnElement[str]
) -> Mapping[Liveness, ColumnElement[bool]]:
    """Say each word that is asked for of a photo."""
    is_whole = denied(holds(DEBTS | _HALF))
    is_rejected = status == Status.REJECTED.value
    is_to_go = or_(holds([LedgerState.TO_REMOVE]), and_(is_rejected, holds([LedgerState.LIVE])))
    is_on_its_way = status.not_in([Status.REJECTED.value, Status.PUBLISHED.value])
    return {
        Liveness.PARTLY_SENT: and_(holds(_HALF), denied(holds(DEBTS)), denied(is_moving(step, status))),
        Liveness.BEING_SENT: and_(holds(_HALF), denied(holds(DEBTS)), is_moving(step, status)),
        Liveness.TO_BE_REMOVED: and_(is_whole, is_to_go),
        Liveness.EARLIER: and_(
            holds([LedgerState.LIVE]), is_on_its_way, is_whole, denied(holds([LedgerState.TO_REMOVE]))
        ),
    }


def sums(set_id: int | None = None) -> Select[Any]:
    """Count the photos that the ledger knows of, by set and word."""
    place = case(*((in_states(states), literal(number)) for number, states in enumerate(_PLACES)))
    # all that is asked lies in it; the table itself holds a kilobyte a photo
    by_state = "INDEXED BY ix_publication_live"
    known = select(publication.c.photo_id, func.min(place).label("place")).with_hint(publication, by_state, "sqlite")
    worst = known.group_by(publication.c.photo_id).subquery("worst")
    status, at = row.c.status, worst.c.place
    word = case(
        (at == 0, Liveness.TAKING_OFF.value),
        (at == 1, Liveness.PUTTING_BACK.value),
        (and_(at == 2, is_moving(row.c.step, status)), Liveness.BEING_SENT.value),
        (at == 2, Liveness.PARTLY_SENT.value),
        (or_(at == 3, status == Status.REJECTED.value), Liveness.TO_BE_REMOVED.value),
        (status == Status.PUBLISHED.value, Liveness.LIVE.value),
        else_=Liveness.EARLIER.value,
    )
    query = select(row.c.set_id, word, func.count()).join_from(worst, row, row.c.id == worst.c.photo_id)
    query = query.where(at.is_not(None)).with_hint(row, "INDEXED BY ix_review_queue_place", "sqlite")
    if set_id is not None:
        query = query.where(row.c.set_id == set_id)
    return query.group_by(row.c.set_id, word)
