"""Ends a worker whose event loop stands still while the broker is connected, so that its supervisor starts a new one.

A frozen connection can stop Celery's loop for ever: the process lives, answers nothing and takes no message. Without a
broker the loop rests on purpose, so then the switch is off. A worker that was told to stop, and cannot since the broker
is away, is ended too. A file tells the outside how the worker is.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery import bootsteps

from lightgate.files import heartbeat_file

log = logging.getLogger(__name__)

#: a loop that has not turned for so long will not turn again
PATIENCE_S = 60.0
BEAT_S = 5.0
#: a stop that is past its soft part takes a moment, or waits for a broker that is away
LAST_S = 5.0
#: exit status of a worker that ended itself
STOOD_STILL = 70


class DeadMan:
    """A thread that watches the loop from outside it."""

    def __init__(
        self,
        worker: str,
        run_folder: Path,
        end: Callable[[int], object] = os._exit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._worker = worker
        self._run_folder = run_folder
        self._end = end
        self._clock = clock
        self._turned: float | None = None
        self._must_end_at: float | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="dead-man", daemon=True)

    def arm(self) -> None:
        """The broker is connected: from now on the loop must turn."""
        self._turned = self._clock()

    def disarm(self) -> None:
        """The broker is away: a loop that stands still is no fault."""
        self._turned = None

    def beat(self) -> None:
        """The loop turned."""
        if self._turned is not None:
            self._turned = self._clock()

    def expect_end(self) -> None:
        """The worker stops: its process must be gone in a moment."""
        self._must_end_at = self._clock() + LAST_S

    def start(self) -> None:
        """Begin to watch; once."""
        if not self._thread.is_alive() and not self._over.is_set():
            self._run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._thread.start()

    def stop(self) -> None:
        """The worker ends in good order."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(BEAT_S)
        heartbeat_file.heartbeat_file(self._run_folder, self._worker).unlink(missing_ok=True)

    def look(self) -> None:
        """End the process if the loop has stood still for too long; else say how the worker is."""
        turned, last = self._turned, self._must_end_at
        if last is not None and self._clock() > last:
            log.critical("%s: it does not come to its end; ending the worker", self._worker)
            self._end(STOOD_STILL)
        still_s = 0.0 if turned is None else self._clock() - turned
        if still_s > PATIENCE_S:
            log.critical("%s: the loop has stood still for %.0f s; ending the worker", self._worker, still_s)
            self._end(STOOD_STILL)
        self._tell(is_connected=turned is not None, still_s=still_s)

    def _watch(self) -> None:
        self.look()
        while not self._over.wait(BEAT_S):
            self.look()

    def _tell(self, *, is_connected: bool, still_s: float) -> None:
        try:
            heartbeat_file.tell(self._run_folder, self._worker, is_connected=is_connected, still_s=still_s)
        except OSError as error:
            log.warning("%s cannot be written: %s", error.filename, error.strerror)


def pulse(make: Callable[[str], DeadMan]) -> type[bootsteps.StartStopStep]:
    """Make the consumer step that arms the switch when the broker is connected and disarms it when it is lost."""

    # Celery has no types
    class Pulse(bootsteps.StartStopStep):  # type: ignore[misc]
        requires = ("celery.worker.consumer.tasks:Tasks",)

        def __init__(self, consumer: Any, **options: Any) -> None:
            super().__init__(consumer, **options)
            self._dead_man = make(consumer.hostname)
            self._timer: Any = None

        def start(self, consumer: Any) -> None:
            self._dead_man.arm()
            self._timer = consumer.timer.call_repeatedly(BEAT_S, self._dead_man.beat)
            self._dead_man.start()

        def stop(self, consumer: Any) -> None:
            self._dead_man.disarm()
            if self._timer is not None:
                self._timer.cancel()

        def shutdown(self, consumer: Any) -> None:
            self._dead_man.stop()

    return Pulse
