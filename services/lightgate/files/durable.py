"""Files that are there whole or not at all, and what it takes to have them survive a power cut."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

#: its owner's, and a group's where the process lets one read; see ``private``
FILE_MODE = 0o640


@contextmanager
def written_whole(file: Path, *, lasts: bool = True, draft: Path | None = None) -> Iterator[IO[bytes]]:
    """Give a temporary file that takes the other's place at the end of the block; nothing is left of one that fails.

    Args:
        lasts: to the disk, file and folder, before the block is over; not worth it for what is made again.
        draft: the temporary name; one that stays the same leaves no second file where a process is killed often.
    """
    place = draft or file.with_name(f".{file.name[:100]}.{secrets.token_hex(8)}")
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if draft else os.O_EXCL)
    try:
        with os.fdopen(os.open(place, flags, FILE_MODE), "wb") as opened:
            yield opened
            opened.flush()
            if lasts:
                os.fsync(opened.fileno())
        place.replace(file)
    except BaseException:
        with suppress(OSError):
            place.unlink()
        raise
    if lasts:
        sync_folder(file.parent)


def write_whole(file: Path, content: bytes, *, lasts: bool = True, draft: Path | None = None) -> None:
    """Put a file in place: a reader sees the old one or the new one. See ``written_whole``."""
    with written_whole(file, lasts=lasts, draft=draft) as opened:
        opened.write(content)


def create_whole(file: Path, content: bytes) -> bool:
    """Make a file that only its owner may read, unless it is there; False where another process was faster."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        # unlike a rename, a link never replaces what is there
        file.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        with suppress(OSError):
            draft.unlink()
    sync_folder(file.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make what happened in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
