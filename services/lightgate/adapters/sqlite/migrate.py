"""Bring ``review.db`` to the newest schema: backup first, foreign keys off, everything checked after."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from lightgate import migrations
from lightgate.adapters.sqlite.engine import make_engine, sqlite_library
from lightgate.errors import DatabaseDamaged, DatabaseOutdated, DatabaseUnreadable


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def newest_revision() -> str:
    """Name the newest migration of this program."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def knows(revision: str) -> bool:
    """Is this one of this program's migrations?"""
    return any(each.revision == revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def current_revision(engine: Engine) -> str | None:
    """Name the migration that a database is at; None for an empty one.

    Raises:
        DatabaseUnreadable: it is damaged, or no database.
    """
    try:
        with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        raise DatabaseUnreadable(path=engine.url.database, reason=error.orig) from error


def require_current(engine: Engine, path: Path) -> None:
    """Make sure that the database has the schema this program expects.

    Raises:
        DatabaseOutdated: it has not.
    """
    found = current_revision(engine) if path.exists() else None
    if found != newest_revision():
        raise DatabaseOutdated(path=path, found=found or "no tables", expected=newest_revision())


def migrate(path: Path, backups: Path) -> str:
    """Upgrade a database, or make it; give the revision it is at afterwards.

    Raises:
        DatabaseDamaged: references are broken after the upgrade; the backup is named.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(path, foreign_keys=False)
    try:
        before = current_revision(engine)
        if before == newest_revision():
            return before
        backup = back_up(path, backups, f"before-{newest_revision()}") if before else None
        _upgrade(engine, backup)
    finally:
        engine.dispose()
    return newest_revision()


def _upgrade(engine: Engine, backup: Path | None) -> None:
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _check(connection, backup)


def _check(connection: Connection, backup: Path | None) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise DatabaseDamaged(count=len(broken), backup=backup or "none was needed")


def back_up(path: Path, folder: Path, label: str) -> Path:
    """Copy a database in use, whole and consistent, by SQLite's online backup."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    copy = folder / f"{path.stem}-{stamp}-{label}.db"
    source, target = sqlite_library.connect(str(path)), sqlite_library.connect(str(copy))
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    return copy
