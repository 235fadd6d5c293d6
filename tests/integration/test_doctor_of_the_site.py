"""What ``lightgate doctor`` says of targets and of the website's database."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightgate.installation.doctor import Check, Level, examine
from lightgate.settings import Mysql, Publish, Settings
from support.catalogue_rows import DDL
from support.file_servers import PASSWORD, USER, ftp_site
from support.servers import MariaDbServer

pytestmark = pytest.mark.integration


def check(settings: Settings, name: str) -> Check:
    return next(each for each in examine(settings) if each.name == name)


def target(tmp_path: Path, **told: object) -> Check:
    publish = Publish.model_validate({"targets": {"web": told}})
    return check(Settings(home=tmp_path / "home", publish=publish, captioner="draft"), "Target web")


def test_a_target_that_takes_files_is_fine_and_nothing_is_left_there(tmp_path: Path) -> None:
    with ftp_site(tmp_path) as site:
        told = {"kind": "ftp", "host": "localhost", "port": site.port, "user": USER, "password": PASSWORD}
        found = target(tmp_path, **told)
        assert (found.level, "in the clear" in found.message) == (Level.WARN, True)
        site.go_wrong(deny="STOR", times=9)
        assert target(tmp_path, **told).level is Level.FAIL
        assert "may not sign in" in target(tmp_path, **told | {"password": "wrong"}).message
        assert list(site.root.iterdir()) == []


def test_a_folder_target_that_is_not_there_fails(tmp_path: Path) -> None:
    assert "does not exist" in target(tmp_path, kind="folder", path=str(tmp_path / "unmounted")).message
    assert target(tmp_path, kind="folder", path=str(tmp_path)).level is Level.OK


def database(tmp_path: Path, server: MariaDbServer, name: str, *statements: str, **changed: object) -> Check:
    with server.connect(name) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        connection.commit()
    told = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
    mysql = Mysql.model_validate({**told, "database": name, **changed})
    return check(Settings(home=tmp_path / "home", mysql=mysql, captioner="draft"), "MySQL, MariaDB")


@pytest.mark.parametrize(
    ("change", "level", "said"),
    [
        ("SELECT 1", Level.OK, "takes rows"),
        ("DROP TABLE photos_info_revamp", Level.FAIL, "no table photos_info_revamp"),
        ("ALTER TABLE photos_info_revamp DROP COLUMN alt_text", Level.FAIL, "lacks alt_text"),
        ("ALTER TABLE photos_info_revamp DROP INDEX File_Name", Level.WARN, "no unique key"),
        ("ALTER TABLE photos_info_revamp ADD COLUMN likes INT NOT NULL", Level.WARN, "likes is not ours"),
        ("ALTER TABLE photos_info_revamp ADD COLUMN likes INT NOT NULL DEFAULT 0", Level.OK, "takes rows"),
        ("ALTER TABLE photos_info_revamp CONVERT TO CHARACTER SET latin1", Level.WARN, "Caption (latin1)"),
        ("ALTER TABLE photos_info_revamp ENGINE = MyISAM", Level.WARN, "MyISAM"),
        ("ALTER TABLE photos_info_revamp MODIFY Exposure DOUBLE", Level.WARN, "a row like ours is not taken"),
        ("ALTER TABLE photos_info_revamp MODIFY Location VARCHAR(40) NOT NULL", Level.WARN, "Location holds 40"),
    ],
)
def test_the_shape_of_the_website_s_table_is_looked_at(
    tmp_path: Path, mariadb_server: MariaDbServer, mariadb_database: str, change: str, level: Level, said: str
) -> None:
    found = database(tmp_path, mariadb_server, mariadb_database, DDL, change)
    assert found.level is level
    assert said in found.message


def test_missing_rights_are_named_and_no_row_is_written(
    tmp_path: Path, mariadb_server: MariaDbServer, mariadb_database: str
) -> None:
    grant = f"GRANT SELECT, UPDATE ON {mariadb_database}.* TO looker@'%' IDENTIFIED BY 'l00k'"
    told = {"user": "looker", "password": "l00k"}
    found = database(tmp_path, mariadb_server, mariadb_database, DDL, grant, **told)
    assert found.level is Level.FAIL
    assert "no INSERT" in found.message
    assert "no DELETE" in found.message
    assert "no UPDATE" not in found.message
    with mariadb_server.connect(mariadb_database) as connection, connection.cursor() as cursor:
        cursor.execute("DROP USER looker@'%'")
        cursor.execute("SELECT count(*) FROM photos_info_revamp")
        assert cursor.fetchone() == (0,)
