"""Servers that a test starts for itself, on loopback or a socket in its own folder, and stops by process id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
import redis

from support.programs import needs
from support.waiting import eventually

#: ports that are tried, and what servers say of one that is taken
PORTS_TRIED, _TAKEN = 3, "already in use"


def free_port() -> int:
    """Find a TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on_a_free_port(
    start: Callable[[int], subprocess.Popen[bytes]], answers: Callable[[int], bool]
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server that cannot say which port it got; where another took ours first, it is started on a next one."""
    for _ in range(PORTS_TRIED):
        port = free_port()
        process = start(port)
        eventually(lambda process=process, port=port: process.poll() is not None or answers(port), within_s=60)
        if process.poll() is None:
            return process, port
    raise AssertionError(f"the server ended on each of {PORTS_TRIED} ports")


@dataclass
class Server:
    """A process with its log; ``stop`` is polite, ``kill`` is not, ``start`` brings it back."""

    command: list[str]
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)
        try:
            eventually(self.is_ready, within_s=30)
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{self.command[0]}: {(self.folder / 'log').read_text('utf-8')[-2000:]}") from error

    def start_first(self) -> None:
        """Start, on another port where somebody took ours between our look and the server's."""
        for left in reversed(range(PORTS_TRIED)):
            try:
                self.start()
            except AssertionError as error:
                if not left or _TAKEN not in str(error):
                    raise
                self.move(free_port())
            else:
                return

    def move(self, port: int) -> None:
        """Listen on another port from the next start on."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Does the server answer?"""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        # a frozen process hears SIGTERM only after it is woken
        os.kill(self.process.pid, signal.SIGCONT)
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=20)


@dataclass
class RedisServer(Server):
    """A Redis or Valkey on a free loopback port, with the append-only file in its folder."""

    port: int

    def move(self, port: int) -> None:
        self.command[self.command.index("--port") + 1] = str(port)
        self.port = port

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=5)

    def is_ready(self) -> bool:
        with contextlib.closing(self.client()) as client:
            try:
                return bool(client.ping())
            except redis.exceptions.RedisError:
                return False


@contextlib.contextmanager
def redis_in(folder: Path) -> Iterator[RedisServer]:
    """Run a Redis in a folder for as long as the block lasts."""
    port = free_port()
    options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    command = [str(needs("redis")), "--port", str(port), "--dir", str(folder), *options]
    server = RedisServer(command=command, folder=folder, port=port)
    server.start_first()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class MariaDbServer(Server):
    """A MariaDB on a free loopback port; user ``tester`` may do everything."""

    port: int
    user: str = "tester"
    password: str = "not-a-secret"
    host: str = "127.0.0.1"

    def move(self, port: int) -> None:
        self.command[self.command.index(f"--port={self.port}")] = f"--port={port}"
        self.port = port

    def connect(self, database: str | None = None) -> pymysql.Connection:
        return pymysql.connect(
            host=self.host, port=self.port, user=self.user, password=self.password, database=database, charset="utf8mb4"
        )

    def is_ready(self) -> bool:
        try:
            self.connect().close()
        except pymysql.err.MySQLError:
            return False
        return True


@contextlib.contextmanager
def mariadb_in(folder: Path) -> Iterator[MariaDbServer]:
    """Run a MariaDB in a folder for as long as the block lasts."""
    program = needs("mariadb")
    data, port = folder / "data", free_port()
    # the socket's path may have 107 bytes at most, which a test's own folder can pass
    sockets = Path(tempfile.mkdtemp(prefix="lightgate-"))
    owner = ["--user=root"] if os.geteuid() == 0 else []
    _make_database_files(data, owner)
    first = folder / "first.sql"
    first.write_text(
        f"CREATE USER {MariaDbServer.user}@'%' IDENTIFIED BY '{MariaDbServer.password}';\n"
        f"GRANT ALL ON *.* TO {MariaDbServer.user}@'%' WITH GRANT OPTION;\n",
        "utf-8",
    )
    command = [str(program), "--no-defaults", *owner, f"--datadir={data}", f"--socket={sockets / 's'}"]
    command += [f"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve", f"--init-file={first}"]
    command += [f"--pid-file={folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"]
    server = MariaDbServer(command=command, folder=folder, port=port)
    server.start_first()
    first.write_text("", "utf-8")
    try:
        yield server
    finally:
        server.stop()
        (sockets / "s").unlink(missing_ok=True)
        sockets.rmdir()


def _make_database_files(data: Path, owner: list[str]) -> None:
    install = ["mariadb-install-db", "--no-defaults", *owner, f"--datadir={data}", "--skip-test-db"]
    install += ["--auth-root-authentication-method=normal"]
    made = subprocess.run(install, capture_output=True, text=True, check=False, timeout=120)
    assert made.returncode == 0, made.stdout + made.stderr
