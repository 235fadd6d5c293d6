"""The website's table in MySQL or MariaDB, by ``pymysql``.

A row the table cannot hold is the photo's fault and said at once; a server that is away, or that refuses all rows, is
asked again only after a while; one that says somebody else is at the row is there.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

import pymysql
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    column,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy import table as light_table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lightgate.adapters.breaker import Breaker
from lightgate.adapters.website.catalogue.mysql_shape import Shape, harmless, shape_of
from lightgate.adapters.website.catalogue.sql import SqlCatalogue
from lightgate.adapters.website.catalogue.table import make_table
from lightgate.errors import CatalogueClosed, CatalogueUnreachable, RowBusy, RowRefused, SettingInvalid
from lightgate.ports.website import CatalogueRow, QualityRow
from lightgate.settings import Mysql

#: the proof table that the predecessor's website has beside
QUALITY_TABLE = "metadata_quality"
#: a connection that rested this long is asked whether the server is still there
RESTED_S = 10.0
#: shorter than the usual ``wait_timeout`` of shared hosts
_RECYCLE_S = 240
#: a temporary table, which nobody else sees
_COPY = "lightgate_trial"
#: the row is at fault: too long, wrong characters, out of range, a NULL that may not be, a second unique column, a
#: foreign key, a trigger that says no, JSON or another type that it does not fit.
#: Source: https://mariadb.com/docs/server/reference/error-codes
_ROW = frozenset(
    {1048, 1062, 1264, 1265, 1267, 1292, 1366, 1369, 1406, 1416, 1451, 1452, 1644, 1690, 3140, 3819, 3988, 4025, 4078}
)
#: no row would be taken: rights, password, table, columns, a view that takes none
_CLOSED = frozenset(
    {1044, 1045, 1049, 1054, 1130, 1142, 1143, 1146, 1227, 1251, 1288, 1364, 1393, 1394, 1395, 1471, 1698}
    | {2059, 3159}
)
#: the server only reads: another one may have taken its place, and we still talk to this one
_READ_ONLY = frozenset({1290, 1792, 1836})
#: somebody else was at the row, or changes the table: changed since it was read, locked for too long, a deadlock
_IN_THE_WAY = frozenset({1020, 1205, 1213})
#: so long we wait for somebody else's lock, by itself 50 s for a row and a year or a day for a table: a line on which
#: nothing came for ``timeout_s`` looks like a server that is away
_LOCK_WAIT_S = 5
#: how each new connection is set up, whatever the server's own values are or become: shared hosts often switch strict
#: mode off, and then shorten texts and replace characters without a word; ``ANSI_QUOTES``, ``NO_BACKSLASH_ESCAPES``,
#: ``PIPES_AS_CONCAT``, ``EMPTY_STRING_IS_NULL`` and their like make another language of what we say;
#: ``sql_safe_updates`` refuses statements that are to touch no row. The time zone stays the server's: the website's own
#: programs read its TIMESTAMP columns in that, and its defaults are times of it
_SESSION = "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', sql_safe_updates = 0"
#: we may not even look
_NO_RIGHT = frozenset({1044, 1142, 1143, 1227})


class MysqlCatalogue(SqlCatalogue):
    """``Catalogue`` over one pooled connection; also keeps ``metadata_quality`` in step where the website has it."""

    def __init__(
        self,
        mysql: Mysql,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        super().__init__(_engine(mysql), make_table(mysql.table, mysql.columns), pause)
        self._clock = clock
        self._away = Breaker(failures=1, clock=clock)
        self._used_at = 0.0
        self._has_been_used = False
        self._values = dict(mysql.values)
        self._seen: Shape | None = None
        self._quality: Table | Any = None
        self._quality_needs: dict[str, object] = {}
        self._has_looked_for_quality = False
        self._is_read_only = False

    def __repr__(self) -> str:
        return f"MysqlCatalogue({self._engine.url})"

    @property
    def table(self) -> Table:
        """The website's table under our names."""
        return self._table

    @property
    def values(self) -> Mapping[str, object]:
        """What new rows have in the website's own columns."""
        return self._values

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection whose errors are ours."""
        return self._reading()

    def why_not_ready(self) -> str | None:
        """Say why no row can be written now; asks the server if nothing was asked of it for a while."""
        if reason := self._away.why_open():
            return reason
        if not self._is_read_only and self._has_been_used and self._clock() - self._used_at < RESTED_S:
            return None
        try:
            with self._reading() as connection:
                connection.execute(select(1))
                if self._is_read_only:
                    # reading works; only a statement that would write, and touches no row, says what has changed
                    connection.execute(harmless(self._table, self._shape(connection).generated)["UPDATE"])
        except CatalogueUnreachable as error:
            return error.message
        self._is_read_only = False
        return None

    def rehearse(self, row: CatalogueRow, quality: QualityRow | None = None) -> None:
        """Write the row and take it back, where the table can; an id may be left out by that."""
        self._repeated(lambda: self._rehearse(row, quality))

    def _rehearse(self, row: CatalogueRow, quality: QualityRow | None) -> None:
        with self._reading() as connection:
            if self._shape(connection).is_transactional:
                # no savepoint: a deadlock takes it along, and its own rollback would hide that
                self._put(connection, row, quality, {})
                connection.rollback()
            else:
                for statement in harmless(self._table, self._shape(connection).generated).values():
                    connection.execute(statement)
                self._try_in_a_copy(connection, row)

    def _try_in_a_copy(self, connection: Connection, row: CatalogueRow) -> None:
        """Write into an empty copy of a table that takes nothing back, where the server lets us make one."""
        quoted = connection.dialect.identifier_preparer.quote
        try:
            connection.execute(text(f"CREATE TEMPORARY TABLE {_COPY} LIKE {quoted(self._table.name)}"))
        except SQLAlchemyError:
            return
        try:
            self._insert(connection, self._storable(connection, row), _COPY)
        finally:
            connection.execute(text(f"DROP TEMPORARY TABLE {_COPY}"))

    def _shape(self, connection: Connection) -> Shape:
        if self._seen is None:
            ours = frozenset(each.name.casefold() for each in self._table.columns)
            self._seen = shape_of(connection, self._table.name, ours)
        return self._seen

    def _storable(self, connection: Connection, row: CatalogueRow) -> dict[str, Any]:
        shape = self._shape(connection)
        held = {
            name: (self._table.c[name].name.casefold(), value)
            for name, value in super()._storable(connection, row).items()
        }
        return {
            name: shape.unknown.get(theirs) if value is None else value
            for name, (theirs, value) in held.items()
            if theirs not in shape.generated
        }

    def _insert(self, connection: Connection, values: dict[str, Any], into: str | None = None) -> None:
        named = {self._table.c[name].name: value for name, value in values.items()}
        # the server does not tell the cases of a column's name apart
        given = {name.casefold() for name in self._values}
        needed = {name: value for name, value in self._shape(connection).needed.items() if name.casefold() not in given}
        whole = {**needed, **self._values, **named}
        connection.execute(insert(light_table(into or self._table.name, *map(column, whole))).values(whole))

    def _translated(self) -> AbstractContextManager[None]:
        return self._watched()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            number, reason = said(error)
            if number in _IN_THE_WAY:
                self._answered()
                raise RowBusy(reason=reason) from error
            # the website may have changed its tables
            self._seen = None
            self._has_looked_for_quality = False
            if number in _ROW:
                raise RowRefused(reason=reason) from error
            # what answers next may be another server
            self._engine.dispose()
            self._is_read_only = self._is_read_only or number in _READ_ONLY
            kind = CatalogueClosed if number in _CLOSED else CatalogueUnreachable
            found = kind(reason=reason)
            self._away.failed(found.message)
            raise found from error
        self._answered()

    def _answered(self) -> None:
        self._away.succeeded()
        self._has_been_used = True
        self._used_at = self._clock()

    def _written(
        self, connection: Connection, row: CatalogueRow, quality: QualityRow | None, row_id: int | None
    ) -> None:
        if not self._has_looked_for_quality:
            self._quality = _quality_table(connection)
            if self._quality is not None:
                ours = frozenset(name.casefold() for name in _known_of_quality(row))
                self._quality_needs = shape_of(connection, QUALITY_TABLE, ours).needed
            self._has_looked_for_quality = True
        if self._quality is None:
            return
        of = self._quality
        values = {**(asdict(quality) if quality else {}), **_quality_values(row, row_id)}
        told = {name: value for name, value in values.items() if name in of.c}
        is_row = of.c.revamp_File_Name == row.File_Name
        if connection.execute(select(of.c.revamp_File_Name).where(is_row)).first() is None:
            connection.execute(of.insert().values({**self._quality_needs, **told}))
        else:
            connection.execute(update(of).where(is_row).values(told))


def _quality_table(connection: Connection) -> Any:
    """Describe the website's proof table by the columns that it has; None where there is none for us."""
    looked = inspect(connection)
    try:
        if not looked.has_table(QUALITY_TABLE):
            return None
    except SQLAlchemyError as error:
        if said(error)[0] in _NO_RIGHT:
            return None
        raise
    names = [each["name"] for each in looked.get_columns(QUALITY_TABLE)]
    return light_table(QUALITY_TABLE, *(column(name) for name in names)) if "revamp_File_Name" in names else None


def _quality_values(row: CatalogueRow, row_id: int | None) -> dict[str, object]:
    """Say what a person approved and where it went; what no proof gave stays the website's."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return {
        "revamp_id": row_id,
        "revamp_File_Name": row.File_Name,
        "revamp_Original_File_Name": row.Original_File_Name,
        "revamp_Location": row.Location,
        "revamp_Folder": row.Folder,
        "upload_caption": row.Caption,
        "upload_alt_text": row.alt_text,
        "upload_keywords": row.Keywords,
        "overall_quality_status": "MANUAL_APPROVED",
        "manual_decision": "MANUAL_APPROVED",
        "accepted_for_upload": 1,
        "caption_accepted_for_upload": 1,
        "alt_text_accepted_for_upload": 1,
        "keywords_accepted_for_upload": 1,
        "uploaded_to_mysql": 1,
        "mysql_synced_at": now,
        "upload_public_path": row.Path,
        "upload_status": "UPLOADED",
        "source_review_status": "Approved",
        "updated_at": now,
    }


def _known_of_quality(row: CatalogueRow) -> list[str]:
    return [*(each.name for each in fields(QualityRow)), *_quality_values(row, None)]


def said(error: SQLAlchemyError) -> tuple[int, str]:
    """Give a server's number and words; pymysql gives them as the error's two arguments."""
    orig = error.orig if isinstance(error, DBAPIError) else None
    given: tuple[object, ...] = orig.args if orig is not None else ()
    if len(given) == 2 and isinstance(given[0], int):
        return given[0], str(given[1]).rstrip(".")
    return 0, str(orig or type(error).__name__)


def _url(mysql: Mysql) -> URL:
    password = mysql.password.get_secret_value() if mysql.password else None
    return URL.create("mysql+pymysql", mysql.user, password, mysql.host, mysql.port, mysql.database)


def _engine(mysql: Mysql) -> Engine:
    timeouts = {f"{which}_timeout": mysql.timeout_s for which in ("connect", "read", "write")}
    lock_wait_s = max(1, min(_LOCK_WAIT_S, int(mysql.timeout_s / 2)))
    engine = create_engine(
        _url(mysql),
        pool_size=1,
        max_overflow=4,
        pool_pre_ping=True,
        pool_recycle=_RECYCLE_S,
        hide_parameters=True,
        connect_args={
            **timeouts,
            "charset": "utf8mb4",
            "ssl": _tls(mysql),
            "autocommit": False,
            "init_command": _SESSION,
        },
    )

    @event.listens_for(engine, "connect")
    def limit_waiting(connection: pymysql.Connection, _: object) -> None:
        for name in ("lock_wait_timeout", "innodb_lock_wait_timeout"):
            # a server without InnoDB has no such variable
            with contextlib.suppress(pymysql.err.MySQLError), connection.cursor() as cursor:
                cursor.execute(f"SET SESSION {name} = {lock_wait_s}")

    return engine


def _tls(mysql: Mysql) -> ssl.SSLContext | None:
    if not mysql.tls:
        return None
    try:
        return ssl.create_default_context(cafile=str(mysql.ca_file.expanduser()) if mysql.ca_file else None)
    except OSError as error:
        raise SettingInvalid(name="mysql.ca_file", reason=str(error.strerror or error)) from error
