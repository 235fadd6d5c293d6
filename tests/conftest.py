"""Fixtures that every kind of test shares."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from lightgate.adapters.clip.weights import open_clip_module
from support import servers
from support.closing_line import closing_line
from support.programs import absent, needs

REPOSITORY = Path(__file__).resolve().parent.parent
#: read before the environment is cleaned
PHOTOS = Path(os.environ.get("LIGHTGATE_TEST_PHOTOS", REPOSITORY.parent / "shared" / "photos"))


def pytest_configure() -> None:
    """Make no test, and no server a test starts, depend on the settings of whoever runs it, or on how busy it is."""
    _forget_settings()
    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say in one line what ran, and what did not and why, right before pytest's own closing line."""
    yield
    terminalreporter.write_line(closing_line(terminalreporter.stats))


@pytest.fixture(autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    _forget_settings()
    yield
    _forget_settings()


def _forget_settings() -> None:
    for name in [name for name in os.environ if name.startswith("LIGHTGATE_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def photos_dir() -> Path:
    """Real photographs of many cameras; a clone alone does not have them."""
    if not PHOTOS.is_dir():
        pytest.skip(f"there are no photographs in {PHOTOS} (set LIGHTGATE_TEST_PHOTOS)")
    return PHOTOS


@pytest.fixture(scope="session")
def torch() -> Any:
    """What CLIP runs on; not every machine can fetch it."""
    if not all(importlib.util.find_spec(name) for name in ("torch", "torchvision", "open_clip")):
        absent("torch could not be fetched for CLIP (`make clip` tries again without hurry)")
    # in the order that the product has
    open_clip_module()
    return importlib.import_module("torch")


@pytest.fixture
def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    return servers.free_port()


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.RedisServer]:
    """A Redis of this test alone; it can be killed and started again."""
    with servers.redis_in(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.MariaDbServer]:
    """One MariaDB for the whole run, since it takes seconds to make."""
    with servers.mariadb_in(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture
def mariadb_database(mariadb_server: servers.MariaDbServer) -> Iterator[str]:
    """An empty database of this test alone, by name."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with contextlib.closing(mariadb_server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        yield name
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    return needs("chromium")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object], chromium: Path) -> dict[str, object]:
    """Let pytest-playwright use the browser of the machine."""
    # Chromium refuses its sandbox to root
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": str(chromium), "args": args}
