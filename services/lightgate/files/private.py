"""What lies in the data folder is its owner's alone, or may be read by one group besides; secrets never are."""

from __future__ import annotations

import grp
import logging
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from lightgate.errors import SettingInvalid
from lightgate.files.data_folder import KEEPING, DataFolder, Keeping

log = logging.getLogger(__name__)

_ALONE, _GROUP = 0o077, 0o027
#: these follow the modes of what is published
_FOR_OTHERS = frozenset({"published"})
#: of these no group sees anything
_OWNERS_ONLY = frozenset({"run", "redis", *(name for name, kept in KEEPING.items() if kept is Keeping.SECRET)})
#: databases, and folders that are split by the first letters of their files' names
_DEPTH = 2


def keep_private(group: str | None) -> None:
    """Let nothing that this process and its children make be read by others; every door calls this first."""
    os.umask(_GROUP if group else _ALONE)


def gid_of(group: str) -> int:
    """Find a group by name or number.

    Raises:
        SettingInvalid: there is none.
    """
    with suppress(KeyError):
        return grp.getgrgid(int(group)).gr_gid if group.isdecimal() else grp.getgrnam(group).gr_gid
    raise SettingInvalid(name="private_group", reason=f"this machine has no group {group}")


def open_parts(folder: DataFolder, group: str | None) -> Iterator[Path]:
    """Yield what others may read: of the folder itself, what lies in it, and what lies in that."""
    for path, found, is_owners in _parts(folder.home, _DEPTH):
        if found.st_mode & (_ALONE if is_owners or not group else _GROUP):
            yield path


def mend(folder: DataFolder, group: str | None) -> Mapping[str, int]:
    """Make what is there private; give the modes that originals had, by content hash.

    Raises:
        SettingInvalid: there is no such group, or this user may not give files to it.
    """
    gid = gid_of(group) if group else None
    before = {}
    for path, found, is_owners in _parts(folder.home, depth=None):
        wanted = _wanted(found.st_mode, has_group=gid is not None and not is_owners)
        if stat.S_IMODE(found.st_mode) & 0o077 and path.is_relative_to(folder.incoming):
            before[path.stem] = stat.S_IMODE(found.st_mode)
        try:
            if gid is not None and not is_owners and found.st_gid != gid:
                os.chown(path, -1, gid, follow_symlinks=False)
            if stat.S_IMODE(found.st_mode) != wanted:
                path.chmod(wanted)
        except FileNotFoundError:
            continue
        except PermissionError as error:
            if path == folder.home and gid is not None:
                reason = f"{folder.home} cannot be given to {group}: this user does not belong to it"
                raise SettingInvalid(name="private_group", reason=reason) from error
            # somebody else's file, which doctor names
            log.warning("%s cannot be made private: %s", path, error.strerror)
    return before


def _wanted(mode: int, *, has_group: bool) -> int:
    own = mode & 0o700
    if stat.S_ISDIR(mode):
        return own | (stat.S_ISGID | 0o050 if has_group else 0)
    return own | ((own & 0o500) >> 3 if has_group else 0)


def _parts(home: Path, depth: int | None) -> Iterator[tuple[Path, os.stat_result, bool]]:
    """Yield what is to be private, each with its state and whether it is the owner's alone."""
    with suppress(FileNotFoundError):
        yield home, home.stat(), False
    for name in _names(home):
        if name not in _FOR_OTHERS:
            below = None if depth is None else depth - 1
            yield from ((path, found, name in _OWNERS_ONLY) for path, found in _walk(home / name, below))


def _walk(place: Path, depth: int | None) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield a path and what lies below it; links are left out."""
    try:
        found = place.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found.st_mode):
        return
    yield place, found
    if stat.S_ISDIR(found.st_mode) and depth != 0:
        for name in _names(place):
            yield from _walk(place / name, None if depth is None else depth - 1)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names alone
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
