"""Whoever changes what is live of a photo holds a row for it: one at a time, for as long as its process moves.

A kernel lock was never given up by a process that stands still, and held up every photo that shared it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from lightgate.errors import HoldLost, StorageFull, StoreBusy
from lightgate.store import Store, Transaction
from lightgate.store.lease import Heartbeat

log = logging.getLogger(__name__)

#: a hold whose process stands still is over after this
LEASE_S = 60.0


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to change what is live of one photo."""

    photo_id: int
    #: rises with every hold of the photo
    token: int

    @property
    def writer(self) -> str:
        """Name the writer for temporary files, see ``ports.website.Permit``."""
        return f"{self.photo_id}-{self.token}"

    def require(self, tx: Transaction) -> None:
        """Make sure that it still is ours.

        Raises:
            HoldLost: we stood still, and somebody else may have gone on.
        """
        if not tx.holds.is_held(self.photo_id, self.token):
            raise HoldLost


@contextmanager
def held(
    store: Store, photo_id: int, owner: str, now: Callable[[], datetime], *, claim_token: int | None = None
) -> Iterator[Hold | None]:
    """Hold a photo while the block runs; None where somebody else holds it.

    Args:
        owner: who it is, for people who look into the database.
        claim_token: of a publish worker: with its claim the hold is over, too, and nobody has to free it.
    """
    at = now()
    with store.writing() as tx:
        token = tx.holds.take(photo_id, owner, at, at + timedelta(seconds=LEASE_S), claim_token)
    if token is None:
        yield None
        return
    try:
        with Heartbeat(store, now, LEASE_S, lambda tx, until: tx.holds.renew(photo_id, token, until)):
            yield Hold(photo_id, token)
    finally:
        if claim_token is None:
            _free(store, photo_id, token)


def _free(store: Store, photo_id: int, token: int) -> None:
    try:
        with store.writing() as tx:
            tx.holds.free(photo_id, token)
    except (StoreBusy, StorageFull) as error:
        log.warning("photo %s stays held for up to %.0f s: %s", photo_id, LEASE_S, error.message)
