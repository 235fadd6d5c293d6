"""What a catalogue promises: the local SQLite file, the website's MariaDB, and that with its copy on this machine."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from lightgate.adapters.website.catalogue.mysql import MysqlCatalogue
from lightgate.adapters.website.catalogue.sql import SqlCatalogue, table
from lightgate.adapters.website.open import open_catalogue
from lightgate.errors import CatalogueUnreachable, WorkerLost
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import Catalogue, CatalogueRow
from lightgate.settings import Mysql
from support.catalogue_rows import DDL, ROW
from support.permits import FREE, refused
from support.snapshots import TOGGLED, snapshots

FILE = "photos_info_revamp.db"
Open = Callable[[], Catalogue]


@dataclass(frozen=True)
class Site:
    """A database with the shipped table, and how publishing opens it."""

    url: str
    open: Open


@pytest.fixture(
    params=["local", *(pytest.param(f"{kind}, snapshots {isolation}", marks=pytest.mark.integration)
                       for kind in ("website", "website and copy") for isolation in TOGGLED)]
)  # fmt: skip
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "local":
        open_local = partial(open_catalogue, DataFolder(tmp_path), Mysql())
        open_local().close()
        yield Site(f"sqlite:///{tmp_path / FILE}", open_local)
        return
    kind, isolation = request.param.split(", snapshots ")
    database = request.getfixturevalue("mariadb_database")
    server = request.getfixturevalue("mariadb_server")
    told = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
    mysql = Mysql.model_validate({**told, "database": database, "timeout_s": 10})
    url = f"mysql+pymysql://{server.user}:{server.password}@{server.host}:{server.port}/{database}?charset=utf8mb4"
    run(url, DDL)
    with snapshots(server, database, isolation):
        is_alone = kind == "website"
        yield Site(
            url, partial(MysqlCatalogue, mysql) if is_alone else partial(open_catalogue, DataFolder(tmp_path), mysql)
        )


@pytest.fixture
def url(site: Site) -> str:
    return site.url


@pytest.fixture
def catalogue(site: Site) -> Iterator[Catalogue]:
    opened = site.open()
    yield opened
    opened.close()


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    rows: list[tuple[object, ...]] = []
    with engine.begin() as connection:
        if engine.name == "mysql":
            # where the answer is made by triggers, it is for the catalogue
            connection.execute(text("SET @has_met = 1"))
        for statement in statements:
            result = connection.execute(text(statement))
            rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def test_a_row_is_found_as_it_was_written(catalogue: Catalogue) -> None:
    assert catalogue.find(ROW.File_Name) is None
    catalogue.upsert(ROW, FREE)
    assert catalogue.find(ROW.File_Name) == ROW


def test_a_second_upsert_keeps_the_row_and_its_id(catalogue: Catalogue) -> None:
    catalogue.upsert(replace(ROW, File_Name="Other_001.JPG"), FREE)
    first = catalogue.upsert(ROW, FREE)
    assert catalogue.upsert(ROW, FREE) == first
    changed = replace(ROW, Caption="Another caption.", QR=None)
    assert catalogue.upsert(changed, FREE) == first
    assert catalogue.find(ROW.File_Name) == changed
    assert catalogue.file_names() == ["Other_001.JPG", ROW.File_Name]


def test_the_websites_own_columns_are_left_alone(url: str, catalogue: Catalogue) -> None:
    catalogue.upsert(ROW, FREE)
    run(url, "ALTER TABLE photos_info_revamp ADD COLUMN likes INTEGER", "UPDATE photos_info_revamp SET likes = 7")
    catalogue.upsert(replace(ROW, Caption="New"), FREE)
    assert run(url, "SELECT likes, Caption FROM photos_info_revamp") == [(7, "New")]


def test_removing_takes_one_row_and_may_be_repeated(catalogue: Catalogue) -> None:
    catalogue.upsert(ROW, FREE)
    catalogue.upsert(replace(ROW, File_Name="Other_001.JPG"), FREE)
    catalogue.remove(ROW.File_Name, FREE)
    catalogue.remove(ROW.File_Name, FREE)
    assert catalogue.file_names() == ["Other_001.JPG"]


def test_a_new_row_never_gets_the_id_of_a_removed_one(catalogue: Catalogue) -> None:
    first = catalogue.upsert(ROW, FREE)
    catalogue.remove(ROW.File_Name, FREE)
    assert catalogue.upsert(ROW, FREE) > first


def test_a_capture_is_known_by_original_name_and_time(catalogue: Catalogue) -> None:
    catalogue.upsert(ROW, FREE)
    assert catalogue.has_capture("IMG_1.JPG", "2026:05:04 12:00:00")
    assert not catalogue.has_capture("IMG_1.JPG", "2026:05:04 12:00:01")
    assert not catalogue.has_capture("IMG_2.JPG", "2026:05:04 12:00:00")


def test_two_publishers_at_once_leave_one_row(site: Site) -> None:
    at_once = threading.Barrier(4)

    def upsert(number: int) -> int | None:
        catalogue = site.open()
        try:
            at_once.wait()
            return catalogue.upsert(replace(ROW, ISO=number), FREE)
        finally:
            catalogue.close()

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(upsert, range(4)))
    assert len(ids) == 1
    assert None not in ids
    assert run(site.url, "SELECT count(*) FROM photos_info_revamp") == [(1,)]


def test_publishers_who_meet_in_one_row_all_get_through(site: Site) -> None:
    opened = [site.open() for _ in range(4)]
    ids = {each.upsert(ROW, FREE) for each in opened}
    at_once = threading.Barrier(4)

    def work(number: int) -> Iterator[int | None]:
        catalogue = opened[number]
        at_once.wait()
        for turn in range(5):
            row = replace(ROW, ISO=10 * number + turn, Caption=f"Of publisher {number}.")
            catalogue.rehearse(row)
            yield catalogue.upsert(row, FREE)
            catalogue.holds(row)
            assert catalogue.why_not_ready() is None

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda number: set(work(number)), range(4)):
            ids |= found
    assert len(ids) == 1
    at_once.reset()

    def take_off(number: int) -> None:
        at_once.wait()
        opened[number].remove(ROW.File_Name, FREE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take_off, range(4)))
    assert run(site.url, "SELECT count(*) FROM photos_info_revamp") == [(0,)]
    for each in opened:
        assert each.why_not_ready() is None
        each.close()


def test_a_row_of_an_older_tool_with_nulls_is_readable(url: str, catalogue: Catalogue) -> None:
    nullable = {
        "sqlite": "CREATE TABLE old AS SELECT * FROM photos_info_revamp",
        "mysql": "ALTER TABLE photos_info_revamp MODIFY Caption TEXT NULL, MODIFY Width INT NULL",
    }
    if url.startswith("sqlite"):
        run(url, nullable["sqlite"], "DROP TABLE photos_info_revamp", "ALTER TABLE old RENAME TO photos_info_revamp")
    else:
        run(url, nullable["mysql"])
    catalogue.upsert(ROW, FREE)
    run(url, "UPDATE photos_info_revamp SET Caption = NULL, Width = NULL")
    assert catalogue.find(ROW.File_Name) == replace(ROW, Caption="", Width=0)


def test_a_table_without_our_columns_is_a_clear_error(url: str, catalogue: Catalogue) -> None:
    run(url, "ALTER TABLE photos_info_revamp DROP COLUMN alt_text")
    with pytest.raises(CatalogueUnreachable, match="alt_text"):
        catalogue.upsert(ROW, FREE)


def test_the_shipped_ddl_and_the_table_name_the_same_columns() -> None:
    named = {column.name for column in table.columns}
    assert named == {"id", *(each.name for each in fields(CatalogueRow))}
    assert all(name in DDL for name in named)


def test_the_local_catalogue_is_one_file_that_any_sqlite_can_read(tmp_path: Path) -> None:
    file = tmp_path / "data" / "photos_info_revamp.db"
    catalogue = SqlCatalogue.in_file(file)
    catalogue.upsert(ROW, FREE)
    SqlCatalogue.in_file(file).close()
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("SELECT File_Name FROM photos_info_revamp").fetchall() == [(ROW.File_Name,)]
    connection.close()
    catalogue.close()
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.fixture
def damaged(tmp_path: Path) -> Callable[[], object]:
    (tmp_path / "c.db").write_bytes(b"this is no database, whatever its name says" * 100)
    return lambda: SqlCatalogue.in_file(tmp_path / "c.db")


def test_a_damaged_file_is_an_unreachable_catalogue(damaged: Callable[[], object]) -> None:
    with pytest.raises(CatalogueUnreachable, match="database"):
        damaged()


def test_a_server_that_is_not_there_is_an_unreachable_catalogue_and_no_password_is_told(free_port: int) -> None:
    told = {"host": "127.0.0.1", "port": free_port, "user": "ann", "password": "s3cret", "database": "site"}
    catalogue = MysqlCatalogue(Mysql.model_validate(told))
    with pytest.raises(CatalogueUnreachable) as caught:
        catalogue.upsert(ROW, FREE)
    assert "s3cret" not in caught.value.message
    assert "s3cret" not in repr(catalogue)
    catalogue.close()


@pytest.mark.parametrize("old", [None, ROW], ids=["first", "replacement"])
@pytest.mark.parametrize("question", [1, 2])
def test_no_row_is_written_against_a_permit(catalogue: Catalogue, question: int, old: CatalogueRow | None) -> None:
    """The second question is asked when all is written and nothing of it counts yet."""
    if old is not None:
        catalogue.upsert(old, FREE)
    with pytest.raises(WorkerLost):
        catalogue.upsert(replace(ROW, Caption="Never."), refused(from_question=question))
    assert catalogue.find(ROW.File_Name) == old


@pytest.mark.parametrize("question", [1, 2])
def test_no_row_is_removed_against_a_permit(catalogue: Catalogue, question: int) -> None:
    catalogue.upsert(ROW, FREE)
    with pytest.raises(WorkerLost):
        catalogue.remove(ROW.File_Name, refused(from_question=question))
    assert catalogue.find(ROW.File_Name) == ROW


@pytest.mark.integration
@pytest.mark.parametrize("site", [f"website and copy, snapshots {TOGGLED[0]}"], indirect=True)
def test_the_copy_follows_only_while_the_permit_holds(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(WorkerLost):
        catalogue.upsert(ROW, refused(from_question=3))
    assert catalogue.find(ROW.File_Name) == ROW
    assert SqlCatalogue.in_file(DataFolder(tmp_path).catalogue).find(ROW.File_Name) is None
