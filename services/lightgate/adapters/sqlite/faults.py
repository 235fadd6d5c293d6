"""What a database says when it cannot go on, as our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage

from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.errors import DatabaseUnreadable, LightgateError, StorageFull, StoreBusy

#: less is no room for SQLite's own files
_NO_ROOM_BYTES = 1 << 20


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Say what goes wrong with this database in our words; a broken constraint is the caller's.

    Raises:
        StoreBusy: it was locked for longer than its patience.
        StorageFull: its disk has no room.
        DatabaseUnreadable: it is damaged, or no database.
    """
    try:
        yield
    except (IntegrityError, sqlite_library.IntegrityError):
        raise
    except OperationalError as error:
        raise _fault(path, error.orig) from error
    except sqlite_library.OperationalError as error:
        raise _fault(path, error) from error
    except DatabaseError as error:
        # "malformed", "not a database"
        raise DatabaseUnreadable(path=path, reason=error.orig) from error
    except sqlite_library.DatabaseError as error:
        raise DatabaseUnreadable(path=path, reason=error) from error


def _fault(path: Path, said: BaseException | None) -> LightgateError:
    reason = str(said).lower()
    if "locked" in reason or "busy" in reason:
        return StoreBusy()
    # opening a database on a full disk says "disk I/O error"
    if "full" in reason or ("disk i/o" in reason and disk_usage(path.parent).free < _NO_ROOM_BYTES):
        return StorageFull(path=path.parent)
    return DatabaseUnreadable(path=path, reason=said)
