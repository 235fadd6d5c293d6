"""A lease is kept alive by a thread that stands still with its process: a frozen worker loses what it held."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from lightgate.errors import StorageFull, StoreBusy
from lightgate.store import Store, Transaction

log = logging.getLogger(__name__)

#: leases are renewed this many times within their length
RENEWALS = 4


class Heartbeat:
    """Renews a lease while something is worked on."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        lease_s: float,
        renew: Callable[[Transaction, datetime], object],
    ) -> None:
        self._store = store
        self._now = now
        self._lease_s = lease_s
        self._renew = renew
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._lease_s / RENEWALS):
            try:
                with self._store.writing() as tx:
                    self._renew(tx, self._now() + timedelta(seconds=self._lease_s))
            except (StoreBusy, StorageFull) as error:
                log.warning("leases were not renewed: %s", error.message)
