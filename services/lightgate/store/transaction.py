"""One transaction over all facets, and the store that opens it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from lightgate.store.figures import Figures, Notes
from lightgate.store.history import Approvals, Events
from lightgate.store.holds import Holds
from lightgate.store.known_texts import KnownTexts
from lightgate.store.ledger import Publications
from lightgate.store.names import Names
from lightgate.store.people import Users
from lightgate.store.photos import Photos
from lightgate.store.pictures import Pictures
from lightgate.store.queue import Queue
from lightgate.store.releases import Redirects, Releases
from lightgate.store.requests import Requests
from lightgate.store.review_site import Audit, Views
from lightgate.store.sets import Sets
from lightgate.store.vocabulary import Vocabulary


class Transaction(Protocol):
    @property
    def known_texts(self) -> KnownTexts: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def photos(self) -> Photos: ...
    @property
    def sets(self) -> Sets: ...
    @property
    def names(self) -> Names: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def events(self) -> Events: ...
    @property
    def publications(self) -> Publications: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def holds(self) -> Holds: ...
    @property
    def redirects(self) -> Redirects: ...
    @property
    def users(self) -> Users: ...
    @property
    def pictures(self) -> Pictures: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def figures(self) -> Figures: ...
    @property
    def views(self) -> Views: ...
    @property
    def audit(self) -> Audit: ...


class Store(Protocol):
    def reading(self) -> AbstractContextManager[Transaction]:
        """A consistent view that never takes the write lock."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """One write transaction (``BEGIN IMMEDIATE``); rolled back on any error.

        Raises:
            StoreBusy: the lock was not to be had in time.
            StorageFull: the disk is full; nothing was written.
        """

    def close(self) -> None: ...
