"""The process that puts right, every few seconds, what was lost on the way."""

from __future__ import annotations

import logging
import signal
import threading

from lightgate.engine.context import RunnerContext
from lightgate.engine.reconcile import reconcile
from lightgate.errors import Transient

log = logging.getLogger(__name__)


def keep_reconciling(context: RunnerContext, every_s: float) -> None:
    """Reconcile until SIGTERM or SIGINT."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: over.set())
    while not over.is_set():
        try:
            report = reconcile(context)
        except Transient as error:
            log.warning("not reconciled: %s", error.message)
        else:
            if report.lapsed:
                log.warning("%d photos were taken back from workers that were lost", report.lapsed)
        over.wait(every_s)
