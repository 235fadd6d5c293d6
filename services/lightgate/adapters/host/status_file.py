"""How the processes of a running installation are doing, as ``data/run/up.json`` tells other commands."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lightgate.files.durable import write_whole

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """How one process is doing."""

    #: None while it waits for its next start
    pid: int | None
    #: it has said that it is at work
    is_ready: bool
    #: ends within a minute of its start, in a row
    falls: int
    #: its log file
    log: str


@dataclass(frozen=True, slots=True)
class HouseReport:
    """How the installation is doing."""

    pid: int
    is_ready: bool
    processes: dict[str, ProcessReport]
    #: what a person opens, by name
    urls: dict[str, str] = field(default_factory=dict)


def read_report(file: Path) -> HouseReport | None:
    """Read what a running supervisor last said; None when it has said nothing."""
    try:
        said = json.loads(file.read_text("utf-8"))
        said["processes"] = {name: ProcessReport(**process) for name, process in said["processes"].items()}
        return HouseReport(**said)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_report(file: Path, report: HouseReport) -> None:
    """Say how it stands; a full disk is no reason to stop."""
    try:
        write_whole(file, json.dumps(asdict(report)).encode(), lasts=False, draft=file.with_suffix(".new"))
    except OSError as error:
        log.warning("%s cannot be written: %s", file, error.strerror)
