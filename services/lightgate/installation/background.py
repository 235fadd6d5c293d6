"""Starting an installation that goes on without its terminal, asking how it is, and ending it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from lightgate.adapters.host.child import last_lines, turn_over
from lightgate.adapters.host.instance_lock import Instance
from lightgate.adapters.host.status_file import HouseReport, read_report
from lightgate.errors import AlreadyRunning, NotUp
from lightgate.files.data_folder import DataFolder
from lightgate.installation.run import EARLIER_RUN_S, report_file

_POLL_S = 0.2
_START_S = 120.0
#: a process that ended so often at its start will not come up by itself
_FALLS = 3
_STOP_S = 90.0
_LAST_S = 5.0


def how_it_is(folder: DataFolder) -> HouseReport | None:
    """Ask the running installation how it is; None when none runs, or it has not said yet."""
    pid = Instance(folder).supervisor()
    report = read_report(report_file(folder)) if pid else None
    return report if report and report.pid == pid else None


def start(argv: Sequence[str], environ: Mapping[str, str], folder: DataFolder) -> HouseReport:
    """Start ``lightgate up`` without a terminal and wait until everything is at work.

    Raises:
        AlreadyRunning: it runs already.
        NotUp: it ended, or a process of it does not come up; with what it said last, and its ``exit_code``.
    """
    if Instance(folder).supervisor() is not None:
        raise AlreadyRunning(home=folder.home)
    folder.logs.mkdir(parents=True, exist_ok=True)
    log = folder.logs / "up.log"
    turn_over(log)
    with log.open("ab") as opened:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=opened, stderr=opened, env=dict(environ), start_new_session=True
        )
    until = time.monotonic() + EARLIER_RUN_S + _START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            said = " ".join(last_lines(log, 1)).removeprefix("lightgate: ") or None
            raise NotUp(said, exit_code=process.returncode)
        report = how_it_is(folder)
        if report and report.is_ready:
            return report
        _refuse_failing(report)
        time.sleep(_POLL_S)
    waiting = [name for name, each in report.processes.items() if not each.is_ready] if report else []
    raise NotUp(f"Still not at work after {_START_S:.0f} seconds: {', '.join(waiting)}; see {folder.logs}.")


def _refuse_failing(report: HouseReport | None) -> None:
    for name, process in (report.processes if report else {}).items():
        if process.falls >= _FALLS:
            said = " / ".join(last_lines(Path(process.log), 2))
            raise NotUp(f"The {name} process does not come up ({said}); see {process.log}. Stop with: lightgate down")


def stop(folder: DataFolder) -> bool:
    """Ask the running installation to stop and wait for its last process; False when nothing runs.

    Raises:
        NotUp: something does not stop.
    """
    instance = Instance(folder)
    pid = instance.supervisor()
    if pid is None and not instance.has_family():
        return False
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
    if not instance.wait_until_gone(_STOP_S):
        raise NotUp(f"Something of the installation on {folder.home} does not stop; see {folder.logs}.")
    _see_out(pid)
    return True


def _see_out(pid: int | None) -> None:
    """Wait for the supervisor's very end: its locks are free a moment before."""
    until = time.monotonic() + _LAST_S
    while pid is not None and time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
