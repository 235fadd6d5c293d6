"""Flower lets nobody in without the password, nor by a name that is not its own."""

from __future__ import annotations

import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from lightgate.adapters.host.command_lines import flower as flower_command
from lightgate.settings import Flower
from lightgate_workers.engineers import has_password, is_known
from support.servers import on_a_free_port

PATHS = ("/", "/metrics", "/healthcheck", "/api/workers", "/static/css/flower.css", "/login", "/nowhere")
AUTH = {"Authorization": "Basic " + b64encode(b"flower:open-sesame").decode()}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home: Path = tmp_path_factory.mktemp("flower")
    told = {"LIGHTGATE_HOME": str(home), "FLOWER_BASIC_AUTH": "flower:open-sesame"}

    def start(port: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(flower_command("127.0.0.1", port, home / "memory"), env={**os.environ, **told})

    process, chosen = on_a_free_port(start, _answers)
    yield chosen
    process.terminate()
    process.wait(30)


def _answers(port: int) -> bool:
    try:
        return _status(port, "/") > 0
    except OSError:
        return False


def _status(port: int, path: str, **headers: str) -> int:
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", path, headers=headers)
    status = line.getresponse().status
    line.close()
    return status


@pytest.mark.parametrize("path", PATHS)
def test_every_address_asks_for_the_password(port: int, path: str) -> None:
    assert _status(port, path) == 401
    assert _status(port, path, Authorization="Basic " + b64encode(b"flower:guess").decode()) == 401


def test_with_the_password_one_is_in(port: int) -> None:
    assert [_status(port, path, **AUTH) for path in ("/healthcheck", "/metrics", "/")] == [200, 200, 200]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:5555", "localhost.evil.example", "10.0.0.1"])
def test_foreign_names_are_refused_with_and_without_it(port: int, host: str) -> None:
    assert _status(port, "/healthcheck", Host=host, **AUTH) == 400
    assert _status(port, "/metrics", Host=host) == 400


def test_a_flower_for_a_network_is_asked_by_address_or_by_a_name_that_is_set() -> None:
    everywhere = Flower(host="0.0.0.0", allowed_hosts=("photos.lan",))
    known = ("localhost:5555", "192.168.1.5:5555", "[fe80::1]:5555", "photos.lan", "PHOTOS.lan:80")
    assert all(is_known(host, everywhere) for host in known)
    assert not any(is_known(host, everywhere) for host in ("evil.example", "", "192.168.1.5.evil.example", "[bad"))


def test_a_password_is_compared_whole() -> None:
    assert has_password(AUTH["Authorization"], ["other:x", "flower:open-sesame"])
    for wrong in ("", "Basic", "Basic !!!", "Bearer " + AUTH["Authorization"][6:], AUTH["Authorization"][:-4]):
        assert not has_password(wrong, ["flower:open-sesame"])
    assert not has_password(AUTH["Authorization"], [])
