"""A database of the tests' MariaDB as the product is told of it, and as a test looks into it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from lightgate.settings import Mysql
from support.servers import MariaDbServer


@pytest.fixture
def settings(mariadb_server: MariaDbServer, mariadb_database: str) -> Mysql:
    """How to reach an empty database."""
    server = mariadb_server
    told = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
    return Mysql.model_validate({**told, "database": mariadb_database, "timeout_s": 5})


@pytest.fixture
def sql(mariadb_server: MariaDbServer, mariadb_database: str) -> Iterator[Callable[..., list[tuple[object, ...]]]]:
    """Run statements there, and return the rows of the last."""
    connection = mariadb_server.connect(mariadb_database)

    def run(*statements: str) -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()
            return list(cursor.fetchall())

    yield run
    connection.close()


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """Commands close their files to others; what comes after a test is none of theirs."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
