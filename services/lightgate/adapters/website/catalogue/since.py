"""A local catalogue from a backup learns what was published since: the website kept that, whatever is restored."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.adapters.website.catalogue.table import TABLE

_KEY = "File_Name"


def take_over(catalogue: Path, since: Path) -> str | None:
    """Write the rows of the catalogue that was used last over those of an older copy; gives why it could not.

    Rows that only the older one has stay: whether they are still live is found out by a look at the website.
    """
    try:
        with closing(sqlite_library.connect(catalogue.absolute().as_uri(), uri=True)) as database:
            # not read-only: what a power cut left half-written is undone by opening it
            database.execute("ATTACH DATABASE ? AS since", (f"{since.absolute().as_uri()}?mode=rw",))
            names = [_columns(database, schema) for schema in ("main", "since")]
            told = ", ".join(f'"{name}"' for name in names[0] if name in names[1] and name != "id")
            if not told:
                return "it has no such table"
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                f"UPDATE main.{TABLE} SET ({told}) = (SELECT {told} FROM since.{TABLE} AS s"  # noqa: S608 - own names
                f" WHERE s.{_KEY} = main.{TABLE}.{_KEY})"
                f" WHERE {_KEY} IN (SELECT {_KEY} FROM since.{TABLE})"
            )
            database.execute(
                f"INSERT INTO main.{TABLE} ({told}) SELECT {told} FROM since.{TABLE}"  # noqa: S608 - own names
                f" WHERE {_KEY} NOT IN (SELECT {_KEY} FROM main.{TABLE})"
            )
            database.execute("COMMIT")
    except sqlite_library.Error as error:
        return str(error)
    return None


def _columns(database: sqlite_library.Connection, schema: str) -> list[str]:
    return [str(name) for _, name, *_ in database.execute(f"PRAGMA {schema}.table_info({TABLE})")]
