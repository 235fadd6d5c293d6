"""One SQLite library a process, one engine a process, and a journal mode that the library is safe for.

Several writing processes can corrupt a WAL database through the WAL-reset bug of older libraries, so a new database
is put in WAL mode only by a fixed library, and an affected library refuses a database that is in WAL mode.

Source: https://www.sqlite.org/wal.html#walresetbug
"""

from __future__ import annotations

import json
import logging
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, FromClause, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from lightgate.errors import UnsafeDatabase

try:
    import pysqlite3 as sqlite_library
except ImportError:  # no wheel for this platform: Linux on arm64, macOS on Intel
    import sqlite3 as sqlite_library

__all__ = ["make_engine", "sqlite_library"]

log = logging.getLogger(__name__)

BUSY_TIMEOUT_S = 30.0
#: offset 18 of the file header holds the write format: 2 means WAL. Source: https://www.sqlite.org/fileformat2.html
_WRITE_FORMAT_AT = 18
_WAL_FORMAT = 2


def library_version() -> tuple[int, int, int]:
    """Give the version of the SQLite library that this process uses."""
    major, minor, patch = (int(part) for part in sqlite_library.sqlite_version.split(".")[:3])
    return major, minor, patch


def is_safe_for_wal(version: tuple[int, int, int]) -> bool:
    """Is the WAL-reset bug fixed in this version? (3.51.3, and the branches 3.50.7 and 3.44.6.)"""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def is_in_wal_mode(path: Path) -> bool:
    """Read the journal mode that is recorded in the file itself."""
    try:
        with path.open("rb") as file:
            header = file.read(_WRITE_FORMAT_AT + 1)
    except FileNotFoundError:
        return False
    return len(header) > _WRITE_FORMAT_AT and header[_WRITE_FORMAT_AT] == _WAL_FORMAT


def choose_journal_mode(path: Path, version: tuple[int, int, int] | None = None) -> str:
    """Give ``WAL`` or ``DELETE`` for this database and library.

    Raises:
        UnsafeDatabase: the file is in WAL mode and the library must not open it.
    """
    is_safe = is_safe_for_wal(version or library_version())
    if is_in_wal_mode(path):
        if not is_safe:
            raise UnsafeDatabase(version=".".join(map(str, version or library_version())), path=path)
        return "WAL"
    is_new = not path.exists() or path.stat().st_size == 0
    if is_new and not is_safe:
        log.warning(
            "SQLite %s is not safe in WAL mode: %s uses journal_mode=DELETE", sqlite_library.sqlite_version, path
        )
    return "WAL" if is_new and is_safe else "DELETE"


class _HintedSql(SQLiteCompiler):
    """SQLAlchemy's SQL for SQLite, which leaves out ``INDEXED BY`` where a statement asks for it."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


def _read_json(written: str) -> Any:
    """Read JSON as it is stored; most of it is one plain text, which a parser takes ten times as long for."""
    if written[:1] == '"' and "\\" not in written:
        return written[1:-1]
    return json.loads(written)


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def make_engine(
    path: Path,
    *,
    durable: bool = True,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
    foreign_keys: bool = True,
    can_use_wal: bool = True,
) -> Engine:
    """Make an engine whose transactions begin IMMEDIATE, or DEFERRED with the option ``sqlite_begin``.

    Args:
        durable: ``synchronous=FULL``, for decisions and publishing; else NORMAL, for repeatable work.
        foreign_keys: off only while tables are rebuilt.
        can_use_wal: off for a file that other programs read, which may be older than the WAL-reset fix.

    Raises:
        UnsafeDatabase: see ``choose_journal_mode``.
    """
    chosen = choose_journal_mode(path)
    mode = chosen if can_use_wal else "DELETE"
    synchronous = "FULL" if durable or mode == "DELETE" else "NORMAL"
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlite_library,
        pool_size=10,
        max_overflow=10,
        # kept readable, so that a search finds é as é
        json_serializer=partial(json.dumps, ensure_ascii=False),
        json_deserializer=_read_json,
        connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
    )

    engine.dialect.statement_compiler = _HintedSql

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not emit a BEGIN of its own
        # SQLite's own lower() knows ASCII only, and people search for É by é
        connection.create_function("lower", 1, _lower, deterministic=True)
        for pragma in (f"journal_mode={mode}", f"synchronous={synchronous}", f"foreign_keys={int(foreign_keys)}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine
