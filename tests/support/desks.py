"""An intake desk on a real store and real files, and a card full of photographs to hand in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Exif, ExifFacts, Photo
from lightgate.domain.route.pipeline import Result, advance
from lightgate.files.data_folder import DataFolder
from lightgate.intake import IntakeDesk, Request
from lightgate.steps.naming import name_ready_sets
from support.stores import NOON, ROUTE, Sent, make_store


def make_desk(home: Path, **changes: object) -> IntakeDesk:
    """Make a desk with a migrated database; ``changes`` replace what it has."""
    desk = IntakeDesk(
        store=make_store(home),
        folder=DataFolder(home),
        route=ROUTE,
        rule=Rule(),
        headers=PillowHeaders(max_megapixels=200, max_file_mb=1024),
        dispatch=Sent(),
        now=lambda: NOON,
        min_free_mb=1,
    )
    return replace(desk, **changes)


def canals(*paths: Path, **changes: object) -> Request:
    """Ask for a set."""
    return replace(Request(paths, "Canal houses", "amsterdam", "street"), **changes)


def photograph(file: Path, number: int = 0, *, camera: str | None = "EOS R5", format_: str = "JPEG") -> Path:
    """Save a photograph that differs by its number, taken that many seconds after noon."""
    file.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if camera:
        exif[0x010F], exif[0x0110], exif[0x013B] = "Canon", camera, "Ann"
        exif.get_ifd(0x8769)[0x9003] = f"2024:05:01 12:{number // 60:02}:{number % 60:02}"
    picture = Image.new("RGB", (40, 30), (number % 256, number // 256, 99))
    picture.save(file, format_, exif=exif)
    os.utime(file, (1_600_000_000 + number, 1_600_000_000 + number))
    return file


def card(folder: Path, count: int = 3) -> Path:
    """Fill a folder with photographs."""
    for number in range(count):
        photograph(folder / f"IMG_{number:04}.JPG", number)
    return folder


def contents(folder: Path) -> Mapping[str, tuple[bytes, int, int]]:
    """Read every file below a folder: its bytes, time and permissions."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace"): (
            path.read_bytes(),
            path.stat().st_mtime_ns,
            path.stat().st_mode,
        )
        for path in files
    }


def copies(desk: IntakeDesk) -> Sequence[str]:
    """List the working copies."""
    incoming = desk.folder.incoming
    return sorted(path.relative_to(incoming).as_posix() for path in incoming.rglob("*") if path.is_file())


def all_photos(desk: IntakeDesk) -> Sequence[Photo]:
    """Read every photo of the sets that are not rolled back."""
    with desk.store.reading() as tx:
        return tx.photos.many([photo_id for each in tx.sets.all() for photo_id in tx.sets.photo_ids(each.id)])


def read_exif_and_name(desk: IntakeDesk) -> Mapping[str, str | None]:
    """Do what the ``exif`` stage and the naming gate do; give the names by path."""
    read_exif(desk)
    name_ready_sets(desk.store, desk.route, desk.rule, NOON)
    return {photo.relative_path: photo.file_name for photo in all_photos(desk)}


def read_exif(desk: IntakeDesk) -> None:
    """Do what the ``exif`` stage does, for every photo that stands there."""
    for photo in all_photos(desk):
        if photo.position.step == "exif":
            original = desk.folder.original(photo.content_hash, photo.suffix)
            _pass_exif(desk, photo, desk.headers.read(original).exif)


def _pass_exif(desk: IntakeDesk, photo: Photo, exif: Exif) -> None:
    with desk.store.writing() as tx:
        running = advance(photo.position, Result.CLAIMED, desk.route)
        tx.photos.write_facts(photo.id, ExifFacts(exif), NOON)
        tx.photos.move(photo, advance(running, Result.DONE, desk.route), NOON)
