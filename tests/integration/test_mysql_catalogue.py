"""The website's own MariaDB: tables of other shapes, rights that are missing, servers that go away."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pymysql.cursors import Cursor

from lightgate.adapters.website.catalogue.mysql import RESTED_S, MysqlCatalogue
from lightgate.adapters.website.catalogue.sql import PAUSES_S
from lightgate.adapters.website.open import open_catalogue
from lightgate.domain.route.pipeline import Status
from lightgate.errors import CatalogueClosed, CatalogueUnreachable, RowBusy, RowRefused, SettingInvalid, WorkerLost
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import QualityRow
from lightgate.settings import Mysql, Publish, Settings
from lightgate.steps.publish import build
from support.catalogue_rows import DDL, ROW
from support.file_servers import PASSWORD, USER, ftp_site
from support.permits import FREE, Asked, refused
from support.servers import MariaDbServer, mariadb_in
from support.site import house_in
from support.snapshots import TOGGLED, change_never, change_once, snapshots
from support.stores import Clock
from support.waiting import eventually

pytestmark = pytest.mark.integration


@pytest.fixture
def opened(settings: Mysql) -> Iterator[Callable[..., MysqlCatalogue]]:
    made: list[MysqlCatalogue] = []

    def make(
        clock: Clock | None = None, pause: Callable[[float], object] = lambda _: None, **changed: object
    ) -> MysqlCatalogue:
        now = clock or Clock()
        made.append(MysqlCatalogue(settings.model_copy(update=changed), lambda: now().timestamp(), pause))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_website_with_names_and_columns_of_its_own_is_served(
    sql: Callable[..., list[tuple[object, ...]]], opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(
        "CREATE TABLE pictures (nr INT AUTO_INCREMENT PRIMARY KEY, filename VARCHAR(200) UNIQUE, title TEXT,"
        " description TEXT, url TEXT, width INT, likes INT NOT NULL DEFAULT 0, added TIMESTAMP DEFAULT NOW())"
    )
    kept = {"id": "nr", "File_Name": "filename", "Caption": "title", "alt_text": "description", "Path": "url"}
    kept["Width"] = "width"
    columns = {**dict.fromkeys(("Folder", "Thumb_Path", "DateTime", "Camera", "Lens_model", "Height"), "")}
    columns |= dict.fromkeys(("Exposure", "Aperture", "ISO", "Focal_length", "Keywords", "Location", "QR"), "")
    columns |= dict.fromkeys(("QC_Status", "Original_File_Name", "nima_score", "blur_score"), "")
    columns |= dict.fromkeys(("brightness_score", "contrast_score", "brisque_score", "clip_aesthetic_score"), "")
    catalogue = opened(table="pictures", columns={**columns, **kept})
    row_id = catalogue.upsert(ROW, FREE)
    sql("UPDATE pictures SET likes = 7")
    assert catalogue.upsert(replace(ROW, Caption="New."), FREE) == row_id
    assert sql("SELECT nr, filename, title, width, likes FROM pictures") == [(row_id, ROW.File_Name, "New.", 1500, 7)]
    found = catalogue.find(ROW.File_Name)
    assert found is not None
    assert (found.Caption, found.alt_text, found.Keywords) == ("New.", ROW.alt_text, "")
    assert not catalogue.has_capture("IMG_1.JPG", "2026:05:04 12:00:00")


def test_a_column_that_is_none_of_ours_is_a_setting_s_fault(opened: Callable[..., MysqlCatalogue]) -> None:
    with pytest.raises(SettingInvalid, match=r"mysql\.columns\.captoin"):
        opened(columns={"captoin": "title"})
    with pytest.raises(SettingInvalid, match=r"File_Name.*cannot be left out"):
        opened(columns={"File_Name": ""})


def test_a_latin1_table_takes_what_it_can_hold_and_refuses_the_rest_in_words(
    sql: Callable[..., list[tuple[object, ...]]], opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(DDL, "ALTER TABLE photos_info_revamp CONVERT TO CHARACTER SET latin1", "SET GLOBAL sql_mode = ''")
    catalogue = opened()
    catalogue.upsert(replace(ROW, Caption="Zürich “été”"), FREE)
    found = catalogue.find(ROW.File_Name)
    assert found is not None
    assert found.Caption == "Zürich “été”"
    with pytest.raises(RowRefused, match="Caption"):
        catalogue.upsert(replace(ROW, Caption="A boat \U0001f6a2"), FREE)
    with pytest.raises(RowRefused):
        catalogue.find("日本_001.JPG")
    sql("SET GLOBAL sql_mode = DEFAULT")


def test_nothing_is_shortened_without_a_word(
    sql: Callable[..., list[tuple[object, ...]]], opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(DDL, "SET GLOBAL sql_mode = ''")
    with pytest.raises(RowRefused, match="too long"):
        opened().upsert(replace(ROW, Location="x" * 300), FREE)
    assert sql("SELECT count(*) FROM photos_info_revamp") == [(0,)]
    sql("SET GLOBAL sql_mode = DEFAULT")


def test_a_second_unique_column_of_the_website_is_the_row_s_fault(
    sql: Callable[..., list[tuple[object, ...]]], opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(DDL, "ALTER TABLE photos_info_revamp ADD UNIQUE KEY capture (Original_File_Name)")
    catalogue = opened()
    catalogue.upsert(ROW, FREE)
    with pytest.raises(RowRefused, match="capture"):
        catalogue.upsert(replace(ROW, File_Name="Other_001.JPG"), FREE)
    assert catalogue.why_not_ready() is None


def test_a_user_who_may_only_read_stops_publishing_and_not_the_photos(
    sql: Callable[..., list[tuple[object, ...]]], mariadb_database: str, opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(
        DDL, "CREATE OR REPLACE USER reader@'%' IDENTIFIED BY 'r3ad'", f"GRANT SELECT ON {mariadb_database}.* TO reader"
    )
    catalogue = opened(user="reader", password=Mysql(password="r3ad").password)
    assert catalogue.why_not_ready() is None
    with pytest.raises(CatalogueClosed, match="INSERT command denied") as caught:
        catalogue.upsert(ROW, FREE)
    assert not caught.value.is_charged
    assert catalogue.why_not_ready() == caught.value.message
    sql("DROP USER reader@'%'")


def test_a_table_that_is_not_there_is_a_closed_catalogue(opened: Callable[..., MysqlCatalogue]) -> None:
    with pytest.raises(CatalogueClosed, match="photos_info_revamp"):
        opened().find(ROW.File_Name)


def test_a_wrong_password_is_said_and_never_shown(opened: Callable[..., MysqlCatalogue]) -> None:
    catalogue = opened(password=Mysql(password="wr0ng-secret").password)
    reason = catalogue.why_not_ready() or ""
    assert "Access denied" in reason
    assert "wr0ng" not in reason + repr(catalogue)


def test_the_website_s_proof_table_is_kept_in_step_where_it_is_there(
    sql: Callable[..., list[tuple[object, ...]]], opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(
        DDL,
        "CREATE TABLE metadata_quality (id INT AUTO_INCREMENT PRIMARY KEY, revamp_id INT,"
        " revamp_File_Name VARCHAR(300) NOT NULL UNIQUE, upload_caption TEXT, manual_decision VARCHAR(64),"
        " subject_seed TEXT, upload_status VARCHAR(64), current_caption TEXT, overall_quality_score DOUBLE)",
    )
    catalogue = opened()
    row_id = catalogue.upsert(ROW, FREE)
    sql("UPDATE metadata_quality SET subject_seed = 'theirs'")
    catalogue.upsert(replace(ROW, Caption="New."), FREE)
    kept = "SELECT revamp_id, upload_caption, manual_decision, subject_seed, upload_status FROM metadata_quality"
    assert sql(kept) == [(row_id, "New.", "MANUAL_APPROVED", "theirs", "UPLOADED")]
    catalogue.upsert(ROW, FREE, QualityRow(current_caption="Before.", overall_quality_score=88.5))
    proof = "SELECT current_caption, overall_quality_score, subject_seed FROM metadata_quality"
    assert sql(proof) == [("Before.", 88.5, "theirs")]


def test_a_server_that_goes_away_and_comes_back_is_found_again(tmp_path: Path) -> None:
    clock = Clock()
    with mariadb_in(tmp_path) as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE site CHARACTER SET utf8mb4")
            cursor.execute("USE site")
            cursor.execute(DDL)
        told = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
        catalogue = MysqlCatalogue(
            Mysql.model_validate({**told, "database": "site", "timeout_s": 5}), lambda: clock().timestamp()
        )
        first = catalogue.upsert(ROW, FREE)
        server.kill()
        with pytest.raises(CatalogueUnreachable) as caught:
            catalogue.upsert(ROW, FREE)
        assert not caught.value.is_charged
        server.start()
        assert catalogue.why_not_ready() == caught.value.message
        clock.forward(RESTED_S + 60)
        assert catalogue.why_not_ready() is None
        assert catalogue.upsert(ROW, FREE) == first
        catalogue.close()


#: what would read another language into the same words, or refuse what the website's table holds
MODES = [
    "", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES",
    "ANSI", "ORACLE", "TRADITIONAL", "EMPTY_STRING_IS_NULL", "PAD_CHAR_TO_FULL_LENGTH", "NO_AUTO_VALUE_ON_ZERO",
    "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE",
]  # fmt: skip
SLY = replace(ROW, Caption="O'Brien \\' || \"x\" \\\\ 100 % `é` \U0001f6a2", Keywords="a\\, b''c", Location="")


def line_of(catalogue: MysqlCatalogue) -> int:
    with catalogue.reading() as connection:
        return int(connection.exec_driver_sql("SELECT connection_id()").scalar_one())


def everything(catalogue: MysqlCatalogue) -> None:
    """Do all that publishing does with a row of many quotes."""
    catalogue.rehearse(SLY, QualityRow())
    row_id = catalogue.upsert(SLY, FREE, QualityRow())
    assert catalogue.upsert(SLY, FREE, QualityRow()) == row_id
    assert catalogue.holds(SLY)
    found = catalogue.find(SLY.File_Name)
    assert found is not None
    assert (found.Caption, found.Keywords, found.Location) == (SLY.Caption, SLY.Keywords, "")
    assert catalogue.file_names() == [SLY.File_Name]
    with pytest.raises(RowRefused, match="too long"):
        catalogue.upsert(replace(SLY, Location="x" * 300), FREE)
    catalogue.remove(SLY.File_Name, FREE)
    assert catalogue.find(SLY.File_Name) is None


@pytest.mark.parametrize("mode", MODES)
def test_a_server_of_any_sql_mode_understands_us(
    sql: Callable[..., list[tuple[object, ...]]], opened: Callable[..., MysqlCatalogue], mode: str
) -> None:
    sql(DDL, "ALTER TABLE photos_info_revamp ADD taken DATE NOT NULL DEFAULT '2001-01-01'")
    before = opened()
    everything(before)
    sql(f"SET GLOBAL sql_mode = '{mode}'")
    try:
        everything(opened())
        # and one whose connection was cut, so that it is made anew in the other mode
        sql(f"KILL {line_of(before)}")
        everything(before)
    finally:
        sql("SET GLOBAL sql_mode = DEFAULT")


def test_every_new_connection_is_set_up_in_the_same_way(
    sql: Callable[..., list[tuple[object, ...]]], opened: Callable[..., MysqlCatalogue]
) -> None:
    asked = (
        "SELECT @@sql_mode, @@autocommit, @@character_set_client, @@character_set_results,"
        " @@lock_wait_timeout, @@innodb_lock_wait_timeout, connection_id()"
    )
    catalogue = opened()

    def session() -> list[object]:
        with catalogue.reading() as connection:
            return list(connection.exec_driver_sql(asked).one())

    first = session()
    sql(
        "SET GLOBAL sql_mode = 'ANSI'", "SET GLOBAL autocommit = 0",
        "SET GLOBAL character_set_client = 'latin1'", "SET GLOBAL init_connect = 'SET NAMES latin1'",
        f"KILL {first[-1]}",
    )  # fmt: skip
    try:
        second = session()
    finally:
        sql(
            "SET GLOBAL sql_mode = DEFAULT", "SET GLOBAL autocommit = 1",
            "SET GLOBAL character_set_client = DEFAULT", "SET GLOBAL init_connect = ''",
        )  # fmt: skip
    assert second[-1] != first[-1]
    assert second[:-1] == first[:-1]
    assert first[1:4] == [0, "utf8mb4", "utf8mb4"]


def test_a_server_that_only_reads_after_a_failover_is_waited_for_and_connected_anew(
    sql: Callable[..., list[tuple[object, ...]]], mariadb_database: str, opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(DDL, "CREATE OR REPLACE USER writer@'%' IDENTIFIED BY 'wr1te'", f"GRANT ALL ON {mariadb_database}.* TO writer")
    clock = Clock()
    catalogue = opened(clock, user="writer", password=Mysql(password="wr1te").password)
    row_id = catalogue.upsert(ROW, FREE)
    before = line_of(catalogue)
    sql("SET GLOBAL read_only = 1")
    try:
        with pytest.raises(CatalogueUnreachable, match="read-only") as caught:
            catalogue.rehearse(replace(ROW, Caption="New."))
        assert not isinstance(caught.value, CatalogueClosed)
        assert not caught.value.is_charged
        for _ in range(3):
            # what is only read is answered, and says nothing of writing
            assert catalogue.find(ROW.File_Name) is not None
            assert "read-only" in str(catalogue.why_not_ready())
            clock.forward(RESTED_S + 60)
    finally:
        sql("SET GLOBAL read_only = 0")
    clock.forward(RESTED_S + 60)
    assert catalogue.why_not_ready() is None
    assert catalogue.upsert(replace(ROW, Caption="New."), FREE) == row_id
    assert line_of(catalogue) != before
    sql("DROP USER writer@'%'")


@pytest.mark.parametrize("stays_away", [False, True])
def test_a_server_that_goes_away_between_two_photos_costs_neither_an_attempt(
    tmp_path: Path, *, stays_away: bool
) -> None:
    (tmp_path / "db").mkdir()
    house, clock = house_in(tmp_path / "home"), Clock()
    first, second = house.take_in(), house.take_in(label="b")
    with mariadb_in(tmp_path / "db") as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE site CHARACTER SET utf8mb4")
            cursor.execute("USE site")
            cursor.execute(DDL)
        told = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
        mysql = Mysql.model_validate({**told, "database": "site", "timeout_s": 5})
        catalogue = MysqlCatalogue(mysql, lambda: clock().timestamp())
        work = replace(house.work(), website=replace(house.website, catalogue=catalogue))
        house.approve(first)
        house.release(first)
        assert house.publish(work).done == [first]
        house.approve(second)
        house.release(second)
        server.kill()
        if stays_away:
            report = house.publish(work)
            assert [each.code for each in report.failed] in ([], ["catalogue_unreachable"])
            for _ in range(7):
                assert house.publish(work).why_not_ready
            assert house.photo(second).position.attempt == 0
            clock.forward(RESTED_S + 60)
        server.start()
        assert house.publish(work).done == [second]
        assert house.photo(second).position.status is not Status.FAILED
        catalogue.close()
    house.close()


def test_while_a_server_only_reads_nothing_is_sent_and_no_attempt_is_lost(
    sql: Callable[..., list[tuple[object, ...]]],
    mariadb_database: str,
    tmp_path: Path,
    opened: Callable[..., MysqlCatalogue],
) -> None:
    sql(
        DDL, "CREATE OR REPLACE USER writer@'%' IDENTIFIED BY 'wr1te'", f"GRANT ALL ON {mariadb_database}.* TO writer"
    )  # fmt: skip
    house, clock = house_in(tmp_path / "home"), Clock()
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    catalogue = opened(clock, user="writer", password=Mysql(password="wr1te").password)
    work = replace(house.work(), website=replace(house.website, catalogue=catalogue))
    sql("SET GLOBAL read_only = 1")
    try:
        for _ in range(7):
            house.publish(work)
            clock.forward(RESTED_S + 60)
        assert "read-only" in str(house.publish(work).why_not_ready)
    finally:
        sql("SET GLOBAL read_only = 0")
    assert (house.photo(photo_id).position.attempt, house.published()) == (0, {})
    clock.forward(RESTED_S + 60)
    assert house.publish(work).done == [photo_id]
    house.close()
    sql("DROP USER writer@'%'")


@pytest.mark.parametrize("number", [1290, 1792, 1836])
def test_each_way_to_say_that_a_server_only_reads_is_an_outage(
    sql: Callable[..., object], opened: Callable[..., MysqlCatalogue], number: int
) -> None:
    sql(DDL, "CREATE TRIGGER refuse BEFORE INSERT ON photos_info_revamp FOR EACH ROW SIGNAL SQLSTATE '45000'"
        f" SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'only reads'")  # fmt: skip
    with pytest.raises(CatalogueUnreachable, match="only reads") as caught:
        opened().upsert(ROW, FREE)
    assert not isinstance(caught.value, CatalogueClosed)


NEW = replace(ROW, Caption="New.")
OTHER = (
    "INSERT INTO photos_info_revamp (File_Name, Folder, Path, Thumb_Path, Keywords, Caption, alt_text, Location,"
    " QC_Status, Original_File_Name) VALUES ('Other_001.JPG', '', '', '', '', '', '', '', '', '')"
)
#: each transaction that changes the table, beside a row that is there already
CHANGES: dict[str, Callable[[MysqlCatalogue], object]] = {
    "insert": lambda catalogue: catalogue.upsert(replace(ROW, File_Name="Other_001.JPG"), FREE),
    "update": lambda catalogue: catalogue.upsert(NEW, FREE),
    "rehearse": lambda catalogue: catalogue.rehearse(NEW),
    "remove": lambda catalogue: catalogue.remove(ROW.File_Name, FREE),
}


@pytest.fixture
def meeting(sql: Callable[..., object], mariadb_server: MariaDbServer, mariadb_database: str) -> Iterator[Cursor]:
    """Our table with one row in it, and somebody else's line to it."""
    with contextlib.closing(mariadb_server.connect(mariadb_database)) as connection, connection.cursor() as cursor:
        sql(DDL)
        yield cursor
        connection.rollback()


@pytest.mark.parametrize("number", [1020, 1205, 1213])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_met_another_is_made_anew(
    meeting: Cursor, opened: Callable[..., MysqlCatalogue], change: str, number: int
) -> None:
    pauses: list[float] = []
    catalogue = opened(pause=pauses.append)
    catalogue.upsert(ROW, FREE)
    change_once(meeting, number)
    CHANGES[change](catalogue)
    assert len(pauses) == 1
    assert catalogue.why_not_ready() is None


@pytest.mark.parametrize("number", [1020, 1205, 1213])
@pytest.mark.parametrize("change", CHANGES)
def test_a_row_that_others_never_leave_costs_no_attempt_and_closes_nothing(
    meeting: Cursor, opened: Callable[..., MysqlCatalogue], change: str, number: int
) -> None:
    pauses: list[float] = []
    catalogue = opened(pause=pauses.append)
    catalogue.upsert(ROW, FREE)
    change_never(meeting, number)
    with pytest.raises(RowBusy, match="somebody else") as caught:
        CHANGES[change](catalogue)
    assert not caught.value.is_charged
    assert len(pauses) == len(PAUSES_S)
    assert all(most_s / 2 <= pause_s <= most_s for pause_s, most_s in zip(pauses, PAUSES_S, strict=True))
    assert catalogue.why_not_ready() is None
    assert catalogue.find(ROW.File_Name) == ROW


def test_every_try_asks_for_the_person_s_word_anew(meeting: Cursor, opened: Callable[..., MysqlCatalogue]) -> None:
    catalogue = opened()
    catalogue.upsert(ROW, FREE)
    change_never(meeting, 1020)
    for change in (
        lambda permit: catalogue.upsert(NEW, permit),
        lambda permit: catalogue.remove(NEW.File_Name, permit),
    ):
        permit = refused(from_question=3)
        with pytest.raises(WorkerLost):
            change(permit)
        assert isinstance(permit.ask, Asked)
        assert permit.ask.times == 3
    assert catalogue.find(ROW.File_Name) == ROW


@pytest.mark.parametrize("isolation", TOGGLED)
@pytest.mark.parametrize("change", CHANGES)
def test_whoever_waited_for_somebody_else_at_the_row_gets_through(
    meeting: Cursor,
    mariadb_server: MariaDbServer,
    mariadb_database: str,
    opened: Callable[..., MysqlCatalogue],
    change: str,
    isolation: str,
) -> None:
    with snapshots(mariadb_server, mariadb_database, isolation), ThreadPoolExecutor(1) as pool:
        catalogue = opened()
        catalogue.upsert(ROW, FREE)
        # where the answer is made by triggers, it is for the catalogue
        meeting.execute("SET @has_met = 1")
        meeting.execute("UPDATE photos_info_revamp SET ISO = 1")
        meeting.execute(OTHER)
        changed = pool.submit(CHANGES[change], catalogue)
        # the server makes that table anew only for who has not asked within a tenth of a second
        eventually(lambda: has_waiting(meeting), within_s=4, every_s=0.2)
        meeting.connection.commit()
        changed.result(timeout=20)
    assert catalogue.why_not_ready() is None


def test_a_row_that_somebody_holds_is_no_server_that_is_away(
    meeting: Cursor, opened: Callable[..., MysqlCatalogue]
) -> None:
    catalogue = opened(pause=lambda _: meeting.connection.rollback(), timeout_s=2)
    catalogue.upsert(ROW, FREE)
    meeting.execute("UPDATE photos_info_revamp SET ISO = 1")
    catalogue.upsert(NEW, FREE)
    assert catalogue.why_not_ready() is None
    assert catalogue.find(ROW.File_Name) == NEW


def test_a_table_that_is_being_altered_is_no_server_that_is_away(
    meeting: Cursor, opened: Callable[..., MysqlCatalogue]
) -> None:
    catalogue = opened(pause=lambda _: meeting.execute("UNLOCK TABLES"), timeout_s=2)
    catalogue.upsert(ROW, FREE)
    for look in (catalogue.file_names, lambda: catalogue.find(ROW.File_Name), lambda: catalogue.holds(ROW),
                 lambda: catalogue.has_capture("IMG_1.JPG", "2026:05:04 12:00:00")):  # fmt: skip
        meeting.execute("LOCK TABLES photos_info_revamp WRITE")
        assert look()
        assert catalogue.why_not_ready() is None


def has_waiting(cursor: Cursor) -> bool:
    cursor.execute("SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
    return cursor.fetchone() != (0,)


def test_the_copy_on_this_machine_follows_the_website_and_can_be_made_anew(
    sql: Callable[..., list[tuple[object, ...]]], tmp_path: Path, settings: Mysql
) -> None:
    sql(DDL, "ALTER TABLE photos_info_revamp AUTO_INCREMENT = 500")
    folder = DataFolder(tmp_path)
    catalogue = open_catalogue(folder, settings)
    names = "SELECT File_Name, remote_id, Caption FROM photos_info_revamp ORDER BY File_Name"

    def copy() -> list[tuple[object, ...]]:
        connection = sqlite3.connect(folder.catalogue)
        rows = connection.execute(names).fetchall()
        connection.close()
        return rows

    assert catalogue.upsert(ROW, FREE) == 500
    catalogue.upsert(replace(ROW, Caption="New."), FREE)
    assert copy() == [(ROW.File_Name, 500, "New.")]
    assert catalogue.has_capture(ROW.Original_File_Name, ROW.DateTime or "")
    sql("UPDATE photos_info_revamp SET Caption = 'Theirs.'", "INSERT INTO photos_info_revamp SELECT 7, Folder, 'A.JPG',"
        " Path, Thumb_Path, `DateTime`, Camera, Lens_model, Width, Height, Exposure, Aperture, ISO, Focal_length,"
        " Keywords, Caption, alt_text, Location, QR, QC_Status, Original_File_Name, nima_score, blur_score,"
        " brightness_score, contrast_score, brisque_score, clip_aesthetic_score FROM photos_info_revamp")  # fmt: skip
    assert catalogue.rebuild() == 2
    assert copy() == [("A.JPG", 7, "Theirs."), (ROW.File_Name, 500, "Theirs.")]
    catalogue.remove(ROW.File_Name, FREE)
    assert copy() == [("A.JPG", 7, "Theirs.")]
    catalogue.close()


def test_the_settings_alone_bring_a_photo_to_a_server_and_a_database(
    sql: Callable[..., list[tuple[object, ...]]], tmp_path: Path, settings: Mysql
) -> None:
    sql(DDL)
    house = house_in(tmp_path / "home")
    photo_id = house.take_in()
    house.approve(photo_id)
    house.release(photo_id)
    with ftp_site(tmp_path) as site:
        web = {"kind": "ftp", "host": "localhost", "port": site.port, "path": "new/web"}
        web |= {"user": USER, "password": PASSWORD}
        publish = Publish.model_validate({"targets": {"web": web}, "public_url": "/pics"})
        work = build(Settings(home=house.home, publish=publish, mysql=settings), house.store)
        assert house.publish(work).done == [photo_id]
        assert (site.root / "new/web/2026/city/Harbour_001.JPG").is_file()
        for target in work.website.targets:
            target.close()
    assert sql("SELECT File_Name, Path FROM photos_info_revamp") == [
        ("Harbour_001.JPG", "/pics/2026/city/Harbour_001.JPG")
    ]
    assert house.row(photo_id) is not None
    assert house.photo(photo_id).publications[0].target == "web"
    work.website.catalogue.close()
    house.close()
