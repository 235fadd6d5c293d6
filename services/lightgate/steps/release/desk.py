"""What a person needs to change what is live: the queue, the website, and the key that seals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from lightgate.domain.route.pipeline import Route
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import Website
from lightgate.store import Store
from lightgate.website.debts import Books
from lightgate.website.live_hold import Hold, held

BUSY = "What the website shows of this photo is being changed right now; try again in a moment."


@dataclass(frozen=True, slots=True)
class ReleaseDesk:
    """Where a person releases photos and takes them off again."""

    store: Store
    folder: DataFolder
    route: Route
    website: Website
    now: Callable[[], datetime]
    #: told a step, once photos stand there
    wake: Callable[[str], object]
    #: seals approvals and releases
    key: bytes = field(repr=False)

    @property
    def books(self) -> Books:
        """What settling debts works with."""
        return Books(self.store, self.folder, self.website, self.now, self.key)

    @contextmanager
    def holding(self, photo_id: int, by: str) -> Iterator[Hold | None]:
        """Keep workers, and other persons, from changing what is live of a photo; None where one of them does."""
        with held(self.store, photo_id, by, self.now) as hold:
            yield hold
