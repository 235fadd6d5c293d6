"""Which schema a database has, and which this program wants; told without Alembic, which every process would load.

A migration's file begins with its revision, and revisions are numbered one after the other.
"""

from __future__ import annotations

import pkgutil
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from lightgate.adapters.sqlite import migrations
from lightgate.errors import DatabaseOutdated, DatabaseTooNew, DatabaseUnreadable

_MIGRATIONS = Path(migrations.__file__).with_name("versions")


def known_revisions() -> list[str]:
    """Name this program's migrations, oldest first."""
    return sorted(module.name.partition("_")[0] for module in pkgutil.iter_modules([str(_MIGRATIONS)]))


def newest_revision() -> str:
    """Name the newest migration of this program."""
    return known_revisions()[-1]


def knows(revision: str) -> bool:
    """Is this one of this program's migrations?"""
    return revision in known_revisions()


def current_revision(engine: Engine) -> str | None:
    """Name the migration that a database is at; None for an empty one.

    Raises:
        DatabaseUnreadable: it is damaged, or no database.
    """
    try:
        with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
            if not engine.dialect.has_table(connection, "alembic_version"):
                return None
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except DatabaseError as error:
        raise DatabaseUnreadable(path=engine.url.database, reason=error.orig) from error


def require_known(revision: str | None, path: Path) -> None:
    """Make sure that a database's schema is none of a newer program's.

    Raises:
        DatabaseTooNew: it is.
    """
    if revision is not None and not knows(revision):
        raise DatabaseTooNew(path=path, found=revision, expected=newest_revision())


def require_current(engine: Engine, path: Path) -> None:
    """Make sure that the database has the schema this program expects.

    Raises:
        DatabaseOutdated: it has an older one, or none.
        DatabaseTooNew: it has a newer one.
    """
    found = current_revision(engine) if path.exists() else None
    require_known(found, path)
    if found != newest_revision():
        raise DatabaseOutdated(path=path, found=found or "no tables", expected=newest_revision())
