"""One line a log entry, the same for every process: UTC time, level, process, where, what."""

from __future__ import annotations

import logging
import time


def set_up_logs(level: str) -> None:
    """Write this process's log to stderr."""
    form = logging.Formatter("%(asctime)s %(levelname)-7s %(process)d %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    form.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(form)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # their INFO lines say nothing that a person looks for
    for name in ("alembic", "httpx", "kombu"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # libvips warns of every damaged picture, which is already said as the photo's failure
    logging.getLogger("pyvips").setLevel(logging.ERROR)
