"""The website's table of published photographs, ``photos_info_revamp``, in any database SQLAlchemy speaks to.

Columns that we do not know belong to the website: they are never read, never written, and a row's id never changes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    RowMapping,
    Table,
    exists,
    insert,
    inspect,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.types import NullType

from lightgate.adapters.sqlite.engine import make_engine
from lightgate.adapters.website.catalogue.table import REMOTE_ID, TABLE, columns_of, make_table, row_of
from lightgate.adapters.website.catalogue.values import is_same
from lightgate.errors import CatalogueUnreachable, RowBusy, RowRefused, StorageFull
from lightgate.ports.website import CatalogueRow, Permit, QualityRow

__all__ = ["TABLE", "SqlCatalogue", "table"]

table = make_table()

#: at most so long before each further try where somebody else was at the row, and at least half of it, since those
#: who met would meet again if they came back together
PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)

T = TypeVar("T")


class SqlCatalogue:
    """The table in one database; every transaction is made anew, a few times, while somebody else is at its row."""

    def __init__(self, engine: Engine, of: Table, pause: Callable[[float], object] = time.sleep) -> None:
        self._table = of
        self._engine = engine
        self._pause = pause
        self._reader = self._engine.execution_options(sqlite_begin="DEFERRED")
        self._columns = tuple(columns_of(of))
        # as the server gives them: how many digits a website's DECIMAL has is lost in a float
        self._labelled = [type_coerce(column, NullType()).label(column.key) for column in self._columns]

    @classmethod
    def in_file(cls, file: Path) -> Self:
        """Open the local catalogue, making file and table where they are absent."""
        # other programs, of any age, may read the file
        catalogue = cls(make_engine(file, durable=True, can_use_wal=False), make_table(is_local=True))
        file.parent.mkdir(parents=True, exist_ok=True)
        with catalogue._translated(), catalogue._engine.begin() as connection:
            catalogue._table.metadata.create_all(connection)
            if REMOTE_ID not in {column["name"] for column in inspect(connection).get_columns(TABLE)}:
                connection.execute(text(f"ALTER TABLE {TABLE} ADD COLUMN {REMOTE_ID} INTEGER"))
        return catalogue

    def why_not_ready(self) -> str | None:
        """Nothing stands between us and a file."""
        return None

    def upsert(self, row: CatalogueRow, permit: Permit, quality: QualityRow | None = None) -> int | None:
        return self.write(row, permit, {}, quality)

    def write(
        self, row: CatalogueRow, permit: Permit, more: Mapping[str, object], quality: QualityRow | None = None
    ) -> int | None:
        """Insert or update a row, with values for columns beside ours; give its id."""
        return self._repeated(lambda: self._write(row, quality, more, permit))

    def _repeated(self, transaction: Callable[[], T]) -> T:
        """Run a transaction until nobody else is in its way; a name that exists already is met once at most.

        Raises:
            RowBusy: somebody was each time.
        """
        has_met_name = False
        for most_s in PAUSES_S:
            try:
                return transaction()
            except RowBusy:
                pass
            except (CatalogueUnreachable, RowRefused) as error:
                # another publisher may have inserted the name between our look and our insert
                if has_met_name or not isinstance(error.__cause__, IntegrityError):
                    raise
                has_met_name = True
            self._pause(random.uniform(most_s / 2, most_s))  # noqa: S311 - only spreads load
        return transaction()

    def rehearse(self, row: CatalogueRow, quality: QualityRow | None = None) -> None:
        """Do nothing: our own table takes every row."""

    def holds(self, row: CatalogueRow) -> bool | None:
        return self._repeated(lambda: self._compared(row))

    def _compared(self, row: CatalogueRow) -> bool | None:
        with self._reading() as connection:
            found = self._found(connection, row.File_Name, self._labelled)
            wanted = self._storable(connection, row)
        return None if found is None else all(is_same(name, found[name], value) for name, value in wanted.items())

    def _write(
        self, row: CatalogueRow, quality: QualityRow | None, more: Mapping[str, object], permit: Permit
    ) -> int | None:
        with self._writing() as connection:
            # a table that knows no transactions shows the row at once
            permit.ask()
            row_id = self._put(connection, row, quality, more)
            permit.ask()
            return row_id

    def _put(
        self, connection: Connection, row: CatalogueRow, quality: QualityRow | None, more: Mapping[str, object]
    ) -> int | None:
        of = self._table
        values = {**self._storable(connection, row), **more}
        found = self._found(connection, row.File_Name, [*self._labelled, *(of.c[name] for name in more)])
        if found is None:
            self._insert(connection, values)
            found = self._found(connection, row.File_Name, [])
        elif not all(is_same(name, found[name], value) for name, value in values.items()):
            connection.execute(update(of).where(self._key == found["id"]).values(values))
        row_id: int | None = found["id"] if found is not None and "id" in of.c else None
        self._written(connection, row, quality, row_id)
        return row_id

    @property
    def _key(self) -> Column[Any]:
        """What tells rows apart: the website's id, or the file name where its table has none."""
        return self._table.c.id if "id" in self._table.c else self._table.c.File_Name

    def _found(self, connection: Connection, file_name: str, wanted: Sequence[Any]) -> RowMapping | None:
        """Read the row of that name, the oldest where the website has several."""
        query = select(self._key.label("id"), *wanted).where(self._table.c.File_Name == file_name)
        return connection.execute(query.order_by(self._key).limit(1)).mappings().first()

    def _storable(self, connection: Connection, row: CatalogueRow) -> dict[str, Any]:
        """Give what the table has columns for, under our names."""
        return {name: value for name, value in asdict(row).items() if name in self._table.c}

    def _insert(self, connection: Connection, values: dict[str, Any]) -> None:
        connection.execute(insert(self._table).values(values))

    def _written(
        self, connection: Connection, row: CatalogueRow, quality: QualityRow | None, row_id: int | None
    ) -> None:
        """Let an adapter do more in the row's transaction."""

    def find(self, file_name: str) -> CatalogueRow | None:
        found = self._read(lambda connection: self._found(connection, file_name, self._labelled))
        return None if found is None else row_of(found)

    def remove(self, file_name: str, permit: Permit) -> None:
        self._repeated(lambda: self._remove(file_name, permit))

    def _remove(self, file_name: str, permit: Permit) -> None:
        with self._writing() as connection:
            permit.ask()
            connection.execute(self._table.delete().where(self._table.c.File_Name == file_name))
            permit.ask()

    def file_names(self) -> Sequence[str]:
        names = select(self._table.c.File_Name).order_by(self._table.c.File_Name)
        return self._read(lambda connection: connection.execute(names).scalars().all())

    def rows(self) -> Iterator[tuple[int | None, CatalogueRow]]:
        """Yield every row with its id, if it has one, in a few at a time; what was yielded cannot be read anew."""
        query = select(self._key.label("id"), *self._labelled).execution_options(yield_per=500)
        with self._reading() as connection:
            for found in connection.execute(query).mappings():
                yield found["id"] if "id" in self._table.c else None, row_of(found)

    def has_capture(self, original_file_name: str, date_time: str) -> bool:
        of = self._table
        if not {"Original_File_Name", "DateTime"} <= set(of.c.keys()):
            return False
        is_capture = exists().where(of.c.Original_File_Name == original_file_name, of.c.DateTime == date_time)
        return self._read(lambda connection: bool(connection.execute(select(is_capture)).scalar_one()))

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _read(self, ask: Callable[[Connection], T]) -> T:
        def transaction() -> T:
            with self._reading() as connection:
                return ask(connection)

        return self._repeated(transaction)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._translated(), self._reader.begin() as connection:
            yield connection

    def _translated(self) -> AbstractContextManager[None]:
        return _translated(self._engine.url.database)


@contextmanager
def _translated(place: object) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        orig = error.orig if isinstance(error, DBAPIError) else None
        reason = str(orig or type(error).__name__)
        if "disk is full" in reason:
            raise StorageFull(path=place) from error
        raise CatalogueUnreachable(reason=reason) from error
