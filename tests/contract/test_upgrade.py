"""A database of an older version, with photos in it, becomes one of this version, or stays as it was."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from lightgate import migrations
from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.engine import make_engine, sqlite_library
from lightgate.adapters.sqlite.migrate import migrate
from lightgate.domain.query import parse
from lightgate.domain.vocabulary import TermState
from lightgate.errors import LightgateError
from lightgate.store import PhotoFilter

OLD = "0005"
AT = "2026-01-01T00:00:00.000000Z"
PLACES = (("exif", "queued"), ("review", "waiting"), ("caption", "failed"), ("review", "rejected"))
SET = (
    "INSERT INTO photo_set (id, slug, title, subject, location, folder, languages, created_at)"
    " VALUES (1, 'quay', 'Quay', 'Élan', 'Rotterdam', 'city', '[\"en\"]', ?)"
)
PHOTO = (
    "INSERT INTO review_queue (id, set_id, step, status, original_file_name, relative_path, source_path, content_hash,"
    " size_bytes, suffix, subject, location, folder, created_at, updated_at)"
    " VALUES (?, 1, ?, ?, ?, 'a', 'a', ?, 1, '.jpg', 'Élan', 'Rotterdam', 'city', ?, ?)"
)
TERM = "INSERT INTO keyword_term (name, key, state, created_at, updated_at) VALUES ('Hafen', 'hafen', 'listed', ?, ?)"
TEXT = (
    "INSERT INTO photo_text (photo_id, language, field, value, source, updated_at) VALUES (?, 'en', ?, ?, 'model', ?)"
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Make a database of an older version with two photos at each place."""
    path = tmp_path / "review.db"
    engine, config = make_engine(path, foreign_keys=False), Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLD)
        connection.exec_driver_sql(SET, (AT,))
        for number, (step, status) in enumerate(PLACES * 2, 1):
            photo = (number, step, status, f"IMG_{number}.JPG", f"{number:064}", AT, AT)
            connection.exec_driver_sql(PHOTO, photo)
            connection.exec_driver_sql(TEXT, (number, "caption", f'"Bateaux élevés {number}"', AT))
            connection.exec_driver_sql(TEXT, (number, "keywords", '["crane", "quay wall"]', AT))
    engine.dispose()
    return path


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def revision_of(path: Path) -> str:
    with closing(sqlite_library.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_old_photos_are_counted_and_found_after_the_upgrade(old: Path) -> None:
    migrate(old, old.parent / "backups")
    with closing(SqliteStore(old, durable=False)) as store, store.reading() as tx:
        assert tx.photos.count_by_status() == {"Queued": 2, "Pending": 2, "Error": 2, "Rejected": 2}
        for query in ("ÉLEVÉS", 'keyword:"quay wall"', "subject:élan", "keywords:2", "caption:>10"):
            assert len(tx.photos.ids(PhotoFilter(query=parse(query)))) == len(PLACES) * 2, query
    [backup] = (old.parent / "backups").iterdir()
    assert revision_of(backup) == OLD


def test_an_old_list_of_keywords_is_in_the_language_of_the_newest_set(old: Path) -> None:
    with closing(sqlite_library.connect(str(old))) as connection, connection:
        connection.execute('UPDATE photo_set SET languages = \'["de-AT", "en"]\'')
        connection.execute(TERM, (AT, AT))
    migrate(old, old.parent / "backups")
    with closing(SqliteStore(old, durable=False)) as store, store.reading() as tx:
        assert [each.language for each in tx.vocabulary.entries(TermState.LISTED)] == ["de"]
        assert list(tx.vocabulary.find("de", ["hafen"])) == ["hafen"]
        assert tx.vocabulary.find("en", ["hafen"]) == {}


def test_a_disk_without_room_leaves_the_old_database_and_no_half_backup(old: Path) -> None:
    with files_of_at_most(old.stat().st_size // 2), pytest.raises(LightgateError):
        migrate(old, old.parent / "backups")
    assert revision_of(old) == OLD
    assert list((old.parent / "backups").iterdir()) == []
