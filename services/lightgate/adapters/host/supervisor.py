"""Keeps the processes of one installation alive, and ends them in order."""

from __future__ import annotations

import logging
import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from lightgate.adapters.host.child import Child, Program, turn_over
from lightgate.adapters.host.status_file import HouseReport, ProcessReport, write_report

_TICK_S = 0.25
_LONGEST_PAUSE_S = 30.0
#: a process that ran for so long has not failed at its start
_STEADY_S = 60.0
_LOG_CHECK_S = 30.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Managed:
    """A program and its present run."""

    program: Program
    child: Child | None = None
    falls: int = 0
    is_ready: bool = False
    restart_at: float = 0.0


class Supervisor:
    """Starts programs, restarts what ends, stops all when a signal asks. Used as a context, in the main thread."""

    def __init__(
        self,
        programs: Sequence[Program],
        environ: Mapping[str, str],
        inherit: Sequence[int],
        report_file: Path,
        urls: Mapping[str, str],
    ) -> None:
        self._managed = {program.name: _Managed(program) for program in programs}
        self._environ = dict(environ)
        self._inherit = tuple(inherit)
        self._report_file = report_file
        self._urls = dict(urls)
        self._stops = 0
        self._logs_checked = time.monotonic()
        self._signals = _Signals(self._count_stop)

    def __enter__(self) -> Self:
        self._signals.listen()
        return self

    def __exit__(self, *_error: object) -> None:
        for managed in self._managed.values():
            if managed.child:
                managed.child.kill_group()
        self._report_file.unlink(missing_ok=True)
        self._signals.close()

    def start_first(self, name: str, patience_s: float) -> bool:
        """Start one program ahead of the others; False when it is not at work in time."""
        managed = self._managed[name]
        until = time.monotonic() + patience_s
        while not managed.is_ready and not self._stops and time.monotonic() < until:
            self._look_at(managed)
            self._signals.wait(0.05)
        return managed.is_ready

    def watch(self, on_change: Callable[[HouseReport], None]) -> None:
        """Keep everything running until a signal asks to stop."""
        while not self._stops:
            before = self._faces()
            for managed in self._managed.values():
                self._look_at(managed)
            if self._faces() != before:
                report = self._report()
                write_report(self._report_file, report)
                on_change(report)
            self._turn_logs_over()
            self._signals.wait(_TICK_S)

    def stop(self, groups: Sequence[Sequence[str]]) -> None:
        """End the programs, one group after the other; another signal ends the patience."""
        log.info("stopping")
        asked = self._stops
        for names in groups:
            children = [managed.child for name in names if (managed := self._managed.get(name)) and managed.child]
            for child in children:
                child.ask_to_stop()
            began = time.monotonic()
            for child in children:
                self._see_off(child, began, asked)

    def _see_off(self, child: Child, began: float, asked: int) -> None:
        while not child.wait(_TICK_S):
            is_late = time.monotonic() - began > child.program.stop_patience_s
            if is_late or self._stops > asked:
                log.warning("%s does not stop; killed", child.program.name)
                break
        child.kill_group()
        self._managed[child.program.name].child = None

    def _count_stop(self) -> None:
        self._stops += 1

    def _look_at(self, managed: _Managed) -> None:
        if managed.child is None:
            if time.monotonic() >= managed.restart_at:
                self._start(managed)
            return
        code = managed.child.exit_code()
        if code is not None:
            self._reap(managed, managed.child, code)
        elif not managed.is_ready:
            managed.is_ready = managed.program.is_ready(managed.child.pid)

    def _start(self, managed: _Managed) -> None:
        try:
            managed.child = Child(managed.program, self._environ, self._inherit)
        except OSError as error:
            log.warning("%s cannot be started: %s", managed.program.name, error.strerror)
            self._schedule_restart(managed)
        else:
            log.info("%s started, process %d", managed.program.name, managed.child.pid)

    def _reap(self, managed: _Managed, child: Child, code: int) -> None:
        log.warning("%s ended (%s)", managed.program.name, f"signal {-code}" if code < 0 else f"exit status {code}")
        child.kill_group()
        if time.monotonic() - child.started > _STEADY_S:
            managed.falls = 0
        self._schedule_restart(managed)

    def _schedule_restart(self, managed: _Managed) -> None:
        managed.child, managed.is_ready = None, False
        managed.restart_at = time.monotonic() + min(_LONGEST_PAUSE_S, 0.5 * 2**managed.falls)
        managed.falls += 1

    def _turn_logs_over(self) -> None:
        if time.monotonic() - self._logs_checked > _LOG_CHECK_S:
            self._logs_checked = time.monotonic()
            for managed in self._managed.values():
                turn_over(managed.program.log)

    def _faces(self) -> list[tuple[int | None, bool]]:
        return [(managed.child.pid if managed.child else None, managed.is_ready) for managed in self._managed.values()]

    def _report(self) -> HouseReport:
        processes = {
            name: ProcessReport(
                managed.child.pid if managed.child else None, managed.is_ready, managed.falls, str(managed.program.log)
            )
            for name, managed in self._managed.items()
        }
        is_ready = all(process.is_ready for process in processes.values())
        return HouseReport(os.getpid(), is_ready, processes, self._urls)


class _Signals:
    """Hears SIGTERM, SIGINT and ended children while waiting, and never in the middle of something."""

    def __init__(self, on_stop: Callable[[], None]) -> None:
        self._on_stop = on_stop
        self._restore = ExitStack()
        self._reader = -1

    def listen(self) -> None:
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        self._restore.callback(os.close, self._reader)
        self._restore.callback(os.close, writer)
        self._restore.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(writer, warn_on_full_buffer=False))
        for number, heard in ((signal.SIGTERM, True), (signal.SIGINT, True), (signal.SIGCHLD, False)):
            self._restore.callback(signal.signal, number, signal.signal(number, self._handler(heard)))

    def _handler(self, is_stop: bool) -> Callable[[int, FrameType | None], None]:
        def handle(_number: int, _frame: FrameType | None) -> None:
            if is_stop:
                self._on_stop()

        return handle

    def wait(self, patience_s: float) -> None:
        """Wait for a signal, or for the time to pass."""
        if select.select([self._reader], [], [], patience_s)[0]:
            os.read(self._reader, 512)

    def close(self) -> None:
        self._restore.close()
