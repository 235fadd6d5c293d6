"""A process that submits, or rolls back, and may be told where to die: ``python -m support.submitting HOME CARD …``."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from lightgate.errors import LightgateError
from lightgate.intake import SetReport, finish_moves, rollback, submit, sweep
from support.desks import canals, make_desk
from support.stores import NOON

TESTS = Path(__file__).resolve().parent.parent
LATER = NOON.replace(year=2100)


def start(home: Path, card: Path, *options: str) -> subprocess.Popen[str]:
    """Start such a process."""
    command = [sys.executable, "-m", "support.submitting", str(home), str(card), *options]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run(home: Path, card: Path, *options: str) -> tuple[int, str]:
    """Run such a process to its end; give its status and what it said."""
    process = start(home, card, *options)
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def _fill_disk(home: Path) -> None:
    with contextlib.suppress(OSError), (home / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def _print(report: SetReport) -> None:
    print(f"{len(report.photo_ids)} new, {len(report.skipped)} skipped, {report.moved} moved")  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("card", type=Path)
    parser.add_argument("--action", default="submit")
    parser.add_argument("--kill-at")
    parser.add_argument("--move", action="store_true")
    parser.add_argument("--fill-disk", action="store_true")
    asked = parser.parse_args()
    desk = make_desk(asked.home, kill_at=asked.kill_at)
    try:
        if asked.action == "submit":
            if asked.fill_disk:
                # another program fills the disk after the submit looked how much room there is
                desk = replace(desk, min_free_mb=-1000)
                desk.store.engine.connect().close()
                _fill_disk(desk.folder.home)
            submit(desk, [canals(asked.card, move=asked.move)], on_report=_print)
        elif asked.action == "rollback":
            rollback(desk, 1, "ann")
        else:
            finish_moves(desk.store, desk.folder, NOON)
            sweep(desk.store, desk.folder, LATER)
    except LightgateError as error:
        print(f"{error.code}: {error}")  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
