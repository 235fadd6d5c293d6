"""Taking sets in: copies first, proven and on the disk, then all rows of a set in one transaction, then a wake-up."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lightgate.domain.path_text import to_text
from lightgate.domain.pipeline import start
from lightgate.errors import InputInvalid, StorageFull
from lightgate.file_lock import shared
from lightgate.intake.asked import Request
from lightgate.intake.copies import copy, remove_tree, sync_folder
from lightgate.intake.desk import Desk
from lightgate.intake.moves import Fate, Source, remove_sources
from lightgate.intake.orphans import STAGING_PREFIX, intake_lock, remove_unowned
from lightgate.intake.planning import base_name, plan, same_as, twins_in_queue
from lightgate.intake.reports import PlannedFile, SetPlan, SetReport
from lightgate.intake.scan import Skipped
from lightgate.kill_point import kill_point
from lightgate.store import Actor, Event, NewPhoto, NewSet, Transaction

#: copied files of a set, and all of them
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Copied:
    """A file whose copy is proven."""

    file: PlannedFile
    #: in the staging folder
    staged: Path
    content_hash: str


def submit(
    desk: Desk,
    requests: Sequence[Request],
    *,
    progress: Progress = lambda done, total: None,
    on_report: Callable[[SetReport], None] = lambda report: None,
) -> tuple[SetReport, ...]:
    """Take in sets, after all of them were found to be in order; ``on_report`` hears of each as it is done.

    Each set comes in whole or not at all. After a crash at any point the same call takes in what is missing.

    Raises:
        InputInvalid: a field, folder or file that is not usable.
        NameTooLong: names would pass the limit.
        SourceChanged: a file changed or vanished while it was copied.
        StorageFull: the copies do not fit.
    """
    reports = []
    for each in plan(desk, requests, is_dry_run=False):
        report = _take_in(desk, each, progress)
        on_report(report)
        reports.append(report)
    return tuple(reports)


def _take_in(desk: Desk, wanted: SetPlan, progress: Progress) -> SetReport:
    with shared(intake_lock(desk.folder)), _staging_folder(desk) as staging:
        copied, twins = _without_twins(_copy_all(desk, wanted.files, staging, progress))
        kill_point(desk.kill_at, "after_staging")
        _put_in_place(desk, copied)
        kill_point(desk.kill_at, "after_rename")
        try:
            added = _commit(desk, wanted, copied)
        except BaseException:
            added = None
            raise
        finally:
            left_over = copied if added is None else []
    ...
