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

    def holder(self, key: str) -> Reservation | None:
        held = self._connection.execute(select(row).where(row.c.key == key, _IS_HELD)).mappings().first()
        if held is None:
            return None
        return Reservation(held["key"], held["file_name"], held["stem_key"], held["counter"], held["photo_id"])

    def reserve(self, reservation: Reservation, at: datetime) -> None:
        self._insert(reservation, RESERVED, at)

    def _insert(self, reservation: Reservation, state: str, at: datetime) -> None:
        values = {**asdict(reservation), "state": state, "created_at": at, "updated_at": at}
        try:
            self._connection.execute(_INSERT, values)
        except IntegrityError as error:
            raise NameTaken(name=reservation.file_name, where="the list of used names") from error

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
        for each in fresh.values():
            self._insert(each, PUBLISHED, at)
        return len(fresh)

    def all_held(self) -> Sequence[str]:
        query = select(row.c.file_name).where(_IS_HELD).order_by(row.c.file_name)
        return self._connection.execute(query).scalars().all()
