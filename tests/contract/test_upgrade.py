"""A database of an older version, with photos in it, becomes one of this version, or stays as it was."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from lightgate.adapters.sqlite import SqliteStore, migrations
from lightgate.adapters.sqlite.engine import make_engine, sqlite_library
from lightgate.adapters.sqlite.migrate import migrate
from lightgate.domain.approval.seal import is_earlier_sealed, is_replaced_sealed
from lightgate.domain.keywords.vocabulary import TermState
from lightgate.domain.photo import LedgerState
from lightgate.domain.query import parse
from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import LightgateError
from lightgate.store import PhotoFilter
from support.stores import NOON
from support.upgrades import AT, PHOTO, PLACES, SET, old_database

OLD = "0005"
TERM = "INSERT INTO keyword_term (name, key, state, created_at, updated_at) VALUES ('Hafen', 'hafen', 'listed', ?, ?)"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "review.db"
    old_database(path, OLD)
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


KEY = b"k" * 32
ON_THE_WAY = (("release", "waiting"), ("publish", "queued"), ("publish", "running"), ("publish", "failed"))
APPROVAL = (
    "INSERT INTO approval (id, photo_id, version, seal, seal_version, approved_by, approved_at)"
    " VALUES (?, ?, 1, ?, 1, 'ann', ?)"
)
LEDGER = (
    "INSERT INTO publication (photo_id, target, state, file_name, paths, hashes, updated_at)"
    " VALUES (?, 'folder', ?, 'a.JPG', '{\"full\": \"a.JPG\"}', '{\"full\": \"abc\"}', ?)"
)
BEFORE = {
    "publications": [
        {
            "target": "folder",
            "state": "live",
            "file_name": "a.JPG",
            "paths": {"full": "old/a.JPG"},
            "hashes": {"full": "abc"},
            "published_at": "2026-01-01T00:00:00+00:00",
            "remote_id": None,
            "profile": None,
            "pixels": {},
            "checks": {},
        }
    ],
    "row": {"File_Name": "a.JPG", "QR": 7.5},
}


@pytest.fixture
def before_the_gate_held(tmp_path: Path) -> Path:
    """Make a database of revision 0010 with photos on their way to the website, live, half-sent and withdrawn."""
    path = tmp_path / "review.db"
    engine, config = make_engine(path, foreign_keys=False), Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
        connection.exec_driver_sql(SET, (AT,))
        for number, (step, status) in enumerate((*ON_THE_WAY, ("publish", "published"), ("review", "waiting")), 1):
            connection.exec_driver_sql(PHOTO, (number, "review", "waiting", f"{number}.JPG", f"{number:064}", AT, AT))
            connection.exec_driver_sql(APPROVAL, (number, number, "5" * 64, AT))
            if step != "review":
                moved = "UPDATE review_queue SET approval_id = id, step = ?, status = ? WHERE id = ?"
                connection.exec_driver_sql(moved, (step, status, number))
        # 2: a first version half-sent; 4: another version of what was live, half-sent; 5: live
        for number, state in ((2, "sending"), (4, "failed"), (5, "live")):
            connection.exec_driver_sql(LEDGER, (number, state, AT))
        told = "INSERT INTO release_item (release_id, photo_id, at, released_by, before) VALUES (?, ?, ?, 'ann', ?)"
        connection.exec_driver_sql(told, (1, 2, AT, json.dumps({"publications": [], "row": None})))
        connection.exec_driver_sql(told, (1, 4, AT, json.dumps(BEFORE)))
        connection.exec_driver_sql(told, (2, 5, AT, None))
    engine.dispose()
    migrate(path, tmp_path / "backups", KEY)
    return path


def test_what_was_on_its_way_is_approved_anew_and_what_is_live_stays(before_the_gate_held: Path) -> None:
    with closing(SqliteStore(before_the_gate_held, durable=False)) as store, store.reading() as tx:
        for number in range(1, 5):
            photo = tx.photos.get(number)
            assert photo.position == Position("review", Status.WAITING)
            assert (photo.approval_id, photo.version) == (None, 2)
            assert photo.error is not None
            assert "Approve again" in photo.error.message
            assert [each.new for each in tx.events.of_photo(number)] == ["review:waiting"]
        live = tx.photos.get(5)
        assert (live.position, live.approval_id) == (Position("publish", Status.PUBLISHED), 5)
        found = tx.photos.ids(PhotoFilter(query=parse("error:approve_again")))
        assert list(found) == [1, 2, 3, 4]


def test_no_seal_over_the_content_alone_can_be_used_again_but_those_of_what_is_live(before_the_gate_held: Path) -> None:
    with closing(SqliteStore(before_the_gate_held, durable=False)) as store, store.reading() as tx:
        seals = {number: tx.approvals.get(number) for number in range(1, 7)}
    assert {number for number, each in seals.items() if each.seal} == {5}
    assert {number for number, each in seals.items() if each.withdrawn_at is None} == {5}


def test_what_is_half_sent_becomes_a_debt_that_can_be_proven(before_the_gate_held: Path) -> None:
    with closing(SqliteStore(before_the_gate_held, durable=False)) as store, store.reading() as tx:
        (first,), (second,), (live,) = (tx.photos.get(number).publications for number in (2, 4, 5))
        kept = dict(tx.releases.last())
    assert (first.state, first.earlier, first.writers) == (LedgerState.TAKING_OFF, None, ("",))
    assert second.state is LedgerState.PUTTING_BACK
    assert second.earlier is not None
    assert is_earlier_sealed(4, "folder", second.earlier, KEY)
    assert second.earlier.publications[0].paths == {"full": "old/a.JPG"}
    assert (live.state, live.writers) == (LedgerState.LIVE, ())
    assert kept == {5: None}


def test_what_a_release_replaced_is_sealed_by_the_upgrade(before_the_gate_held: Path) -> None:
    with closing(SqliteStore(before_the_gate_held, durable=False)) as store:
        with store.writing() as tx:
            tx.releases.forget(5, NOON)
        with store.reading() as tx:
            before = tx.releases.last()[4]
    assert before is not None
    assert is_replaced_sealed(1, 4, before, KEY)
    assert not is_replaced_sealed(2, 4, before, KEY)
    assert not is_replaced_sealed(1, 5, before, KEY)
    assert not is_earlier_sealed(4, "folder", before, KEY)
