"""Bring ``review.db`` to the newest schema: backup first, foreign keys off, everything checked after."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, func, insert, select

from lightgate.adapters.sqlite import migrations
from lightgate.adapters.sqlite.engine import make_engine, sqlite_library
from lightgate.adapters.sqlite.faults import translated
from lightgate.adapters.sqlite.revision import current_revision, newest_revision, require_known
from lightgate.adapters.sqlite.schema import note, review_queue
from lightgate.errors import DatabaseDamaged
from lightgate.files.picture_proof import TO_PROVE_NOTE

#: from here on the rating leaves the hashes of its pictures in the row
_KEEPS_HASHES = "0011"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def migrate(path: Path, backups: Path, key: bytes | None = None) -> str:
    """Upgrade a database, or make it; give the revision it is at afterwards.

    Args:
        key: seals what older versions wrote unsealed.

    Raises:
        DatabaseDamaged: references are broken after the upgrade; the backup is named.
        DatabaseTooNew: a newer program made it.
        StorageFull, StoreBusy, DatabaseUnreadable: it is as it was before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(path, foreign_keys=False)
    try:
        with translated(path):
            return _upgraded(engine, path, backups, key)
    finally:
        engine.dispose()


def _upgraded(engine: Engine, path: Path, backups: Path, key: bytes | None) -> str:
    before = current_revision(engine)
    require_known(before, path)
    if before == newest_revision():
        return before
    backup = back_up(path, backups, f"before-{newest_revision()}") if before else None
    _upgrade(engine, before, backup, key)
    return newest_revision()


def _upgrade(engine: Engine, before: str | None, backup: Path | None, key: bytes | None) -> None:
    config = _config()
    config.attributes["key"] = key
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if before is not None and before < _KEEPS_HASHES:
            _ask_for_hashes(connection)
        _check(connection, backup)


def _ask_for_hashes(connection: Connection) -> None:
    """Note, together with the upgrade, which photos have pictures that an older version made."""
    newest = connection.execute(select(func.max(review_queue.c.id))).scalar()
    if newest:
        connection.execute(insert(note).values(key=TO_PROVE_NOTE, value=f"0 {newest}", at=datetime.now(UTC)))


def _check(connection: Connection, backup: Path | None) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise DatabaseDamaged(count=len(broken), backup=backup or "none was needed")


def back_up(path: Path, folder: Path, label: str) -> Path:
    """Copy a database in use, whole and consistent, by SQLite's online backup; or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    copy = folder / f"{path.stem}-{stamp}-{label}.db"
    source, target = sqlite_library.connect(str(path)), sqlite_library.connect(str(copy))
    try:
        source.backup(target)
    except sqlite_library.Error:
        copy.unlink(missing_ok=True)
        raise
    finally:
        source.close()
        target.close()
    return copy
