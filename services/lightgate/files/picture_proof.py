"""A picture made from an original is shown, described and approved only as the row knows it: by its SHA-256."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from threading import Lock

from lightgate.files.data_folder import ProxyFiles

#: a view of 2560 pixels has a few megabytes
_MAX_BYTES = 64 * 1024 * 1024
#: as many as some thousand photos have
_MOST_KNOWN = 20_000
#: two writes within one tick of the file system's clock bear one time
_TICK_NS = 2_000_000_000

#: note with the last photo whose pictures were hashed, and the last whose are to be; see ``pictures.old_pictures``
TO_PROVE_NOTE = "pictures.to_prove"

_Mark = tuple[str, int, int, int]


class Fault(StrEnum):
    """Why a picture is not shown, as a sentence."""

    NONE_MADE = "No picture was made of this photo yet."
    GONE = "The picture that was made from this photo's original is not on the disk any more."
    UNKNOWN = "Nothing proves that the picture on the disk is this photo's."
    SWAPPED = "The picture on the disk is not the one that was made from this photo's original."


def read_proven(file: Path, told: str | None) -> bytes | Fault:
    """Read a picture, and hash what was read.

    Args:
        told: the SHA-256 that the row knows, hex; None: it knows none.
    """
    return Known(most=0).read(file, told)


def hashes_of(files: ProxyFiles) -> dict[str, str]:
    """Hash the pictures that lie there, by kind; what is missing is left out."""
    found = {}
    for kind, file in named(files).items():
        try:
            with file.open("rb") as opened:
                found[kind] = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            # what cannot be read cannot be shown either
            continue
    return found


def named(files: ProxyFiles) -> Mapping[str, Path]:
    """Give the pictures by kind."""
    return {"view": files.view, "crop": files.crop, "proxy": files.proxy, "thumb": files.thumb}


class Known:
    """Files that were proven by this process: the second look at one costs no hash, for as long as it stays as it is.

    May be used by several threads.
    """

    def __init__(self, most: int = _MOST_KNOWN, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._most = most
        self._now_ns = now_ns
        self._hashes: OrderedDict[_Mark, str] = OrderedDict()
        self._lock = Lock()
        #: files that were hashed so far
        self.hashed = 0

    def read(self, file: Path, told: str | None) -> bytes | Fault:
        """Read a picture; ``told`` is the SHA-256 that the row knows."""
        try:
            with file.open("rb") as opened:
                seen = os.fstat(opened.fileno())
                if told is None:
                    return Fault.UNKNOWN
                if not stat.S_ISREG(seen.st_mode) or seen.st_size > _MAX_BYTES:
                    return Fault.SWAPPED
                content = opened.read()
                mark = _mark(file, seen)
                is_still = mark == _mark(file, os.fstat(opened.fileno()))
        except FileNotFoundError:
            return Fault.NONE_MADE if told is None else Fault.GONE
        except IsADirectoryError:
            return Fault.UNKNOWN if told is None else Fault.SWAPPED
        return content if self._hash_of(mark, content, is_still=is_still) == told else Fault.SWAPPED

    def _hash_of(self, mark: _Mark, content: bytes, *, is_still: bool) -> str:
        with self._lock:
            known = self._hashes.get(mark) if is_still else None
        if known is not None:
            return known
        self.hashed += 1
        made = hashlib.sha256(content).hexdigest()
        if is_still and mark[3] < self._now_ns() - _TICK_NS:
            with self._lock:
                self._hashes[mark] = made
                while len(self._hashes) > self._most:
                    self._hashes.popitem(last=False)
        return made


def _mark(file: Path, seen: os.stat_result) -> _Mark:
    # the time of the last change of the inode: unlike that of writing, nobody can set it
    return str(file), seen.st_ino, seen.st_size, seen.st_ctime_ns
