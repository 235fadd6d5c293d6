"""Taking sets in: copies first, proven and on the disk, then all rows of a set in one transaction, then a wake-up."""

from __future__ import annotations

import contextlib
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from lightgate.domain.names.path_text import to_text
from lightgate.domain.route.pipeline import start
from lightgate.engine.kill_point import kill_point
from lightgate.errors import LightgateError, StorageFull
from lightgate.files.durable import sync_folder
from lightgate.files.locks import shared
from lightgate.intake.copies import copy, disk_full, not_written, remove_tree
from lightgate.intake.desk import IntakeDesk
from lightgate.intake.move_sources import Fate, Source, remove_sources
from lightgate.intake.orphans import STAGING_PREFIX, remove_unowned
from lightgate.intake.plan import base_name, plan, same_as, twins_in_queue
from lightgate.intake.reports import PlannedFile, SetPlan, SetReport
from lightgate.intake.request import Request
from lightgate.intake.scan import Skipped
from lightgate.store import Actor, Event, NewPhoto, NewSet, Transaction
from lightgate.store.history import EventKind

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
    desk: IntakeDesk,
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


def _take_in(desk: IntakeDesk, wanted: SetPlan, progress: Progress) -> SetReport:
    placed: list[_Copied] = []
    try:
        added = _copy_and_commit(desk, wanted, progress, placed)
    except BaseException as error:
        with contextlib.suppress(LightgateError, OSError):
            remove_unowned(desk.store, desk.folder, [each.content_hash for each in placed])
        if isinstance(error, OSError):
            raise not_written(error, desk.folder.home) from error
        raise
    if added.photo_ids:
        desk.dispatch.wake(desk.route[0].name)
    return _report(wanted, added, _move(desk, wanted, added.photo_ids))


def _copy_and_commit(desk: IntakeDesk, wanted: SetPlan, progress: Progress, placed: list[_Copied]) -> _Added:
    with shared(desk.folder.intake_lock), _staging_folder(desk) as staging:
        copied = _copy_all(desk, wanted.files, staging, progress)
        fresh, twins = _without_twins(desk, copied)
        kill_point(desk.kill_at, "after_staging")
        placed.extend(fresh)
        _put_in_place(desk, fresh)
        kill_point(desk.kill_at, "after_rename")
        added = _commit(desk, wanted, fresh)
        kill_point(desk.kill_at, "after_commit")
    return replace(added, twins=(*twins, *added.twins))


def _report(wanted: SetPlan, added: _Added, sources: Sequence[Source]) -> SetReport:
    return SetReport(
        title=wanted.request.title,
        slug=added.slug,
        photo_ids=added.photo_ids,
        skipped=tuple(sorted([*wanted.skipped, *added.twins], key=lambda each: each.name)),
        left=wanted.left,
        left_alone=wanted.left_alone,
        warnings=wanted.warnings,
        moved=sum(each.fate is Fate.REMOVED for each in sources),
        kept=tuple(Skipped(each.photo.relative_path, each.reason) for each in sources if each.fate is Fate.KEPT),
    )


def _move(desk: IntakeDesk, wanted: SetPlan, photo_ids: Sequence[int]) -> Sequence[Source]:
    if not wanted.request.move or not photo_ids:
        return ()
    return remove_sources(desk.store, desk.folder, frozenset(photo_ids), desk.now(), kill_at=desk.kill_at)


@contextmanager
def _staging_folder(desk: IntakeDesk) -> Iterator[Path]:
    """Give a folder on the disk of the copies that is gone afterwards, whatever happens."""
    staging = desk.folder.incoming / f"{STAGING_PREFIX}{secrets.token_hex(8)}"
    staging.mkdir(parents=True)
    try:
        yield staging
    finally:
        remove_tree(staging)


def _copy_all(desk: IntakeDesk, files: Sequence[PlannedFile], staging: Path, progress: Progress) -> list[_Copied]:
    with ThreadPoolExecutor(desk.threads) as pool:
        running = [pool.submit(_copy_one, each, staging / str(number)) for number, each in enumerate(files)]
        try:
            for done, future in enumerate(as_completed(running), 1):
                future.result()
                progress(done, len(running))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in running]


def _copy_one(file: PlannedFile, staged: Path) -> _Copied:
    return _Copied(file, staged, copy(file.found, staged))


def _without_twins(desk: IntakeDesk, copied: Sequence[_Copied]) -> tuple[list[_Copied], list[Skipped]]:
    """Keep the first of equal files, in the order of their names, and none that the queue has."""
    in_queue = twins_in_queue(desk, [each.content_hash for each in copied])
    first: dict[str, _Copied] = {}
    twins: list[Skipped] = []
    for each in copied:
        name = each.file.found.name
        if each.content_hash in in_queue:
            twins.append(Skipped(name, *in_queue[each.content_hash]))
        elif first.setdefault(each.content_hash, each) is not each:
            twins.append(same_as(name, first[each.content_hash].file.found.name))
    return list(first.values()), twins


def _put_in_place(desk: IntakeDesk, copied: Sequence[_Copied]) -> None:
    folders = set()
    for each in copied:
        place = desk.folder.original(each.content_hash, each.file.suffix)
        place.parent.mkdir(exist_ok=True)
        each.staged.replace(place)
        folders.add(place.parent)
    for folder in (*folders, desk.folder.incoming):
        sync_folder(folder)


@dataclass(frozen=True, slots=True)
class _Added:
    """What came into the queue."""

    slug: str | None = None
    photo_ids: tuple[int, ...] = ()
    #: files whose content was there first
    twins: tuple[Skipped, ...] = ()


def _commit(desk: IntakeDesk, wanted: SetPlan, copied: Sequence[_Copied]) -> _Added:
    at = desk.now()
    try:
        with desk.store.writing() as tx:
            there = tx.photos.with_hash([each.content_hash for each in copied])
            added = _add_all(tx, desk, wanted, [each for each in copied if each.content_hash not in there], at)
    except StorageFull as error:
        raise disk_full(desk.folder.home) from error
    in_queue = twins_in_queue(desk, list(there))
    late = [each for each in copied if each.content_hash in in_queue]
    return replace(added, twins=tuple(Skipped(each.file.found.name, *in_queue[each.content_hash]) for each in late))


def _add_all(tx: Transaction, desk: IntakeDesk, wanted: SetPlan, copied: Sequence[_Copied], at: datetime) -> _Added:
    if not copied:
        return _Added()
    new_set = tx.sets.add(_new_set(wanted), at)
    return _Added(new_set.slug, tuple(_add(tx, desk, new_set.id, wanted, each, at) for each in copied))


def _new_set(wanted: SetPlan) -> NewSet:
    asked = wanted.request
    return NewSet(
        title=asked.title,
        subject=asked.subject,
        location=asked.location,
        folder=asked.folder,
        brief=asked.brief,
        source=wanted.source,
        languages=asked.languages,
        on_error=asked.on_error,
    )


def _add(tx: Transaction, desk: IntakeDesk, set_id: int, wanted: SetPlan, copied: _Copied, at: datetime) -> int:
    found, position = copied.file.found, start(desk.route)
    new = NewPhoto(
        original_file_name=base_name(found.name),
        relative_path=found.name,
        source_path=to_text(str(found.path)),
        content_hash=copied.content_hash,
        size_bytes=found.size_bytes,
        suffix=copied.file.suffix,
        remove_source=wanted.request.move,
        source_mode=stat.S_IMODE(found.mode),
        sidecar=copied.file.sidecar,
    )
    photo_id = tx.photos.add(set_id, new, position, at)
    place = f"{position.step}:{position.status}"
    tx.events.add(Event(photo_id, set_id, at, Actor.PERSON, "submit", EventKind.POSITION, position.step, None, place))
    return photo_id
