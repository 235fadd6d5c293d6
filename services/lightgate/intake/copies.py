"""Copies that are proven equal to their source before anyone relies on them."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lightgate.errors import CopyDamaged, InputInvalid, SourceChanged, StorageFull
from lightgate.files.durable import FILE_MODE
from lightgate.intake.scan import SourceFile, found_at

_CHUNK = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def hash_of(found: SourceFile) -> str:
    """Read a source whole; give its SHA-256, hex.

    Raises:
        SourceChanged: it is not the file that was found.
    """
    with _opened(found) as source:
        return _digest(source)


def hash_of_file(path: Path) -> str | None:
    """Read one of our own files; None where it is missing or unreadable."""
    try:
        with _handle(path, os.O_RDONLY) as handle:
            return _digest(handle)
    except OSError:
        return None


def copy(found: SourceFile, target: Path, mode: int | None = None) -> str:
    """Copy a source to a new file, to the disk, and read it back; give the SHA-256 that both have.

    Args:
        mode: the copy's permissions; without it they are those of the data folder.

    Raises:
        SourceChanged: the source is not the file that was found, or not any more.
        StorageFull: the disk is full.
        CopyDamaged: what was read back differs.
    """
    with _opened(found) as source, _written(target, found, mode) as copied:
        content_hash = _pour(found, source, copied)
    if hash_of_file(target) != content_hash:
        raise CopyDamaged(name=found.name)
    return content_hash


@contextmanager
def _opened(found: SourceFile) -> Iterator[int]:
    """Open a source, and make sure at both ends that it is the file that was found."""
    try:
        with _handle(found.path, os.O_RDONLY | os.O_NONBLOCK) as handle:
            _require_same(found, handle)
            yield handle
            _require_same(found, handle)
    except OSError as error:
        raise _not_readable(found, error) from error


def _require_same(found: SourceFile, handle: int) -> None:
    if found_at(found.path, found.name, os.fstat(handle)).identity != found.identity:
        raise SourceChanged(name=found.name, reason="it changed meanwhile")


def _not_readable(found: SourceFile, error: OSError) -> SourceChanged:
    is_gone = error.errno in {errno.ENOENT, errno.ENOTDIR}
    return SourceChanged(name=found.name, reason="it is gone" if is_gone else error.strerror)


@contextmanager
def _written(target: Path, found: SourceFile, mode: int | None) -> Iterator[int]:
    try:
        with _handle(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as handle:
            yield handle
            os.utime(handle, ns=(found.modified_ns, found.modified_ns))
            if mode is not None:
                os.fchmod(handle, mode & 0o777)
            os.fsync(handle)
    except OSError as error:
        raise not_written(error, target.parent.parent) from error


def not_written(error: OSError, folder: Path) -> StorageFull | InputInvalid:
    """Say why nothing can be written below a folder."""
    if error.errno in _FULL:
        return disk_full(folder)
    return InputInvalid(reason=f"{folder} cannot be written: {error.strerror}. Nothing was changed.")


def disk_full(folder: Path) -> StorageFull:
    """Say that a person has to make room."""
    return StorageFull(f"The disk is full: free some space for {folder} and try again. Nothing was changed.")


@contextmanager
def _handle(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags | os.O_CLOEXEC, FILE_MODE)
    try:
        yield handle
    finally:
        os.close(handle)


def _pour(found: SourceFile, source: int, copied: int) -> str:
    is_copied = _copied_by_kernel(found, source, copied)
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_CHUNK))
    while count := _read(found, source, buffer):
        digest.update(buffer[:count])
        if not is_copied:
            _write(copied, buffer[:count])
    return digest.hexdigest()


def _copied_by_kernel(found: SourceFile, source: int, copied: int) -> bool:
    """Let the kernel copy: quicker, and free where the file system shares blocks. False: nothing is written yet."""
    if sys.platform != "linux":
        return False
    try:
        while os.copy_file_range(source, copied, found.size_bytes):
            pass
    except OSError as error:
        # what else goes wrong is told apart by reading and writing ourselves
        if error.errno in _FULL:
            raise
    os.lseek(source, 0, os.SEEK_SET)
    # some file systems give up early without an error
    is_whole = os.fstat(copied).st_size == found.size_bytes
    if not is_whole:
        os.ftruncate(copied, 0)
        os.lseek(copied, 0, os.SEEK_SET)
    return is_whole


def _read(found: SourceFile, source: int, buffer: memoryview) -> int:
    # an error here is the source's: it must not be taken for one of the copy
    try:
        return os.readv(source, [buffer])
    except OSError as error:
        raise _not_readable(found, error) from error


def _write(handle: int, content: memoryview) -> None:
    while content:
        content = content[os.write(handle, content) :]


def _digest(handle: int) -> str:
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_CHUNK))
    while count := os.readv(handle, [buffer]):
        digest.update(buffer[:count])
    return digest.hexdigest()


def remove_tree(folder: Path) -> None:
    """Remove a staging folder; what is gone already is fine."""
    shutil.rmtree(folder, ignore_errors=True)
