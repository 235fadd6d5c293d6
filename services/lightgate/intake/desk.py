"""What intake works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Sidecar
from lightgate.domain.route.pipeline import Route
from lightgate.files.data_folder import DataFolder
from lightgate.ports.machine import Dispatch
from lightgate.ports.pictures import HeaderReader
from lightgate.ports.website import Catalogue
from lightgate.store import Store


@dataclass(frozen=True, slots=True)
class IntakeDesk:
    """Where sets are handed in and taken back."""

    store: Store
    folder: DataFolder
    route: Route
    rule: Rule
    headers: HeaderReader
    dispatch: Dispatch
    now: Callable[[], datetime]
    #: asked for photos that are live already; None: not asked
    catalogue: Catalogue | None = None
    max_file_mb: float = 1024
    #: left free on the disk after a submit
    min_free_mb: float = 512
    #: files copied at once
    threads: int = 4
    kill_at: str | None = None
    #: names of the publishing targets that the settings know; None: every one counts
    targets: frozenset[str] | None = None
    #: what is written beside a source
    sidecar: Callable[[Path], Sidecar | None] = lambda source: None
