"""A server of the tests that finds its port taken is started again on another."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from support import servers

pytestmark = pytest.mark.integration


def test_a_port_that_somebody_took_is_left_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        ports = iter([taken, servers.free_port()])
        monkeypatch.setattr(servers, "free_port", lambda: next(ports))
        with servers.redis_in(tmp_path) as server:
            assert server.port != taken
            assert server.client().ping()
