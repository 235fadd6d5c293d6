"""What each release sent, with what it replaced; and where files of the website moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lightgate.adapters.sqlite.listing.liveness import in_states, is_moving
from lightgate.adapters.sqlite.schema import publication as ledger
from lightgate.adapters.sqlite.schema import redirect as moved
from lightgate.adapters.sqlite.schema import release_item as row
from lightgate.adapters.sqlite.schema import review_queue as photo
from lightgate.domain.approval.kept import as_told, from_told
from lightgate.domain.photo import WHOLE, Before, LedgerState
from lightgate.domain.route.pipeline import PUBLISH, Status
from lightgate.errors import NotFound
from lightgate.store import Release, ReleaseAct

#: what was not taken out of its release again
_STANDS = row.c.taken_back_at.is_(None)
_HAS_FAILED = (photo.c.step == PUBLISH) & (photo.c.status == Status.FAILED.value)
_IS_MOVING = is_moving(photo.c.step, photo.c.status)
#: whatever became of the photo since; one that is sent, or could not be, has at most an earlier version there
_IS_LIVE = and_(
    exists().where(ledger.c.photo_id == photo.c.id, in_states(WHOLE)),
    ~exists().where(ledger.c.photo_id == photo.c.id, ~in_states(WHOLE)),
    ~_IS_MOVING,
    ~_HAS_FAILED,
)


class Releases:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_number(self) -> int:
        return (self._connection.execute(select(func.max(row.c.release_id))).scalar() or 0) + 1

    def add(self, acts: Sequence[ReleaseAct]) -> None:
        if acts:
            self._connection.execute(
                row.insert(),
                [
                    {
                        "release_id": act.number,
                        "photo_id": act.photo_id,
                        "at": act.at,
                        "released_by": act.by,
                        "approval_id": act.approval_id,
                        "version": act.version,
                        "seal": act.seal,
                    }
                    for act in acts
                ],
            )

    def act(self, photo_id: int) -> ReleaseAct | None:
        query = (
            select(
                *(row.c.release_id, row.c.photo_id, row.c.approval_id, row.c.version),
                *(row.c.released_by, row.c.at, row.c.seal),
            )
            .where(row.c.photo_id == photo_id, _STANDS)
            .order_by(row.c.release_id.desc())
            .limit(1)
        )
        found = self._connection.execute(query).first()
        return None if found is None else ReleaseAct(*found)

    def end(self, photo_id: int) -> None:
        self._connection.execute(update(row).where(row.c.photo_id == photo_id, row.c.seal != "").values(seal=""))

    def get(self, number: int) -> Release:
        found = self._list(row.c.release_id == number)
        if not found:
            raise NotFound(what="release", key=number)
        return found[0]

    def newest(self, limit: int, before: int | None = None) -> Sequence[Release]:
        numbers = select(row.c.release_id).where(_STANDS).distinct().order_by(row.c.release_id.desc()).limit(limit)
        return self._list(row.c.release_id.in_(numbers if before is None else numbers.where(row.c.release_id < before)))

    def _list(self, condition: ColumnElement[bool]) -> Sequence[Release]:
        sums = (func.count(photo.c.id), *(func.count().filter(each) for each in (_IS_LIVE, _IS_MOVING, _HAS_FAILED)))
        query = (
            select(row.c.release_id, func.min(row.c.at), func.min(row.c.released_by), *sums)
            .join(photo, photo.c.id == row.c.photo_id)
            .where(condition, _STANDS)
            .group_by(row.c.release_id)
            .order_by(row.c.release_id.desc())
        )
        return [Release(*found) for found in self._connection.execute(query)]

    def photos_of(self, number: int, limit: int, *, only_failed: bool = False) -> Sequence[int]:
        urgency = case((_HAS_FAILED, 0), (_IS_MOVING, 1), else_=2)
        query = select(photo.c.id).join(row, row.c.photo_id == photo.c.id).where(row.c.release_id == number, _STANDS)
        wanted = query.where(_HAS_FAILED) if only_failed else query
        return list(self._connection.execute(wanted.order_by(urgency, photo.c.id).limit(limit)).scalars())

    def newest_number(self) -> int | None:
        return self._connection.execute(select(func.max(row.c.release_id)).where(_STANDS)).scalar()

    def last(self) -> Mapping[int, Before | None]:
        newest = select(func.max(row.c.release_id)).where(_STANDS).scalar_subquery()
        is_in_it = (row.c.release_id == newest, _STANDS)
        query = select(row.c.photo_id, row.c.before).where(*is_in_it).order_by(row.c.photo_id)
        return {each.photo_id: from_told(each.before) for each in self._connection.execute(query)}

    def keep(self, photo_id: int, before: Before) -> bool:
        newest = select(func.max(row.c.release_id)).where(row.c.photo_id == photo_id, _STANDS).scalar_subquery()
        is_it = (row.c.photo_id == photo_id, row.c.release_id == newest, row.c.before.is_(None))
        told = {**as_told(before), "seal": before.seal}
        return self._connection.execute(update(row).where(*is_it).values(before=told)).rowcount > 0

    def forget(self, photo_id: int, at: datetime) -> None:
        newest = select(func.max(row.c.release_id)).where(row.c.photo_id == photo_id, _STANDS).scalar_subquery()
        is_it = (row.c.photo_id == photo_id, row.c.release_id == newest, _STANDS)
        self._connection.execute(update(row).where(*is_it).values(taken_back_at=at, seal=""))

    def kept_hashes(self) -> frozenset[str]:
        is_half_sent = ledger.c.state.in_([each.value for each in LedgerState if each not in WHOLE])
        earlier = self._connection.execute(select(ledger.c.earlier).where(is_half_sent)).scalars()
        befores = [*self.last().values(), *(from_told(each) for each in earlier)]
        found = (one for before in befores if before for one in before.publications)
        return frozenset(each for one in found for each in one.hashes.values())


class Redirects:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, old_path: str, new_path: str, photo_id: int, at: datetime) -> None:
        # what lives there again is not elsewhere, and what pointed there points on
        self._connection.execute(delete(moved).where(moved.c.old_path == new_path))
        self._connection.execute(update(moved).where(moved.c.new_path == old_path).values(new_path=new_path))
        written = {"new_path": new_path, "photo_id": photo_id, "at": at}
        statement = upsert(moved).values(old_path=old_path, **written)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["old_path"], set_=written))

    def all(self) -> Mapping[str, str]:
        query = select(moved.c.old_path, moved.c.new_path).order_by(moved.c.old_path)
        return {each.old_path: each.new_path for each in self._connection.execute(query)}
