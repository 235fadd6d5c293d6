"""Backup and restore of everything that cannot be made again, as ``data_folder.KEEPING`` lists it; on wish the photos.

An archive holds the installation's keys and passwords, so it is written for its owner's eyes only.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import logging
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from lightgate import __version__
from lightgate.adapters.host.instance_lock import Instance
from lightgate.adapters.keys.installation_keys import seal_key
from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.adapters.sqlite.migrate import migrate
from lightgate.adapters.sqlite.revision import newest_revision
from lightgate.adapters.website.catalogue.since import take_over
from lightgate.errors import AlreadyRunning, InputInvalid, NotFound, StorageFull
from lightgate.files.data_folder import DataFolder, Keeping, parts
from lightgate.files.locks import alone_if_free
from lightgate.installation.unpack import FORMAT, MANIFEST, Manifest, unpack
from lightgate.steps import ROUTE
from lightgate.website import restored

log = logging.getLogger(__name__)

_DATABASES = parts(Keeping.DATABASE)
_KEPT = parts(Keeping.KEPT, Keeping.SECRET)
_PHOTOS = parts(Keeping.PHOTOS)


def back_up(folder: DataFolder, archive: Path, *, with_photos: bool = False) -> Manifest:
    """Write an archive, whole or not at all; the installation may go on running.

    Raises:
        NotFound: there is nothing to keep yet.
        InputInvalid: the archive is there already, or cannot be written.
    """
    if not folder.database.exists():
        raise NotFound(what="database at", key=folder.database)
    if archive.exists():
        raise InputInvalid(reason=f"{archive} is there already; choose another name.")
    with _written_whole(archive) as draft, tempfile.TemporaryDirectory() as copies:
        files = {name: _snapshot(folder.home / name, Path(copies)) for name in _DATABASES}
        kept = {name: copy for name, copy in files.items() if copy}
        for part in _KEPT:
            # small, and replaced at any time: what is listed is a copy
            kept |= {name: _copied(file, Path(copies) / name) for name, file in _named(folder, part)}
        for part in _PHOTOS if with_photos else ():
            kept |= dict(_named(folder, part))
        return _pack(draft, kept, has_photos=with_photos)


def _snapshot(database: Path, copies: Path) -> Path | None:
    """Copy a database in use by SQLite's online backup."""
    if not database.exists():
        return None
    copy = copies / database.name
    with closing(sqlite_library.connect(str(database))) as source, closing(sqlite_library.connect(str(copy))) as target:
        source.backup(target)
    return copy


def _named(folder: DataFolder, part: str) -> Iterator[tuple[str, Path]]:
    yield from ((str(file.relative_to(folder.home)), file) for file in _files(folder.home / part))


def _copied(file: Path, copy: Path) -> Path:
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(file, copy)
    return copy


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from sorted(each for each in place.rglob("*") if each.is_file() and not each.is_symlink())


def _pack(draft: Path, kept: dict[str, Path], *, has_photos: bool) -> Manifest:
    with tarfile.open(draft, "w:gz", compresslevel=6) as tar:
        # the list comes first: it bounds what is unpacked
        manifest = _listed(kept, has_photos=has_photos)
        content = json.dumps(asdict(manifest), indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        tar.addfile(entry, io.BytesIO(content))
        for name, file in kept.items():
            tar.add(file, name, recursive=False)
    return manifest


def _listed(kept: dict[str, Path], *, has_photos: bool) -> Manifest:
    hashes, sizes = {}, {}
    for name, file in kept.items():
        with file.open("rb") as opened:
            hashes[name] = hashlib.file_digest(opened, "sha256").hexdigest()
            sizes[name] = opened.tell()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Manifest(FORMAT, __version__, newest_revision(), at, has_photos, hashes, sizes)


@contextmanager
def _written_whole(archive: Path) -> Iterator[Path]:
    try:
        handle, name = tempfile.mkstemp(dir=archive.absolute().parent, prefix=f".{archive.name}.")
        os.close(handle)
        draft = Path(name)
        try:
            yield draft
            draft.rename(archive)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputInvalid(reason=f"{archive} cannot be written: {error.strerror or error}.") from error


def restore(folder: DataFolder, archive: Path) -> tuple[Manifest, Path | None]:
    """Put an archive's state in place; what stood there is moved into ``backups``, and the place is given.

    Raises:
        AlreadyRunning: the installation runs.
        InputInvalid: not one of our archives, damaged, or of a newer version; nothing was changed.
    """
    instance = Instance(folder)
    try:
        instance.take(patience_s=0)
    except AlreadyRunning as error:
        raise _still_running(folder) from error
    try:
        with alone_if_free(folder.use_lock) as is_free:
            if not is_free:
                raise _still_running(folder)
            return _put_in_place(folder, archive)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(path=folder.home) from error
        raise
    finally:
        instance.release()


def _still_running(folder: DataFolder) -> AlreadyRunning:
    how = "lightgate down, or docker compose stop where it runs in containers"
    return AlreadyRunning(f"Stop Lightgate on {folder.home} before a restore: {how}.")


def _put_in_place(folder: DataFolder, archive: Path) -> tuple[Manifest, Path | None]:
    with tempfile.TemporaryDirectory(dir=folder.home, prefix=".restore-") as fresh:
        manifest = unpack(archive, Path(fresh))
        if "review.db" in manifest.files:
            _hold_back(folder, Path(fresh), manifest)
        _keep_what_is_live(DataFolder(Path(fresh)).catalogue, folder.catalogue)
        return manifest, _exchange(folder, Path(fresh))


def _keep_what_is_live(fresh: Path, standing: Path) -> None:
    """A restore changes nothing on the website, and the local catalogue says what is there."""
    if fresh.exists() and standing.exists() and (why := take_over(fresh, standing)):
        log.warning("what was published since the backup is not known: %s: %s", standing, why)


def _hold_back(folder: DataFolder, fresh: Path, manifest: Manifest) -> None:
    """Let nothing go out on the word of an older database, before anything could read it in its place."""
    restored_folder = DataFolder(fresh)
    has_key = (restored_folder.secrets / "seal.key").exists()
    key = seal_key(restored_folder.secrets if has_key else folder.secrets)
    migrate(restored_folder.database, folder.backups, key)
    with closing(SqliteStore(restored_folder.database)) as store:
        restored.hold_back(store, folder, ROUTE, datetime.now(UTC), manifest.at)
    for tail in ("-wal", "-shm", "-journal"):
        # all of it is in the database, which was closed
        restored_folder.database.with_name(restored_folder.database.name + tail).unlink(missing_ok=True)


def _exchange(folder: DataFolder, fresh: Path) -> Path | None:
    """Move what the archive brings into place, and what stood there aside, newest state last."""
    aside = folder.backups / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for part in sorted(fresh.iterdir()):
        standing = folder.home / part.name
        # a journal without its database would be played into the restored one
        for old in (standing, *(standing.with_name(standing.name + tail) for tail in ("-wal", "-shm", "-journal"))):
            if old.exists():
                aside.mkdir(parents=True, exist_ok=True)
                old.rename(aside / old.name)
        part.rename(standing)
    return aside if aside.exists() else None
