"""A website to try publishing against, for the profile ``site``: makes its table, then takes files by FTP."""

from __future__ import annotations

import logging
import time
from importlib import resources
from pathlib import Path

import pymysql
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

PLACE = Path("/site")
USER = DATABASE = "website"
PORT = 2121
#: a database that is made for the first time takes long on a slow disk
PATIENCE_S = 120


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    password = (PLACE / "password").read_text("ascii").strip()
    make_table(password)
    people = DummyAuthorizer()
    people.add_user(USER, password, str(PLACE / "files"), perm="elradfmwMT")
    handler = type("Handler", (FTPHandler,), {"authorizer": people})
    FTPServer(("", PORT), handler).serve_forever()


def make_table(password: str) -> None:
    """Make the table that photographs are published to, as soon as the database answers."""
    statement = resources.files("lightgate.data").joinpath("photos_info_revamp.mysql.sql").read_text("utf-8")
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection = pymysql.connect(host="site-database", user=USER, password=password, database=DATABASE)
        except pymysql.err.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(1)
            continue
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
        return


if __name__ == "__main__":
    main()
