"""A MariaDB that refuses to change a row which somebody else changed since it was read (error 1020), or does not.

MariaDB 11.6 and later do by themselves, 10.6.18 and later where they are told. A server that cannot be told is made to
answer 1020 to the first change of every connection, by triggers.
Source: https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-system-variables
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pymysql.cursors import Cursor

from support.servers import MariaDbServer

TOGGLED = ("off", "on")
_VARIABLE = "innodb_snapshot_isolation"


@contextlib.contextmanager
def snapshots(server: MariaDbServer, database: str, isolation: str) -> Iterator[None]:
    """Switch it off or on for every connection that is opened meanwhile; the shipped table has to be there."""
    with contextlib.closing(server.connect(database)) as connection, connection.cursor() as cursor:
        was = _setting(cursor)
        if was is None:
            if isolation == "on":
                change_once(cursor, 1020)
            yield
            return
        cursor.execute(f"SET GLOBAL {_VARIABLE} = {isolation.upper()}")
        try:
            yield
        finally:
            cursor.execute(f"SET GLOBAL {_VARIABLE} = {was}")


def _setting(cursor: Cursor) -> str | None:
    cursor.execute(f"SHOW GLOBAL VARIABLES LIKE '{_VARIABLE}'")
    found = cursor.fetchone()
    return None if found is None else str(found[1])


def change_once(cursor: Cursor, number: int) -> None:
    """Answer the first change of the shipped table by each connection with an error of that number."""
    _answer(cursor, number, "IF @has_met IS NULL THEN SET @has_met = 1;")


def change_never(cursor: Cursor, number: int) -> None:
    """Answer every change of the shipped table with an error of that number."""
    _answer(cursor, number, "IF TRUE THEN")


def _answer(cursor: Cursor, number: int, condition: str) -> None:
    for change in ("INSERT", "UPDATE", "DELETE"):
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER meets_{change} BEFORE {change} ON photos_info_revamp FOR EACH ROW {condition}"
            f" SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'somebody else was here'; END IF"
        )
