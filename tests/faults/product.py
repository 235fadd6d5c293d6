"""One installation as its machine sees it: a folder, processes, a command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.servers import free_port
from support.waiting import eventually

try:
    # the same build as the product's: two builds of SQLite in one database are not what is tried here
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

READY_WITHIN_S = 150


@dataclass
class Product:
    """A data folder and what runs on it."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    #: variables that are no settings of ours
    environ_too: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def config(self) -> Path:
        return self.folder / "lightgate.toml"

    @property
    def environ(self) -> dict[str, str]:
        # compiled once, not at each of some thousand starts
        left_out = ("LIGHTGATE_", "PYTHONDONTWRITEBYTECODE")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        told = {"REVIEW__PORT": str(self.port), "FLOWER__PORT": "0", "CAPTIONER": "draft", "CLIP__ENABLED": "false"}
        told |= {"WORKERS__SOFT_STOP_S": "1", "WORKERS__RECONCILE_S": "1", **self.settings, "HOME": str(self.home)}
        if self.config.exists():
            told["CONFIG"] = str(self.config)
        return {**inherited, **self.environ_too, **{f"LIGHTGATE_{name}": value for name, value in told.items()}}

    def popen(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a command; ``more`` are settings for it alone."""
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "lightgate.cli", *arguments],
                env={**self.environ, **{f"LIGHTGATE_{name}": value for name, value in more.items()}},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, *arguments: str, within_s: float = 180, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "lightgate.cli", *arguments],
            env={**self.environ, **{f"LIGHTGATE_{name}": value for name, value in more.items()}},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )

    def start(self) -> None:
        """Start everything, and wait until all of it is at work."""
        self.process = self.popen("up", "--no-flower")
        eventually(self._is_ready_or_gone, within_s=READY_WITHIN_S)
        assert self.is_ready(), f"up ended: {self.said('up')}"

    def _is_ready_or_gone(self) -> bool:
        return self.is_ready() or (self.process is not None and self.process.poll() is not None)

    def is_ready(self) -> bool:
        """Does the installation say that all of it is at work?"""
        report = self.report()
        return bool(report and report["is_ready"] and self.process and report["pid"] == self.process.pid)

    def report(self) -> Mapping[str, Any] | None:
        try:
            told = json.loads((self.home / "run" / "up.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return dict(told)

    def stop(self) -> None:
        """Ask everything to end, as Ctrl-C does."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=90)
        self.process = None

    def said(self, command: str) -> str:
        """Read what a command wrote to its terminal last."""
        return (self.folder / f"{command}.log").read_text("utf-8", "replace")[-2000:]

    def pid(self, name: str) -> int:
        """Find a process by its name in the installation."""
        report = self.report()
        found = report["processes"][name]["pid"] if report else None
        assert found is not None, f"{name} does not run"
        return int(found)

    def children(self, name: str) -> Sequence[int]:
        """Find the processes of a worker's pool."""
        return children_of(self.pid(name))

    def processes(self) -> Sequence[int]:
        """Find every process that works on this data folder."""
        mark = f"LIGHTGATE_HOME={self.home}".encode()
        return [pid for pid in _pids() if mark in environ_of(pid)]

    def cut_power(self) -> None:
        """End everything at one moment."""
        pids = self.processes()
        for how in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                send(pid, how)
        if self.process is not None:
            self.process.wait(timeout=20)
            self.process = None
        eventually(lambda: not self.processes(), within_s=20)

    def rows(self, question: str, *values: object) -> list[dict[str, Any]]:
        """Read the database, as nobody who writes."""
        return rows(self.home / "review.db", question, *values)

    def write(self, *statements: str) -> None:
        """Change the database behind the product's back."""
        with closing(sqlite.connect(self.home / "review.db", timeout=30)) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()

    def logs(self) -> Mapping[str, str]:
        return {log.name: log.read_text("utf-8", "replace") for log in sorted((self.home / "logs").glob("*.log"))}


def rows(file: Path, question: str, *values: object) -> list[dict[str, Any]]:
    """Ask a SQLite file; gives nothing while it is not there."""
    if not file.exists():
        return []
    with closing(sqlite.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as database:
        database.row_factory = sqlite.Row
        return [dict(each) for each in database.execute(question, values)]


def children_of(pid: int) -> Sequence[int]:
    """Find the processes that a process started, and theirs."""
    parents = {each: _parent_of(each) for each in _pids()}
    found = [each for each, parent in parents.items() if parent == pid]
    return found + [each for one in found for each in children_of(one)]


def send(pid: int, how: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)


def is_asleep(pid: int) -> bool:
    """Was the process stopped by SIGSTOP?"""
    return _stat(pid)[:1] == ["T"]


def _pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").glob("[0-9]*") if int(each.name) != os.getpid()]


def _parent_of(pid: int) -> int:
    told = _stat(pid)
    return int(told[1]) if told else 0


def _stat(pid: int) -> list[str]:
    """Read state, parent and so on; nothing of a process that is gone."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return [] if told[:1] == ["Z"] else told
    return []


def processes_below(folder: Path) -> Sequence[int]:
    """Find every process whose data folder lies below a folder."""
    mark = f"LIGHTGATE_HOME={folder}/".encode()
    return [pid for pid in _pids() if any(each.startswith(mark) for each in environ_of(pid))]


def environ_of(pid: int) -> list[bytes]:
    """Read a process's variables; nothing of one that is gone or another's."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if _stat(pid) else []
    except OSError:
        return []
