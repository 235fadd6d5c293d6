"""The website: a folder that a server or the product itself writes to, and a table; both are looked at directly."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql

from faults.photos import hash_of
from faults.product import rows, sqlite
from faults.relay import Mode, Relay
from support.catalogue_rows import DDL
from support.file_servers import PASSWORD, USER, FtpSite, SftpSite, certificate_in, ftp_site, sftp_site
from support.servers import MariaDbServer

#: what begins so is no published file
DRAFT = ".lightgate-"


@dataclass
class Place:
    """One target, by the name ``web``."""

    kind: str
    root: Path
    settings: Mapping[str, str | int]
    relay: Relay | None = None
    ftp: FtpSite | None = None
    sftp: SftpSite | None = None

    def files(self) -> dict[str, str]:
        """Give path and SHA-256 of everything that visitors can reach, and what should not lie there."""
        found = {}
        for file in sorted(self.root.rglob("*")):
            with suppress(FileNotFoundError):
                if file.is_file():
                    found[str(file.relative_to(self.root))] = hash_of(file)
        return found

    def become(self, mode: Mode) -> None:
        """Let the place be dead, silent, or right again."""
        if self.relay is not None:
            self.relay.become(mode)
            return
        away = self.root.with_name(f"{self.root.name}.away")
        # a folder cannot be silent; it can be a disk that is not mounted
        if mode is Mode.OPEN and away.exists():
            away.rename(self.root)
        elif mode is not Mode.OPEN and self.root.exists():
            self.root.rename(away)


@contextmanager
def place(kind: str, folder: Path) -> Iterator[Place]:
    """Run a website's file server."""
    with ExitStack() as stack:
        if kind == "folder":
            root = folder / "site"
            root.mkdir(parents=True)
            yield Place(kind, root, {"path": str(root)})
            return
        common: dict[str, str | int] = {"user": USER, "password": PASSWORD, "timeout_s": 3, "host": "localhost"}
        if kind == "sftp":
            ssh = stack.enter_context(sftp_site(folder))
            relay = Relay(ssh.port)
            stack.callback(relay.close)
            known = ssh.known_hosts.read_text("utf-8").replace(f":{ssh.port} ", f":{relay.port} ")
            ssh.known_hosts.write_text(known, "utf-8")
            told = common | {"host": "127.0.0.1", "known_hosts": str(ssh.known_hosts), "path": str(ssh.root)}
            yield Place(kind, ssh.root, told | {"port": relay.port}, relay, sftp=ssh)
            return
        folder.mkdir(parents=True, exist_ok=True)
        certificate = certificate_in(folder) if kind == "ftps" else None
        ftp = stack.enter_context(ftp_site(folder, certificate))
        relay = Relay(ftp.port)
        stack.callback(relay.close)
        told = common | {"port": relay.port} | ({"ca_file": str(certificate)} if certificate else {})
        yield Place(kind, ftp.root, told, relay, ftp=ftp)


@dataclass
class Table:
    """The website's table in a MariaDB, behind a relay; the local file where ``server`` is None."""

    server: MariaDbServer | None = None
    database: str = ""
    relay: Relay | None = None

    def settings(self) -> dict[str, str | int]:
        if self.server is None or self.relay is None:
            return {}
        told: dict[str, str | int] = {"user": self.server.user, "password": self.server.password, "timeout_s": 3}
        return told | {"host": "127.0.0.1", "port": self.relay.port, "database": self.database}

    def rows(self) -> list[dict[str, Any]]:
        if self.server is None:
            return []
        with closing(self.server.connect(self.database)) as line, line.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute("SELECT * FROM photos_info_revamp")
            return list(cursor.fetchall())


@contextmanager
def table(server: MariaDbServer | None, name: str) -> Iterator[Table]:
    """Make a database of its own on a server that many share."""
    if server is None:
        yield Table()
        return
    with closing(server.connect()) as line, line.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        cursor.execute(f"USE `{name}`")
        cursor.execute(DDL)
    relay = Relay(server.port)
    try:
        yield Table(server, name, relay)
    finally:
        relay.close()


@dataclass
class Watcher:
    """Looks at the website all the time, and remembers when each file was there, and each row."""

    root: Path
    table: Table | None = None
    #: the product's own rows: what a photo was charged is not to be seen any more once it is through
    database: Path | None = None
    #: most attempts that a photo waited in a queue with, by original name
    charged: dict[str, int] = field(default_factory=dict)
    #: first and last moment, by path and appearance
    seen: list[tuple[str, float, float]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    EVERY_S = 0.004
    #: a photo that was charged waits for a second at least
    ATTEMPTS_EVERY_S = 0.2

    def start(self) -> None:
        looks: list[Callable[[], None]] = [lambda: self._watch(lambda: set(_visible(self.root)))]
        if self.table is not None and self.table.server is not None:
            looks.append(self._watch_rows)
        if self.database is not None:
            looks.append(self._watch_attempts)
        self._threads = [threading.Thread(target=each, daemon=True) for each in looks]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, look: Callable[[], set[str]]) -> None:
        now: dict[str, float] = {}
        while not self._over.wait(self.EVERY_S):
            there = look()
            at = time.monotonic()
            self.seen += [(path, now.pop(path), at) for path in list(now) if path not in there]
            now |= dict.fromkeys(there - set(now), at)
        self.seen += [(path, first, time.monotonic()) for path, first in now.items()]

    def _watch_attempts(self) -> None:
        query = "SELECT original_file_name, attempt FROM review_queue WHERE status = 'queued' AND attempt > 0"
        while not self._over.wait(self.ATTEMPTS_EVERY_S):
            # not there yet, or just exchanged for another
            with suppress(sqlite.Error):
                for each in rows(self.database, query) if self.database else ():
                    name = each["original_file_name"]
                    self.charged[name] = max(each["attempt"], self.charged.get(name, 0))

    def _watch_rows(self) -> None:
        assert self.table is not None
        assert self.table.server is not None
        with closing(self.table.server.connect(self.table.database)) as line, line.cursor() as cursor:
            line.autocommit(True)

            def look() -> set[str]:
                cursor.execute("SELECT File_Name FROM photos_info_revamp")
                return {f"a row/{name}" for (name,) in cursor.fetchall()}

            self._watch(look)


def _visible(folder: Path) -> Iterator[str]:
    for at, _, names in os.walk(folder):
        yield from (str((Path(at) / name).relative_to(folder)) for name in names if not name.startswith(DRAFT))
