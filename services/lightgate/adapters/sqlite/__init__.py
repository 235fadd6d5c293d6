"""The state store on one SQLite file, through SQLAlchemy. Imports the store and below."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from lightgate.adapters.sqlite.engine import make_engine
from lightgate.adapters.sqlite.facets.figures import Figures, Notes
from lightgate.adapters.sqlite.facets.history import Approvals, Events
from lightgate.adapters.sqlite.facets.holds import Holds
from lightgate.adapters.sqlite.facets.known_texts import KnownTexts
from lightgate.adapters.sqlite.facets.ledger import Publications
from lightgate.adapters.sqlite.facets.names import Names
from lightgate.adapters.sqlite.facets.people import Users
from lightgate.adapters.sqlite.facets.photos import Photos
from lightgate.adapters.sqlite.facets.pictures import Pictures
from lightgate.adapters.sqlite.facets.queue import Queue
from lightgate.adapters.sqlite.facets.releases import Redirects, Releases
from lightgate.adapters.sqlite.facets.requests import Requests
from lightgate.adapters.sqlite.facets.review_site import Audit, Views
from lightgate.adapters.sqlite.facets.sets import Sets
from lightgate.adapters.sqlite.facets.vocabulary import Vocabulary
from lightgate.adapters.sqlite.faults import translated


class SqliteTransaction:
    """One open transaction with its facets."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @cached_property
    def known_texts(self) -> KnownTexts:
        return KnownTexts(self.connection)

    @cached_property
    def requests(self) -> Requests:
        return Requests(self.connection)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.connection)

    @cached_property
    def queue(self) -> Queue:
        return Queue(self.connection)

    @cached_property
    def photos(self) -> Photos:
        return Photos(self.connection)

    @cached_property
    def sets(self) -> Sets:
        return Sets(self.connection)

    @cached_property
    def names(self) -> Names:
        return Names(self.connection)

    @cached_property
    def approvals(self) -> Approvals:
        return Approvals(self.connection)

    @cached_property
    def events(self) -> Events:
        return Events(self.connection)

    @cached_property
    def publications(self) -> Publications:
        return Publications(self.connection)

    @cached_property
    def releases(self) -> Releases:
        return Releases(self.connection)

    @cached_property
    def holds(self) -> Holds:
        return Holds(self.connection)

    @cached_property
    def redirects(self) -> Redirects:
        return Redirects(self.connection)

    @cached_property
    def users(self) -> Users:
        return Users(self.connection)

    @cached_property
    def pictures(self) -> Pictures:
        return Pictures(self.connection)

    @cached_property
    def notes(self) -> Notes:
        return Notes(self.connection)

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.connection)

    @cached_property
    def views(self) -> Views:
        return Views(self.connection)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.connection)


class SqliteStore:
    """Fulfils ``store.Store``; makes its engine in the process that uses it, since a handle must not cross a fork."""

    def __init__(self, path: Path, *, durable: bool = True, busy_timeout_s: float = 30.0) -> None:
        self.path = path
        self._durable = durable
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._pid = 0

    @property
    def engine(self) -> Engine:
        """The engine of this process."""
        with self._lock:
            if self._engine is None or self._pid != os.getpid():
                self._engine = make_engine(self.path, durable=self._durable, busy_timeout_s=self._busy_timeout_s)
                self._pid = os.getpid()
            return self._engine

    @contextmanager
    def reading(self) -> Iterator[SqliteTransaction]:
        with translated(self.path), self.engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
            yield SqliteTransaction(connection)

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        with translated(self.path), self.engine.begin() as connection:
            yield SqliteTransaction(connection)

    def close(self) -> None:
        """Close the connections of this process."""
        with self._lock:
            if self._engine is not None and self._pid == os.getpid():
                self._engine.dispose()
            self._engine = None
