from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from lightgate.adapters.host.filesystem import filesystem_of, require_local
from lightgate.adapters.sqlite.migrate import migrate
from lightgate.errors import NoLocalDisk
from lightgate.files.data_folder import DataFolder
from lightgate.installation.doctor import Check, Level, examine
from lightgate.settings import Settings, load

QUIET = {"LIGHTGATE_OLLAMA__HOST": "http://127.0.0.1:1", "LIGHTGATE_REVIEW__PORT": "0", "LIGHTGATE_FLOWER__PORT": "0"}


def settings(home: Path, **told: str) -> Settings:
    named = {f"LIGHTGATE_{name}": value for name, value in told.items()}
    return load({"LIGHTGATE_HOME": str(home), "LIGHTGATE_CONFIG": "/dev/null", **QUIET, **named}, config=home / "c")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "c").touch()
    return tmp_path


def found(home: Path, **told: str) -> Mapping[str, Check]:
    return {check.name: check for check in examine(settings(home, **told))}


def test_a_fresh_machine_has_nothing_that_fails(home: Path) -> None:
    checks = found(home)
    assert [check for check in checks.values() if check.level is Level.FAIL] == []
    assert "not configured" in checks["MySQL, MariaDB"].message


def test_everything_that_is_not_well_has_a_remedy(home: Path) -> None:
    checks = found(home, REDIS_SERVER="/no/such/server")
    assert all(check.remedy for check in checks.values() if check.level is Level.WARN)


def test_a_model_server_that_is_away_fails_only_where_captions_must_come_from_it(home: Path) -> None:
    assert found(home)["Captions"].level is Level.WARN
    assert found(home, CAPTIONER="ollama")["Captions"].level is Level.FAIL
    assert found(home, CAPTIONER="draft")["Captions"].level is Level.OK


def test_a_configured_broker_that_is_away_fails_without_showing_its_password(home: Path) -> None:
    check = found(home, BROKER_URL="redis://:hunter2@127.0.0.1:1/0")["Broker"]
    assert check.level is Level.FAIL
    assert "hunter2" not in check.message


def test_a_taken_port_fails_and_names_the_setting(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        check = found(home, REVIEW__PORT=str(taken.getsockname()[1]))["Review port"]
    assert check.level is Level.FAIL
    assert "review.port" in check.remedy


def test_too_little_room_fails(home: Path) -> None:
    assert found(home, INTAKE__MIN_FREE_MB="1e9")["Disk space"].level is Level.FAIL


def test_a_key_that_others_may_read_is_pointed_out(home: Path) -> None:
    secrets = DataFolder(home).secrets
    secrets.mkdir(mode=0o700)
    key = secrets / "seal.key"
    key.write_bytes(b"k")
    key.chmod(0o644)
    assert found(home)["Permissions"].level is Level.WARN


def test_a_sound_database_is_told_from_a_damaged_one(home: Path) -> None:
    folder = DataFolder(home)
    migrate(folder.database, folder.backups)
    assert found(home)["Database"].level is Level.OK
    content = bytearray(folder.database.read_bytes())
    content[4096 : 4096 * 8] = b"\xff" * 4096 * 7
    folder.database.write_bytes(bytes(content))
    assert found(home)["Database"].level is Level.FAIL


def test_a_published_folder_that_is_not_there_fails(home: Path) -> None:
    assert found(home, PUBLISH__DIRECTORY=str(home / "none"))["Published files"].level is Level.FAIL


def test_the_file_system_of_this_folder_is_a_local_one(tmp_path: Path) -> None:
    assert not filesystem_of(tmp_path).is_remote


def test_a_data_folder_on_a_network_file_system_is_refused_in_words(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/vda / ext4 rw 0 0\nbox:/share /srv/box nfs4 rw 0 0\n", "utf-8")
    require_local(tmp_path / "data", mounts)

    with pytest.raises(NoLocalDisk, match="/srv/box/data is on nfs4"):
        require_local(Path("/srv/box/data"), mounts)
