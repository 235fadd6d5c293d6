"""A folder on this machine as the place where published files live; a web server may serve it.

A file appears whole or not at all: written beside its place under a temporary name, synced, read back, renamed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lightgate.adapters.website.targets.paths import DRAFT_PREFIX, DRAFT_SUFFIX, draft_name, parts_of
from lightgate.domain.modes import READABLE, Modes
from lightgate.errors import NameTooLong, StorageFull, TargetRefused, TargetUnreachable
from lightgate.files.durable import sync_folder
from lightgate.files.locks import is_taken
from lightgate.ports.website import Permit, RemoteFile
from lightgate.settings import Target

#: what the one target is called where none is named
FOLDER = "folder"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
#: the disk or its server is away, whatever the file
_AWAY = frozenset(
    {errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN, errno.ETIMEDOUT, errno.EROFS, errno.EAGAIN}
)
#: room for the two files of one photo
_MIN_FREE_BYTES = 16 * 1024 * 1024


def opened(name: str, wanted: Target, modes: Modes) -> FolderTarget:
    """Give the target of these settings."""
    return FolderTarget(Path(wanted.path).expanduser(), name, modes)


class FolderTarget:
    """Files below ``root``, which must exist: an unmounted disk is not silently replaced by an empty folder."""

    def __init__(self, root: Path, name: str = FOLDER, modes: Modes = READABLE) -> None:
        self.name = name
        self._modes = modes
        self._root = root.absolute()

    def why_unreachable(self) -> str | None:
        return None if self._root.is_dir() else f"The publishing folder {self._root} does not exist."

    def why_not_ready(self) -> str | None:
        if reason := self.why_unreachable():
            return reason
        if shutil.disk_usage(self._root).free < _MIN_FREE_BYTES:
            return StorageFull(path=self._root).message
        return None

    def put(self, path: str, content: bytes, permit: Permit) -> None:
        file = self._file(path)
        permit.ask()
        with self._translated(file):
            self._make_folders(file.parent)
            with _draft(file, permit.writer) as (draft, handle):
                _write(handle, content)
                os.fchmod(handle, self._modes.file)
                if _digest(draft) != hashlib.sha256(content).hexdigest():
                    raise self._unreachable(f"{path} reads back differently from what was written")
                permit.ask()
                draft.rename(file)
                sync_folder(file.parent)

    def look(self, path: str) -> RemoteFile | None:
        content_hash = self.digest(path)
        return None if content_hash is None else RemoteFile(self._file(path).stat().st_size, content_hash)

    def read(self, path: str) -> bytes | None:
        file = self._file(path)
        with self._translated(file):
            return file.read_bytes() if file.exists() else None

    def digest(self, path: str) -> str | None:
        file = self._file(path)
        with self._translated(file):
            return _digest(file) if file.exists() else None

    def remove(self, path: str, permit: Permit) -> None:
        """Remove a file and the folders that it leaves empty; absent is fine."""
        file = self._file(path)
        permit.ask()
        with self._translated(file):
            file.unlink(missing_ok=True)
            for folder in file.parents:
                if folder == self._root or not _is_pruned(folder):
                    break

    def forget(self, path: str, writer: str) -> None:
        """Remove a writer's temporary file, also where the writer stands still and holds it open."""
        file = self._file(path)
        with self._translated(file):
            file.with_name(draft_name(file.name, writer)).unlink(missing_ok=True)

    def remark(self) -> str | None:
        """Nothing: permissions are set on the open file."""

    def sweep(self) -> int:
        """Remove temporary files whose writer is gone; gives how many."""
        with self._translated(self._root):
            drafts = self._root.rglob(f"{DRAFT_PREFIX}*{DRAFT_SUFFIX}")
            return sum(_is_swept(draft) for draft in list(drafts))

    def close(self) -> None:
        """Nothing is held."""

    def _file(self, path: str) -> Path:
        """Give the place of a published file.

        Raises:
            Rejected: the path would lead out of the target.
            TargetUnreachable: the root is away.
            TargetRefused: a link stands in it, which leads to where nobody asked to publish.
        """
        parts = parts_of(path)
        if not self._root.is_dir():
            # a disk that is away has no files, and says nothing about them
            raise self._unreachable(f"the folder {self._root} does not exist")
        file = self._root
        for part in parts:
            file = file / part
            # not Path.is_symlink, which some names are too long for
            if os.path.islink(file):  # noqa: PTH114 - see above
                reason = f"{file.relative_to(self._root)} is a link, and nothing is published through links"
                raise TargetRefused(target=self.name, path=path, reason=reason)
        return file

    def _make_folders(self, folder: Path) -> None:
        if folder.is_dir():
            return
        if folder == self._root:
            raise self._unreachable(f"the folder {self._root} does not exist")
        self._make_folders(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(self._modes.folder)
        sync_folder(folder.parent)

    @contextmanager
    def _translated(self, file: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._raise(error, file)

    def _raise(self, error: OSError, file: Path) -> NoReturn:
        if error.errno in _NO_ROOM:
            raise StorageFull(path=self._root) from error
        if error.errno == errno.ENAMETOOLONG:
            limit = os.pathconf(self._root, "PC_NAME_MAX")
            raise NameTooLong(name=file.name, length=len(os.fsencode(file.name)), limit=limit) from error
        if error.errno in _AWAY:
            raise self._unreachable(f"{file}: {error.strerror}") from error
        raise TargetRefused(target=self.name, path=file, reason=error.strerror or error) from error

    def _unreachable(self, reason: str) -> TargetUnreachable:
        return TargetUnreachable(target=self.name, reason=reason)


@contextmanager
def _draft(file: Path, writer: str) -> Iterator[tuple[Path, int]]:
    """Open the temporary file of a published file, locked against ``sweep`` and against a second try of its writer."""
    draft = file.with_name(draft_name(file.name, writer))
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        # another writer holds it, or renamed it between our open and our lock
        if not is_taken(handle) or not _is_at(handle, draft):
            raise BlockingIOError(errno.EAGAIN, "another worker is writing this file")
        try:
            yield draft, handle
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
    finally:
        os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _write(handle: int, content: bytes) -> None:
    os.ftruncate(handle, 0)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _is_pruned(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _is_swept(draft: Path) -> bool:
    try:
        handle = os.open(draft, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        is_stale = is_taken(handle) and _is_at(handle, draft)
        if is_stale:
            draft.unlink()
    finally:
        os.close(handle)
    return is_stale
