"""A target on another machine: written under a temporary name, checked, renamed; one connection, reopened after a drop.

Temporary names hold their writer's, so that one who was thought dead never touches what its successor wrote; the
successor forgets what earlier writers left before it looks at a file.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal, TypeVar

from lightgate.adapters.breaker import Breaker
from lightgate.adapters.website.targets.connection import Connect, FileConnection, Pace
from lightgate.adapters.website.targets.paths import aside, draft_name, parts_of
from lightgate.domain.modes import READABLE, Modes
from lightgate.errors import LightgateError, StorageFull, TargetClosed, TargetRefused, TargetUnreachable
from lightgate.ports.website import Permit, RemoteFile
from lightgate.settings import Target as Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

#: how uploads are checked: ``auto`` by hash where the server can work one out, else by size
Verify = Literal["auto", "size", "download"]

#: tries of one operation, each on a new connection
TRIES = 3
#: before the second try; doubled for the next
FIRST_PAUSE_S = 0.5
#: a connection that rested this long is asked whether it still lives
RESTED_S = 10.0
#: servers lock out an address that comes with a wrong password too often
CLOSED_COOL_DOWN_S = 300.0


def at_server(name: str, connect: Connect, wanted: Settings, modes: Modes) -> RemoteTarget:
    """Give the target of these settings on a server that is reached by ``connect``; its paths begin with ``path``."""
    return RemoteTarget(name, connect, wanted.path, verify=wanted.verify, rate_kb_s=wanted.rate_kb_s, modes=modes)


class RemoteTarget:
    """Files below ``root`` on a server; the root is made where it is absent."""

    def __init__(
        self,
        name: str,
        connect: Connect,
        root: str = "",
        *,
        verify: Verify = "auto",
        rate_kb_s: float = 0,
        modes: Modes = READABLE,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._connect = connect
        self._root = root.rstrip("/") + "/" if root else ""
        self._verify = verify
        self._modes = modes
        self._pace = Pace(rate_kb_s, clock, pause)
        self._pause = pause
        self._clock = clock
        self._away = Breaker(clock=clock)
        self._closed = Breaker(failures=1, cool_down_s=CLOSED_COOL_DOWN_S, clock=clock)
        self._full = Breaker(failures=1, clock=clock)
        self._server: FileConnection | None = None
        self._used_at = 0.0
        #: names with a dot in front, which some hosts refuse
        self._takes_hidden = True
        #: permissions of files can be set there
        self._sets_modes = True
        self._folders: set[str] = set()
        # the review site removes files from several threads
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"RemoteTarget({self.name})"

    def why_not_ready(self) -> str | None:
        """Say why nothing can be published now; connects where no connection is open."""
        return self._full.why_open() or self.why_unreachable()

    def why_unreachable(self) -> str | None:
        """Say why nothing can be asked of it now; connects where no connection is open."""
        if reason := self._closed.why_open() or self._away.why_open():
            return reason
        with self._lock:
            try:
                self._opened()
            except LightgateError as error:
                self._note(error)
                return error.message
        return None

    def put(self, path: str, content: bytes, permit: Permit) -> None:
        *folders, name = parts_of(path)
        wanted = hashlib.sha256(content).hexdigest()

        def write(server: FileConnection) -> None:
            permit.ask()
            self._make_folders(server, folders)
            try:
                draft = self._stored(server, folders, name, content, permit.writer)
                with self._cleared_away(server, draft):
                    self._check(server, draft, path, len(content), wanted)
                    self._sets_modes = server.set_mode(draft, self._modes.file)
                    permit.ask()
                    server.replace(draft, self._place([*folders, name]))
            except (TargetUnreachable, StorageFull):
                self._folders.clear()
                raise

        self._tried(write)

    def _stored(self, server: FileConnection, folders: list[str], name: str, content: bytes, writer: str) -> str:
        """Write the temporary file; give its place."""
        hidden = self._draft(folders, name, writer)
        try:
            return self._stored_at(server, hidden, content)
        except TargetRefused as error:
            if not _is_final(error) or not self._takes_hidden or server.size(hidden) is not None:
                raise
            stored = self._stored_at(server, self._draft(folders, name, writer, is_hidden=False), content)
        self._takes_hidden = False
        return stored

    def _stored_at(self, server: FileConnection, draft: str, content: bytes) -> str:
        with self._cleared_away(server, draft):
            # not overwritten but removed: the server may still hold open what a try of ours broke off
            server.delete(draft)
            server.store(draft, self._pace.pieces(content))
        return draft

    def _draft(self, folders: list[str], name: str, writer: str, *, is_hidden: bool | None = None) -> str:
        hidden = self._takes_hidden if is_hidden is None else is_hidden
        return self._place([*folders, draft_name(name, writer, is_hidden=hidden)])

    @contextmanager
    def _cleared_away(self, server: FileConnection, draft: str) -> Iterator[None]:
        """Leave no temporary file where the server still speaks with us."""
        try:
            yield
        except LightgateError as error:
            # without an answer the line is dead, and asking again would only wait for it
            is_silent = isinstance(error, TargetUnreachable) and not isinstance(error, TargetRefused)
            if not is_silent or error.fields.get("is_answer"):
                with suppress(LightgateError):
                    server.delete(draft)
            raise

    def look(self, path: str) -> RemoteFile | None:
        place = self._place(parts_of(path))

        def look(server: FileConnection) -> RemoteFile | None:
            size = server.size(place)
            if size is None:
                return None
            return RemoteFile(size, server.digest(place) if self._verify == "auto" else None)

        return self._tried(look)

    def read(self, path: str) -> bytes | None:
        place = self._place(parts_of(path))
        return self._tried(lambda server: server.read(place))

    def digest(self, path: str) -> str | None:
        content = self.read(path)
        return None if content is None else hashlib.sha256(content).hexdigest()

    def remove(self, path: str, permit: Permit) -> None:
        *folders, name = parts_of(path)

        def remove(server: FileConnection) -> None:
            permit.ask()
            server.delete(self._place([*folders, name]))
            for depth in range(len(folders), 0, -1):
                folder = self._place(folders[:depth])
                self._folders.discard(folder)
                if not server.remove_folder(folder):
                    break

        self._tried(remove)

    def forget(self, path: str, writer: str) -> None:
        """Remove temporary files, and what stepped aside for them; where hidden names are refused there are others."""
        *folders, name = parts_of(path)

        def forget(server: FileConnection) -> None:
            draft = self._draft(folders, name, writer)
            try:
                server.delete(draft)
                server.delete(aside(draft))
            except TargetRefused as error:
                if not _is_final(error) or not self._takes_hidden or server.size(draft) is not None:
                    raise
                draft = self._draft(folders, name, writer, is_hidden=False)
                server.delete(draft)
                server.delete(aside(draft))

        self._tried(forget)

    def remark(self) -> str | None:
        if self._sets_modes:
            return None
        return (
            f"{self.name} lets nobody set permissions, so that its own settings alone decide whether "
            "visitors may read the file"
        )

    def sweep(self) -> int:
        """Do nothing: the ledger says who may have left what, and walking a whole site takes minutes."""
        return 0

    def close(self) -> None:
        """End the connection; the next use opens another."""
        with self._lock:
            if self._server is not None:
                self._server.close()
            self._server = None
            self._folders.clear()

    def _tried(self, act: Callable[[FileConnection], T]) -> T:
        """Do something over the open connection, again over a new one when it drops."""
        with self._lock:
            for attempt in range(1, TRIES + 1):
                try:
                    done = act(self._opened())
                except StorageFull as error:
                    self._full.failed(error.message)
                    raise
                except TargetUnreachable as error:
                    if not isinstance(error, TargetRefused):
                        self.close()
                    if _is_final(error) or attempt == TRIES:
                        self._note(error)
                        raise
                    log.info("target %s: try %s: %s", self.name, attempt, error.message)
                    self._pause(FIRST_PAUSE_S * 2 ** (attempt - 1))
                else:
                    self._used_at = self._clock()
                    self._away.succeeded()
                    return done
        raise AssertionError("the last try returns or raises")

    def _opened(self) -> FileConnection:
        has_rested = self._clock() - self._used_at > RESTED_S
        if self._server is not None and has_rested and not self._server.is_alive():
            self.close()
        if self._server is None:
            self._server = self._connect()
            self._used_at = self._clock()
        return self._server

    def _note(self, error: LightgateError) -> None:
        if isinstance(error, TargetClosed):
            self._closed.failed(error.message)
        elif not isinstance(error, TargetRefused):
            self._away.failed(error.message)

    def _place(self, parts: list[str]) -> str:
        return self._root + "/".join(parts)

    def _make_folders(self, server: FileConnection, folders: list[str]) -> None:
        whole = self._place(folders).rstrip("/")
        if whole in self._folders:
            return
        start = "/" if whole.startswith("/") else ""
        steps = [step for step in whole.split("/") if step]
        missing = [start + "/".join(steps[: depth + 1]) for depth in range(len(steps))]
        for folder in missing:
            if folder not in self._folders:
                if server.make_folder(folder):
                    server.set_mode(folder, self._modes.folder)
                self._folders.add(folder)

    def _check(self, server: FileConnection, draft: str, path: str, size_bytes: int, wanted: str) -> None:
        """Compare what arrived with what was sent."""
        found = server.size(draft)
        if found != size_bytes:
            reason = f"it says that {path} has {found or 0:,} bytes after {size_bytes:,} were sent"
            raise TargetUnreachable(target=self.name, reason=reason, is_answer=True)
        digest = server.digest(draft) if self._verify == "auto" else None
        if self._verify == "download":
            content = server.read(draft)
            digest = None if content is None else hashlib.sha256(content).hexdigest()
        if digest is not None and digest.lower() != wanted:
            raise TargetUnreachable(target=self.name, reason=f"{path} arrived damaged", is_answer=True)


def _is_final(error: TargetUnreachable) -> bool:
    """Would the same be said again at once? Source: RFC 959 §4.2.1, replies 4yz may be asked again, 5yz may not."""
    if isinstance(error, TargetRefused):
        return not error.fields.get("is_passing")
    return isinstance(error, TargetClosed)
