"""File names: held by one photo at a time, and never given again once published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from lightgate.adapters.sqlite.schema import name_reservation as row
from lightgate.errors import NameTaken
from lightgate.store import Reservation

RESERVED, PUBLISHED, RELEASED = "reserved", "published", "released"
_IS_HELD = row.c.state != RELEASED

# Built once, since building a statement takes longer than SQLite takes to run it.
_INSERT = insert(row)
_HELD = select(row.c.key).where(row.c.key.in_(bindparam("keys", expanding=True)), _IS_HELD)
_SET_STATE = (
    update(row)
    .where(row.c.photo_id == bindparam("held_by"), row.c.state == RESERVED)
    .values(state=bindparam("next_state"), updated_at=bindparam("changed_at"))
)


class Names:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def highest(self, stem_keys: Sequence[str]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        wanted = sorted(set(stem_keys))
        for start in range(0, len(wanted), 500):
            query = select(row.c.stem_key, func.max(row.c.counter)).where(
                row.c.stem_key.in_(wanted[start : start + 500]), _IS_HELD
            )
            found.update({key: top for key, top in self._connection.execute(query.group_by(row.c.stem_key))})
        return found

    def held(self, keys: Sequence[str]) -> frozenset[str]:
        found: set[str] = set()
        for start in range(0, len(keys), 500):
            found.update(self._connection.execute(_HELD, {"keys": list(keys[start : start + 500])}).scalars())
        return frozenset(found)

    def holder(self, key: str) -> Reservation | None:
        held = self._connection.execute(select(row).where(row.c.key == key, _IS_HELD)).mappings().first()
        if held is None:
            return None
        return Reservation(held["key"], held["file_name"], held["stem_key"], held["counter"], held["photo_id"])

    def reserve(self, reservation: Reservation, at: datetime) -> None:
        self.reserve_all([reservation], at)

    def reserve_all(self, reservations: Sequence[Reservation], at: datetime) -> None:
        self._insert(reservations, RESERVED, at)

    def _insert(self, reservations: Sequence[Reservation], state: str, at: datetime) -> None:
        rows = [{**asdict(each), "state": state, "created_at": at, "updated_at": at} for each in reservations]
        if not rows:
            return
        try:
            self._connection.execute(_INSERT, rows)
        except IntegrityError as error:
            raise NameTaken(name=self._twice(reservations), where="the list of used names") from error

    def _twice(self, reservations: Sequence[Reservation]) -> str:
        """Find the name that made the statement fail: another photo's, or wanted twice."""
        seen: set[str] = set()
        for each in reservations:
            # those ahead of it are written already, until the transaction is taken back
            holder = self.holder(each.key)
            if each.key in seen or (holder is not None and holder.photo_id != each.photo_id):
                return each.file_name
            seen.add(each.key)
        return reservations[0].file_name

    def release(self, photo_id: int, at: datetime) -> None:
        self._set_state(photo_id, RELEASED, at)

    def publish(self, photo_id: int, at: datetime) -> None:
        self._set_state(photo_id, PUBLISHED, at)

    def _set_state(self, photo_id: int, state: str, at: datetime) -> None:
        self._connection.execute(_SET_STATE, {"held_by": photo_id, "next_state": state, "changed_at": at})

    def is_frozen(self, photo_id: int) -> bool:
        query = select(exists().where(row.c.photo_id == photo_id, row.c.state == PUBLISHED))
        return self._connection.execute(query).scalar_one()

    def import_names(self, reservations: Sequence[Reservation], at: datetime) -> int:
        held = set(self._connection.execute(select(row.c.key).where(_IS_HELD)).scalars())
        fresh = {each.key: each for each in reservations if each.key not in held}
        self._insert(list(fresh.values()), PUBLISHED, at)
        return len(fresh)

    def all_held(self) -> Sequence[str]:
        query = select(row.c.file_name).where(_IS_HELD).order_by(row.c.file_name)
        return self._connection.execute(query).scalars().all()
