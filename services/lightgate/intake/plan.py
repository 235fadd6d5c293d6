"""What a submit would do, found out without touching anything: headers, limits, room, duplicates, names."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from lightgate.adapters.metadata.formats import KINDS
from lightgate.domain.names import naming
from lightgate.domain.names.naming import Wanted
from lightgate.domain.names.path_text import from_text, to_text
from lightgate.errors import CatalogueUnreachable, Rejected, StorageFull
from lightgate.intake.copies import hash_of
from lightgate.intake.desk import IntakeDesk
from lightgate.intake.move_sources import require_removable
from lightgate.intake.reports import PlannedFile, SetPlan
from lightgate.intake.request import Request, checked
from lightgate.intake.scan import Skipped, SourceFile, leave_raw_pairs, scan
from lightgate.names.reserve import allocate_free
from lightgate.ports.pictures import Header

_MB = 1_000_000


@dataclass(slots=True)
class _Known:
    """What earlier sets of the same submission hold."""

    #: highest counter by stem
    counters: dict[str, int] = field(default_factory=dict)
    #: where content was met first, by hash
    hashes: dict[str, str] = field(default_factory=dict)


def plan(desk: IntakeDesk, requests: Sequence[Request], *, is_dry_run: bool = True) -> tuple[SetPlan, ...]:
    """Find out what submitting these sets would do. Nothing is written anywhere.

    A dry run reads files that could be twins whole; a real one leaves those of the same submission to the copying,
    which reads them anyway.

    Raises:
        InputInvalid: a field or folder that is not usable.
        SourceChanged: a file is still being written.
        NameTooLong: names would pass the limit.
        StorageFull: the copies would not fit.
    """
    # all fields first: a slip in the last set costs no time
    wanted = [checked(request) for request in requests]
    known = _Known()
    plans = tuple(_plan_set(desk, request, known, is_dry_run) for request in wanted)
    _require_room(desk, sum(each.size_bytes for each in plans))
    return plans


def _plan_set(desk: IntakeDesk, request: Request, known: _Known, is_dry_run: bool) -> SetPlan:
    found = scan(request.paths, recursive=request.recursive, max_bytes=desk.max_file_mb * _MB)
    readable, unreadable = _read_headers(desk, found.files)
    leave_raw_pairs(found, {each.name for each in unreadable})
    taken = {each.name for each in found.files}
    readable = [each for each in readable if each.found.name in taken]
    unreadable = [each for each in unreadable if each.name in taken]
    if request.move:
        require_removable(each.path for each in found.files)
    fresh, twins = _without_twins(desk, readable, known, is_dry_run)
    return SetPlan(
        request=request,
        source=to_text(str(found.root)),
        files=tuple(fresh),
        skipped=tuple(sorted([*found.skipped, *unreadable, *twins], key=lambda each: each.name)),
        left=found.left_lines(),
        left_alone=found.left_alone,
        warnings=tuple(_warnings(desk, fresh)),
        names=_names(desk, request, fresh, known),
    )


def _read_headers(desk: IntakeDesk, files: Sequence[SourceFile]) -> tuple[list[PlannedFile], list[Skipped]]:
    with ThreadPoolExecutor(desk.threads) as pool:
        headers = list(pool.map(lambda each: _header(desk, each), files))
    readable, skipped = [], []
    for found, header in zip(files, headers, strict=True):
        if isinstance(header, str):
            skipped.append(Skipped(found.name, header))
        else:
            sidecar = desk.sidecar(found.path)
            readable.append(PlannedFile(found, KINDS[header.format].endings[0], header.exif, sidecar=sidecar))
    return readable, skipped


def _header(desk: IntakeDesk, found: SourceFile) -> Header | str:
    """Read a header, or say why not."""
    try:
        header = desk.headers.read(found.path)
    except Rejected as error:
        return error.message
    except OSError as error:
        return f"It cannot be read: {error.strerror}."
    return header if header.format in KINDS else f"{header.format} files are not taken in."


def _without_twins(
    desk: IntakeDesk, files: Sequence[PlannedFile], known: _Known, is_dry_run: bool
) -> tuple[list[PlannedFile], list[Skipped]]:
    hashed = _hashed(desk, files, is_dry_run)
    in_queue = twins_in_queue(desk, [each.content_hash for each in hashed if each.content_hash])
    fresh: list[PlannedFile] = []
    skipped: list[Skipped] = []
    for each in hashed:
        twin = in_queue.get(each.content_hash or "")
        first = known.hashes.setdefault(each.content_hash, each.found.name) if each.content_hash else each.found.name
        if twin:
            skipped.append(Skipped(each.found.name, *twin))
        elif first != each.found.name:
            skipped.append(same_as(each.found.name, first))
        else:
            fresh.append(each)
    return fresh, skipped


def _hashed(desk: IntakeDesk, files: Sequence[PlannedFile], is_dry_run: bool) -> list[PlannedFile]:
    """Hash only files whose size the queue knows: another size is another picture."""
    with desk.store.reading() as tx:
        sizes = set(tx.photos.known_sizes())
    if is_dry_run:
        sizes |= {size for size, count in Counter(each.found.size_bytes for each in files).items() if count > 1}
    with ThreadPoolExecutor(desk.threads) as pool:
        return list(pool.map(lambda each: _with_hash(each) if each.found.size_bytes in sizes else each, files))


def _with_hash(file: PlannedFile) -> PlannedFile:
    return replace(file, content_hash=hash_of(file.found))


def twins_in_queue(desk: IntakeDesk, hashes: Sequence[str]) -> Mapping[str, tuple[str, int]]:
    """Say, by content hash, which photo of the queue has the same content."""
    with desk.store.reading() as tx:
        ids = tx.photos.with_hash(hashes)
        sets = {photo.id: photo.set_slug for photo in tx.photos.many(list(ids.values()))}
    return {
        content_hash: (f"It is in the queue already: photo {photo_id} of the set {sets[photo_id]}.", photo_id)
        for content_hash, photo_id in ids.items()
    }


def same_as(name: str, first: str) -> Skipped:
    """Say that a file is a copy of another one of the same submission."""
    return Skipped(name, f"It is the same picture as {first}.")


def _names(
    desk: IntakeDesk, request: Request, files: Sequence[PlannedFile], known: _Known
) -> tuple[tuple[str, str], ...]:
    """Give the names as the gate would give them now.

    Raises:
        NameTooLong: for the first that passes the limit.
    """
    asked = [_wanted(number, request, each) for number, each in enumerate(files)]
    stems = sorted({naming.stem_key(each, desk.rule) for each in asked})
    with desk.store.reading() as tx:
        highest = {**tx.names.highest(stems), **known.counters}
        allocation = allocate_free(tx, asked, highest, desk.rule)
    for _, error in allocation.refused:
        raise error
    known.counters.update({given.stem_key: given.counter for given in allocation.given})
    return tuple((files[given.photo_id].found.name, given.file_name) for given in allocation.given)


def _wanted(number: int, request: Request, file: PlannedFile) -> Wanted:
    return Wanted(
        photo_id=number,
        subject=request.subject,
        location=request.location,
        folder=request.folder,
        camera=file.exif.camera,
        date_time=file.exif.date_time,
        sub_seconds=file.exif.sub_seconds,
        relative_path=file.found.name,
        content_hash=file.content_hash or "",
    )


def _warnings(desk: IntakeDesk, files: Sequence[PlannedFile]) -> Iterator[str]:
    if desk.catalogue is None:
        return
    try:
        for each in files:
            original = base_name(each.found.name)
            if each.exif.date_time and desk.catalogue.has_capture(original, each.exif.date_time):
                yield f"{each.found.name}: a photo of this name and capture time is on the website already."
    except CatalogueUnreachable as error:
        yield f"The catalogue was not asked for duplicates: {error.message}"


def base_name(name: str) -> str:
    """Give the last part of a path that was written as text."""
    return to_text(from_text(name).rsplit("/", 1)[-1])


def _require_room(desk: IntakeDesk, size_bytes: int) -> None:
    home = next(path for path in itertools.chain([desk.folder.home], desk.folder.home.parents) if path.exists())
    free_mb, needed_mb = shutil.disk_usage(home).free / _MB, size_bytes / _MB
    if needed_mb + desk.min_free_mb > free_mb:
        raise StorageFull(
            f"The disk of {Path(home)} has {free_mb:,.0f} MB free; the copies need {needed_mb:,.0f} MB, and "
            f"{desk.min_free_mb:,.0f} MB stay free (setting intake.min_free_mb). Nothing was taken in."
        )
