"""One line a log entry, the same for every process: UTC time, level, process, where, what."""

from __future__ import annotations

import logging
import time

from lightgate.domain.addresses import without_secrets


def set_up_logs(level: str) -> None:
    """Write this process's log to stderr."""
    form = _Discreet("%(asctime)s %(levelname)-7s %(process)d %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    form.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(form)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # their INFO lines say nothing that a person looks for
    for name in ("alembic", "httpx", "kombu"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # libvips warns of every damaged picture, which is already said as the photo's failure
    logging.getLogger("pyvips").setLevel(logging.ERROR)


class _Discreet(logging.Formatter):
    """Whoever logs an address, its password stays out, in a traceback too."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
