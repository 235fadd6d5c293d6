"""A database of an older version, with photos in it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from lightgate.adapters.sqlite import migrations
from lightgate.adapters.sqlite.engine import make_engine

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
TEXT = (
    "INSERT INTO photo_text (photo_id, language, field, value, source, updated_at) VALUES (?, 'en', ?, ?, 'model', ?)"
)


def old_database(path: Path, revision: str) -> None:
    """Make a database of an older version with two photos at each place."""
    engine, config = make_engine(path, foreign_keys=False), Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.exec_driver_sql(SET, (AT,))
        for number, (step, status) in enumerate(PLACES * 2, 1):
            photo = (number, step, status, f"IMG_{number}.JPG", f"{number:064}", AT, AT)
            connection.exec_driver_sql(PHOTO, photo)
            connection.exec_driver_sql(TEXT, (number, "caption", f'"Bateaux élevés {number}"', AT))
            connection.exec_driver_sql(TEXT, (number, "keywords", '["crane", "quay wall"]', AT))
    engine.dispose()
