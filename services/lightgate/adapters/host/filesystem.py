"""On what kind of file system does a folder lie? SQLite's WAL needs shared memory of one kernel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lightgate.errors import NoLocalDisk, SettingInvalid

#: served over a network, or by a machine outside this kernel (Docker Desktop's host folders)
_REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "fuse.sshfs", "fuse.grpcfuse", "fuse.osxfs", "afs",
     "ceph", "glusterfs", "fuse.glusterfs", "lustre", "gpfs", "davfs", "fuse.davfs2", "fuse.rclone"}
)  # fmt: skip
_MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True, slots=True)
class Filesystem:
    name: str
    is_remote: bool


def require_local(folder: Path, mounts: Path = _MOUNTS) -> None:
    """Make sure that a folder, there or not yet, is no other machine's.

    Raises:
        NoLocalDisk: it lies on a network file system.
    """
    found = filesystem_of(folder, mounts)
    if found.is_remote:
        raise NoLocalDisk(home=folder, kind=found.name)


def require_folder(home: Path) -> None:
    """Make sure that the data folder, there or not yet, can be one.

    Raises:
        SettingInvalid: a file stands in its place, or on the way there.
    """
    nearest = next((place for place in (home, *home.parents) if place.exists()), None)
    if nearest is not None and not nearest.is_dir():
        raise SettingInvalid(name="home", reason=f"{nearest} is a file, not a folder")


def filesystem_of(folder: Path, mounts: Path = _MOUNTS) -> Filesystem:
    """Find the kind of file system below a folder; ``unknown`` where the system does not tell."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return Filesystem("unknown", is_remote=False)
    place = os.fspath(folder.resolve())
    best, kind = "", "unknown"
    for line in lines:
        _, mount, found, *_ = line.split(" ")
        mount = mount.encode("utf-8", "surrogateescape").decode("unicode_escape", "replace")
        # the last of equals lies on top
        if (place == mount or place.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
            best, kind = mount, found
    return Filesystem(kind, kind in _REMOTE)
