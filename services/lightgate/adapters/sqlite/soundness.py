"""Is a database file whole? Asked by ``doctor``, and before a backup takes the place of what is there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from lightgate.adapters.sqlite.engine import sqlite_library

_SOUND = "ok"


def fault_of(path: Path) -> str | None:
    """Say what is wrong with a database file, or None; reads all of it."""
    try:
        with closing(sqlite_library.connect(str(path))) as database:
            said = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite_library.Error as error:
        return str(error)
    return None if said == _SOUND else said
