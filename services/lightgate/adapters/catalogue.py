"""The website's table of published photographs, ``photos_info_revamp``, in any database SQLAlchemy speaks to.

Columns that we do not know belong to the website: they are never read, never written, and a row's id never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    Column,
    Connection,
    Double,
    Engine,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    create_engine,
    exists,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from lightgate.adapters.sqlite.engine import make_engine
from lightgate.errors import CatalogueUnreachable, StorageFull
from lightgate.ports import CatalogueRow

TABLE = "photos_info_revamp"

_metadata = MetaData()
_names = String(300)
table = Table(
    TABLE,
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("Folder", String(255), nullable=False),
    Column("File_Name", _names, nullable=False, unique=True),
    Column("Path", String(500), nullable=False),
    Column("Thumb_Path", String(500), nullable=False),
    Column("DateTime", String(32)),
    Column("Camera", String(255)),
    Column("Lens_model", String(255)),
    Column("Width", Integer, nullable=False),
    Column("Height", Integer, nullable=False),
    Column("Exposure", String(32)),
    Column("Aperture", String(32)),
    Column("ISO", Integer),
    Column("Focal_length", Integer),
    Column("Keywords", Text, nullable=False),
    Column("Caption", Text, nullable=False),
    Column("alt_text", Text, nullable=False),
    Column("Location", String(250), nullable=False),
    Column("QR", Double),
    Column("QC_Status", String(64), nullable=False),
    Column("Original_File_Name", _names, nullable=False),
    Column("nima_score", Double),
    Column("blur_score", Double),
    Column("brightness_score", Double),
    Column("contrast_score", Double),
    Column("brisque_score", Double),
    Column("clip_aesthetic_score", Double),
    sqlite_autoincrement=True,
)

_COLUMNS = tuple(table.c[each.name] for each in fields(CatalogueRow))
#: columns where the website may hold NULL and our row holds a value
_DEFAULTS: dict[str, str | int] = {
    each.name: 0 if each.type == "int" else "" for each in fields(CatalogueRow) if each.type in {"int", "str"}
}


class SqlCatalogue:
    """The table behind a database URL; a local SQLite file is made when it is absent."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine = _engine(url)
        self._reader = self._engine.execution_options(sqlite_begin="DEFERRED")

    @classmethod
    def in_file(cls, file: Path) -> Self:
        """Open the local catalogue, making file and table where they are absent."""
        catalogue = cls(f"sqlite:///{file}")
        file.parent.mkdir(parents=True, exist_ok=True)
        with _translated(file), catalogue._engine.begin() as connection:
            _metadata.create_all(connection)
        return catalogue

    def upsert(self, row: CatalogueRow) -> int:
        try:
            return self._upsert(row)
        except CatalogueUnreachable as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
        # another publisher inserted the name between our look and our insert
        return self._upsert(row)

    def _upsert(self, row: CatalogueRow) -> int:
        is_row = table.c.File_Name == row.File_Name
        with self._writing() as connection:
            found = connection.execute(select(table.c.id, *_COLUMNS).where(is_row)).mappings().first()
            if found is None:
                connection.execute(insert(table).values(**asdict(row)))
            elif _row(found) != row:
                connection.execute(update(table).where(table.c.id == found["id"]).values(**asdict(row)))
            row_id: int = connection.execute(select(table.c.id).where(is_row)).scalar_one()
            return row_id

    def find(self, file_name: str) -> CatalogueRow | None:
        with self._reading() as connection:
            query = select(*_COLUMNS).where(table.c.File_Name == file_name)
            found = connection.execute(query).mappings().first()
        return None if found is None else _row(found)

    def remove(self, file_name: str) -> None:
        with self._writing() as connection:
            connection.execute(table.delete().where(table.c.File_Name == file_name))

    def file_names(self) -> Sequence[str]:
        with self._reading() as connection:
            return connection.execute(select(table.c.File_Name).order_by(table.c.File_Name)).scalars().all()

    def has_capture(self, original_file_name: str, date_time: str) -> bool:
        is_capture = exists().where(table.c.Original_File_Name == original_file_name, table.c.DateTime == date_time)
        with self._reading() as connection:
            return connection.execute(select(is_capture)).scalar_one()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _translated(self._url.database), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _translated(self._url.database), self._reader.begin() as connection:
            yield connection


@contextmanager
def _translated(place: object) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__)
        if "disk is full" in reason:
            raise StorageFull(path=place) from error
        raise CatalogueUnreachable(reason=reason) from error


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        # other programs, of any age, may read the file
        return make_engine(Path(parsed.database), durable=True, can_use_wal=False)
    return create_engine(url, pool_size=1, max_overflow=4, pool_pre_ping=True, hide_parameters=True)


def _row(found: RowMapping) -> CatalogueRow:
    values: dict[str, Any] = {column.name: found[column.name] for column in _COLUMNS}
    empty = {name: _DEFAULTS.get(name) for name, value in values.items() if value is None}
    return CatalogueRow(**{**values, **empty})
