"""Who changes what is live of a photo: a row with a token and a lease, which a process that stands still loses."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.schema import approval
from lightgate.adapters.sqlite.schema import live_hold as row
from lightgate.adapters.sqlite.schema import release_item as act
from lightgate.adapters.sqlite.schema import review_queue as photo
from lightgate.domain.route.pipeline import Status

#: a lease that ends later than this was taken before the clock was set back
_TOO_FAR = timedelta(minutes=5)


class Holds:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(
        self, photo_id: int, owner: str, at: datetime, until: datetime, claim_token: int | None = None
    ) -> int | None:
        held = {"owner": owner, "claim_token": claim_token, "lease_until": until}
        statement = upsert(row).values(photo_id=photo_id, token=1, **held)
        taken = statement.on_conflict_do_update(
            index_elements=["photo_id"], set_={**held, "token": row.c.token + 1}, where=_is_free(at)
        ).returning(row.c.token)
        return self._connection.execute(taken).scalar()

    def renew(self, photo_id: int, token: int, until: datetime) -> bool:
        renewed = update(row).where(_is_ours(photo_id, token)).values(lease_until=until)
        return self._connection.execute(renewed).rowcount == 1

    def is_held(self, photo_id: int, token: int) -> bool:
        return self._connection.execute(select(row.c.photo_id).where(_is_ours(photo_id, token))).first() is not None

    def free(self, photo_id: int, token: int) -> None:
        freed = {"owner": None, "claim_token": None, "lease_until": None}
        self._connection.execute(update(row).where(_is_ours(photo_id, token)).values(freed))

    def word(self, photo_id: int) -> tuple[object, ...]:
        newest = (
            select(act.c.seal)
            .where(act.c.photo_id == photo_id, act.c.taken_back_at.is_(None))
            .order_by(act.c.release_id.desc())
            .limit(1)
        )
        query = (
            select(
                *(row.c.token, row.c.owner, photo.c.lease_token, photo.c.status, photo.c.version, photo.c.approval_id),
                *(approval.c.seal, newest.scalar_subquery()),
            )
            .select_from(photo)
            .join(row, row.c.photo_id == photo.c.id, isouter=True)
            .join(approval, approval.c.id == photo.c.approval_id, isouter=True)
            .where(photo.c.id == photo_id)
        )
        return tuple(self._connection.execute(query).first() or ())


def _is_ours(photo_id: int, token: int) -> ColumnElement[bool]:
    return and_(row.c.photo_id == photo_id, row.c.token == token, row.c.owner.is_not(None))


def _is_free(at: datetime) -> ColumnElement[bool]:
    is_at_work = and_(
        photo.c.id == row.c.photo_id,
        photo.c.lease_token == row.c.claim_token,
        photo.c.status == Status.RUNNING.value,
    )
    is_void = and_(row.c.claim_token.is_not(None), ~exists(select(photo.c.id).where(is_at_work).correlate(row)))
    return or_(row.c.owner.is_(None), row.c.lease_until < at, row.c.lease_until > at + _TOO_FAR, is_void)
