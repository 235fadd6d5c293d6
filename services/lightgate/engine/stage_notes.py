"""What a stage says of itself on the site and in ``lightgate status``, under the notes' keys: ``caption.status``."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lightgate.errors import StorageFull, StoreBusy
from lightgate.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StageNotes:
    """Writes a note when it changed; it is only information, so a busy or full disk may cost it."""

    store: Store
    #: what this process wrote last
    _noted: dict[str, str | None] = field(default_factory=dict, init=False)

    def put(self, key: str, value: str | None) -> None:
        """Write, or remove, one note."""
        if self._noted.get(key, "") == value:
            return
        try:
            with self.store.writing() as tx:
                if tx.notes.get(key) != value:
                    tx.notes.put(key, value, datetime.now(UTC))
        except (StoreBusy, StorageFull) as error:
            log.warning("note %s was not written: %s", key, error.message)
        else:
            self._noted[key] = value
