"""Websites whose table somebody else made: rows fit in, or are refused before a file is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

import pytest

from lightgate.adapters.website.catalogue.mysql import MysqlCatalogue
from lightgate.adapters.website.catalogue.mysql_check import faults_of
from lightgate.errors import CatalogueClosed, RowRefused
from lightgate.ports.website import CatalogueRow
from lightgate.settings import Mysql
from support.catalogue_rows import DDL, ROW
from support.permits import FREE

pytestmark = pytest.mark.integration

TABLE = "photos_info_revamp"
Sql = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def opened(settings: Mysql) -> Iterator[Callable[..., MysqlCatalogue]]:
    made: list[MysqlCatalogue] = []

    def make(**changed: object) -> MysqlCatalogue:
        made.append(MysqlCatalogue(Mysql.model_validate({**settings.model_dump(), **changed})))
        return made[-1]

    yield make
    for each in made:
        each.close()


def require_kept(catalogue: MysqlCatalogue) -> None:
    """Insert and update one row, and find it as it was given."""
    assert catalogue.holds(ROW) is None
    catalogue.rehearse(ROW)
    assert catalogue.file_names() == []
    first = catalogue.upsert(ROW, FREE)
    assert catalogue.holds(ROW)
    changed = replace(ROW, Caption='It\'s \\ "new" 100 %s.')
    assert catalogue.holds(changed) is False
    catalogue.rehearse(changed)
    assert catalogue.holds(ROW)
    assert catalogue.upsert(changed, FREE) == first
    assert catalogue.holds(changed)
    assert catalogue.file_names() == [ROW.File_Name]
    found = catalogue.find(ROW.File_Name)
    # what a release replaced is kept as JSON, and written again when it is undone
    assert found is not None
    assert catalogue.upsert(CatalogueRow(**json.loads(json.dumps(asdict(found)))), FREE) == first
    assert catalogue.holds(changed)


@pytest.mark.parametrize(
    "change",
    [
        "ADD COLUMN likes INT NOT NULL, ADD COLUMN slug VARCHAR(80) NOT NULL, ADD COLUMN added DATETIME NOT NULL,"
        " ADD COLUMN on_day DATE NOT NULL, ADD COLUMN price DECIMAL(6,2) NOT NULL,"
        " ADD COLUMN is_sold TINYINT(1) NOT NULL, ADD COLUMN state ENUM('shown','hidden') NOT NULL,"
        " ADD COLUMN notes TEXT NOT NULL, ADD COLUMN raw BLOB NOT NULL",
        "CHANGE Caption caption TEXT NOT NULL, CHANGE File_Name file_name VARCHAR(300) NOT NULL,"
        " CHANGE id ID INT AUTO_INCREMENT",
        "DROP COLUMN Thumb_Path, ADD COLUMN Thumb_Path VARCHAR(600) AS (concat('t/', Path)) STORED",
        "DROP COLUMN Height, ADD COLUMN Height INT AS (Width * 2) VIRTUAL",
        "DROP INDEX File_Name",
        "ENGINE = MyISAM",
        "ADD COLUMN shown_from TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
        "MODIFY `DateTime` DATETIME",
        "MODIFY `DateTime` DATE",
        "MODIFY QR DECIMAL(4,1), MODIFY blur_score FLOAT, MODIFY ISO VARCHAR(10), MODIFY Width DECIMAL(6,0) NOT NULL",
        "MODIFY Lens_model VARCHAR(255) NOT NULL, MODIFY Focal_length INT NOT NULL DEFAULT 0",
    ],
    ids=[
        "needs values",
        "other case",
        "generated",
        "virtual",
        "no unique key",
        "MyISAM",
        "stamped",
        "times",
        "dates",
        "other numbers",
        "never NULL",
    ],
)
def test_a_table_of_another_maker_takes_rows(sql: Sql, opened: Callable[..., MysqlCatalogue], change: str) -> None:
    sql(DDL, f"ALTER TABLE {TABLE} {change}")
    catalogue = opened()
    assert [fault.message for fault in faults_of(catalogue) if not fault.is_minor] == []
    if "MyISAM" in change:
        catalogue.upsert(ROW, FREE)
        assert catalogue.holds(ROW)
    else:
        require_kept(catalogue)


@pytest.mark.parametrize("column", ["VARCHAR(32)", "DATETIME", "DATE"])
@pytest.mark.parametrize("taken", ["1965:07:04", "1965:07:04 10:30", "1965:07", "1965"])
def test_a_date_in_part_is_kept_as_far_as_the_column_can(
    sql: Sql, opened: Callable[..., MysqlCatalogue], column: str, taken: str
) -> None:
    sql(DDL, f"ALTER TABLE {TABLE} MODIFY `DateTime` {column}")
    catalogue, row = opened(), replace(ROW, DateTime=taken)
    if column != "VARCHAR(32)" and len(taken) < len("1965:07:04"):
        with pytest.raises(RowRefused, match="DateTime"):
            catalogue.rehearse(row)
        return
    catalogue.rehearse(row)
    catalogue.upsert(row, FREE)
    # nothing is written again
    assert catalogue.holds(row)


def test_a_table_whose_key_is_the_file_name_needs_no_id(sql: Sql, opened: Callable[..., MysqlCatalogue]) -> None:
    sql(DDL, f"ALTER TABLE {TABLE} DROP COLUMN id, ADD PRIMARY KEY (File_Name)")
    catalogue = opened(columns={"id": ""})
    assert [fault.message for fault in faults_of(catalogue)] == []
    require_kept(catalogue)
    assert [row_id for row_id, _ in catalogue.rows()] == [None]


def test_the_website_s_own_columns_get_what_the_settings_say(sql: Sql, opened: Callable[..., MysqlCatalogue]) -> None:
    sql(DDL, f"ALTER TABLE {TABLE} ADD COLUMN gallery_id INT NOT NULL, ADD COLUMN owner VARCHAR(20)")
    catalogue = opened(values={"gallery_id": 3, "owner": "ann"})
    catalogue.upsert(ROW, FREE)
    sql(f"UPDATE {TABLE} SET owner = 'bea'")
    catalogue.upsert(replace(ROW, Caption="New."), FREE)
    assert sql(f"SELECT gallery_id, owner FROM {TABLE}") == [(3, "bea")]


def test_a_second_row_of_the_name_is_left_alone(sql: Sql, opened: Callable[..., MysqlCatalogue]) -> None:
    sql(DDL, f"ALTER TABLE {TABLE} DROP INDEX File_Name")
    catalogue = opened()
    first = catalogue.upsert(ROW, FREE)
    columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
    listed = sql(f"{columns} AND table_name = '{TABLE}' AND column_name <> 'id'")
    names = ", ".join(str(name) for (name,) in listed)
    sql(f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM {TABLE}")
    assert catalogue.upsert(replace(ROW, Caption="New."), FREE) == first
    assert [caption for (caption,) in sql(f"SELECT Caption FROM {TABLE} ORDER BY id")] == ["New.", ROW.Caption]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"ALTER TABLE {TABLE} MODIFY Location VARCHAR(3) NOT NULL", "Location"),
        (f"ALTER TABLE {TABLE} CONVERT TO CHARACTER SET utf8mb3", "Caption"),
        (f"ALTER TABLE {TABLE} ADD CONSTRAINT wide CHECK (Width > 9000)", "wide"),
        (
            f"CREATE TRIGGER guard BEFORE INSERT ON {TABLE} FOR EACH ROW"
            " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Closed today'",
            "Closed today",
        ),
        (
            f"ALTER TABLE {TABLE} ADD COLUMN shop INT NOT NULL, ADD FOREIGN KEY (shop) REFERENCES shops (id)",
            "foreign key",
        ),
        (f"ALTER TABLE {TABLE} ENGINE = MyISAM, MODIFY Caption VARCHAR(5)", "Data too long"),
    ],
    ids=["too long", "utf8mb3", "check", "trigger", "foreign key", "without transactions"],
)
def test_a_row_that_does_not_fit_is_refused_in_the_rehearsal(
    sql: Sql, opened: Callable[..., MysqlCatalogue], change: str, said: str
) -> None:
    sql("CREATE TABLE shops (id INT PRIMARY KEY)", DDL, change)
    catalogue = opened()
    with pytest.raises(RowRefused, match=said):
        catalogue.rehearse(ROW)
    assert catalogue.file_names() == []


def test_a_user_who_may_only_read_is_found_out_in_the_rehearsal(
    sql: Sql, mariadb_database: str, opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(DDL, f"GRANT SELECT ON {mariadb_database}.* TO viewer@'%' IDENTIFIED BY 'v1ew'")
    with pytest.raises(CatalogueClosed, match="INSERT"):
        opened(user="viewer", password="v1ew").rehearse(ROW)
    sql("DROP USER viewer@'%'")


def test_a_view_that_takes_no_rows_is_found_out_in_the_rehearsal(
    sql: Sql, opened: Callable[..., MysqlCatalogue]
) -> None:
    joined = f"CREATE VIEW {TABLE} AS SELECT photos.*, shops.town FROM photos LEFT JOIN shops ON shops.id = photos.id"
    sql("CREATE TABLE shops (id INT, town TEXT)", DDL, f"RENAME TABLE {TABLE} TO photos", joined)
    with pytest.raises(CatalogueClosed, match="not insertable"):
        opened().rehearse(ROW)


def test_a_user_of_this_table_alone_needs_no_rights_on_the_proof_table(
    sql: Sql, mariadb_database: str, opened: Callable[..., MysqlCatalogue]
) -> None:
    sql(DDL, f"GRANT SELECT, INSERT, UPDATE ON {mariadb_database}.{TABLE} TO writer@'%' IDENTIFIED BY 'wr1te'")
    require_kept(opened(user="writer", password="wr1te"))
    sql("DROP USER writer@'%'")


def test_a_proof_table_with_columns_of_its_own_takes_rows(sql: Sql, opened: Callable[..., MysqlCatalogue]) -> None:
    columns = "revamp_File_Name VARCHAR(200) NOT NULL, likes INT NOT NULL, state ENUM('new','old') NOT NULL"
    sql(DDL, f"CREATE TABLE metadata_quality (id INT PRIMARY KEY AUTO_INCREMENT, {columns})")
    require_kept(opened())
    assert sql("SELECT likes, state FROM metadata_quality") == [(0, "new")]


def test_a_deadlock_is_tried_again(sql: Sql, opened: Callable[..., MysqlCatalogue]) -> None:
    sql(DDL)
    sql(
        f"CREATE TRIGGER blocked BEFORE INSERT ON {TABLE} FOR EACH ROW IF @tried IS NULL THEN SET @tried = 1;"
        " SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'; END IF"
    )
    catalogue = opened()
    assert catalogue.upsert(ROW, FREE) is not None
    assert catalogue.why_not_ready() is None


@pytest.mark.parametrize("mode", ["", "ANSI_QUOTES,STRICT_ALL_TABLES", "TRADITIONAL", "ORACLE", "NO_BACKSLASH_ESCAPES"])
def test_any_mode_of_the_server_takes_rows(sql: Sql, opened: Callable[..., MysqlCatalogue], mode: str) -> None:
    sql(DDL, f"SET GLOBAL sql_mode = '{mode}'")
    try:
        require_kept(opened())
    finally:
        sql("SET GLOBAL sql_mode = DEFAULT")
