"""What a backup may bring: files that its manifest lists, in places that are ours, as large as it says, and whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from lightgate.adapters.sqlite.revision import knows
from lightgate.adapters.sqlite.soundness import fault_of
from lightgate.errors import InputInvalid
from lightgate.files.data_folder import Keeping, parts
from lightgate.files.durable import FILE_MODE

MANIFEST = "lightgate-backup.json"
FORMAT = 1

_DATABASES = parts(Keeping.DATABASE)
_SECRETS = parts(Keeping.SECRET)
_OURS = frozenset(parts(Keeping.DATABASE, Keeping.KEPT, Keeping.SECRET, Keeping.PHOTOS))
_STATE = "review.db"
#: of 45,000 photos it has some 30 MB
_MOST_MANIFEST_BYTES = 128 * 1024 * 1024
#: long names and the like, which tarfile reads into memory whole
_MOST_EXTRA_BYTES = 64 * 1024
#: stays free for the rest of the machine
_LEFT_FREE_BYTES = 64 * 1024 * 1024
_HASH_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    format: int
    version: str
    #: schema of ``review.db``
    revision: str
    #: UTC, ISO 8601
    at: str
    has_photos: bool
    #: SHA-256, hex, by path
    files: dict[str, str]
    #: bytes, by path; none in archives of before 0011
    sizes: dict[str, int] = field(default_factory=dict)


class _Entry(tarfile.TarInfo):
    """An entry whose additions are not read into memory however long they are."""

    def _proc_member(self, tar: tarfile.TarFile) -> Any:
        if self.size < 0 or (not self.isreg() and self.size > _MOST_EXTRA_BYTES):
            raise tarfile.ReadError("an entry has an impossible size")
        return super()._proc_member(tar)  # type: ignore[misc] # typeshed leaves it out


class _Unpacking:
    """One archive on its way into a fresh folder."""

    def __init__(self, archive: Path, fresh: Path) -> None:
        self._archive = archive
        self._fresh = fresh
        self._free_bytes = shutil.disk_usage(fresh).free - _LEFT_FREE_BYTES
        self._taken: set[str] = set()
        self.manifest: Manifest | None = None

    def take(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        content = tar.extractfile(member) if member.isreg() else None
        if content is None:
            raise tarfile.TarError(f"{member.name} does not belong there")
        if member.name == MANIFEST:
            if self.manifest is not None or member.size > _MOST_MANIFEST_BYTES:
                raise tarfile.TarError("its list of files is not one")
            self.manifest = manifest_of(self._archive, content.read())
            self._require_room(sum(self.manifest.sizes.values()))
            return
        path = PurePosixPath(member.name)
        name = str(path)
        if not path.parts or path.parts[0] not in _OURS or ".." in path.parts or name in self._taken:
            raise tarfile.TarError(f"{member.name} does not belong there")
        self._require_listed(name, member.size)
        self._require_room(member.size)
        self._free_bytes -= member.size
        self._taken.add(name)
        self._write(content, name)

    def _write(self, content: Any, name: str) -> None:
        file = self._fresh / name
        is_secret = name.partition("/")[0] in _SECRETS
        try:
            file.parent.mkdir(mode=0o700 if is_secret else 0o750, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with content, open(os.open(file, flags, 0o600 if is_secret else FILE_MODE), "wb") as written:  # noqa: PTH123
                shutil.copyfileobj(content, written)
        except (FileExistsError, NotADirectoryError) as error:
            raise tarfile.TarError(f"{name} stands in the way of another") from error

    def _require_listed(self, name: str, size_bytes: int) -> None:
        # older archives have their list at the end
        if self.manifest is None:
            return
        if name not in self.manifest.files:
            raise tarfile.TarError(f"{name} is not in its list of files")
        if self.manifest.sizes.get(name, size_bytes) != size_bytes:
            raise tarfile.TarError(f"{name} is not as large as its list says")

    def _require_room(self, size_bytes: int) -> None:
        if size_bytes > self._free_bytes:
            reason = f"{self._archive} needs more room than the disk of the data folder has. Nothing was changed."
            raise InputInvalid(reason=reason)

    def finish(self) -> Manifest:
        """Compare what came with what was to come."""
        manifest = self.manifest
        if manifest is None:
            raise _not_ours(self._archive)
        if unlisted := sorted(self._taken - manifest.files.keys()):
            raise InputInvalid(reason=f"{self._archive} holds {unlisted[0]!r}, which its list of files does not name.")
        for name, digest in manifest.files.items():
            if name not in self._taken:
                raise InputInvalid(reason=f"{self._archive} is damaged: {name!r} is missing.")
            with (self._fresh / name).open("rb") as opened:
                if hashlib.file_digest(opened, "sha256").hexdigest() != digest:
                    raise InputInvalid(reason=f"{self._archive} is damaged: {name} is not what was backed up.")
        for name in set(_DATABASES) & set(manifest.files):
            if fault := fault_of(self._fresh / name):
                raise InputInvalid(reason=f"The database in {self._archive} is damaged: {fault}.")
        return manifest


def unpack(archive: Path, fresh: Path) -> Manifest:
    """Unpack an archive into an empty folder, verified.

    Raises:
        InputInvalid: it is none of ours, damaged, of a newer version, or too large for the disk.
    """
    try:
        with tarfile.open(archive, "r:gz", tarinfo=_Entry) as tar:
            unpacking = _Unpacking(archive, fresh)
            for member in tar:
                unpacking.take(tar, member)
    except FileNotFoundError as error:
        raise InputInvalid(reason=f"There is no file {archive}.") from error
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError, OverflowError) as error:
        raise InputInvalid(reason=f"{archive} is not a readable backup: {error}.") from error
    return unpacking.finish()


def manifest_of(archive: Path, content: bytes) -> Manifest:
    """Read what an archive says of itself.

    Raises:
        InputInvalid: it says nothing of the kind, or was made by a newer version.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _not_ours(archive) from error
    if not isinstance(told, dict) or not _has_kinds(told):
        raise _not_ours(archive)
    if told["format"] > FORMAT or not knows(told["revision"]):
        raise InputInvalid(reason=f"{archive} was made by a newer version ({told['version'][:40]}); install that one.")
    if not _is_list_of_files(told):
        raise _not_ours(archive)
    return Manifest(**told)


def _has_kinds(told: dict[str, Any]) -> bool:
    wanted = {"format": int, "version": str, "revision": str, "at": str, "has_photos": bool, "files": dict}
    return (
        all(type(told.get(name)) is kind for name, kind in wanted.items())
        and type(told.get("sizes", {})) is dict
        and told.keys() <= {*wanted, "sizes"}
    )


def _is_list_of_files(told: dict[str, Any]) -> bool:
    files, sizes = told["files"], told.get("sizes", {})
    try:
        datetime.fromisoformat(told["at"])
    except ValueError:
        return False
    return (
        _STATE in files
        and all(isinstance(each, str) and len(each) == _HASH_DIGITS for each in files.values())
        and (not sizes or sizes.keys() == files.keys())
        and all(type(each) is int and each >= 0 for each in sizes.values())
    )


def _not_ours(archive: Path) -> InputInvalid:
    return InputInvalid(reason=f"{archive} is not a backup that Lightgate made.")
