"""Locks between processes by ``flock``: the kernel frees them however a process ends, so none is ever stale."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def shared(file: Path) -> Iterator[None]:
    """Hold a lock together with others, waiting for one who holds it alone."""
    with _opened(file) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold a lock alone, waiting for all others."""
    with _opened(file) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def alone_if_free(file: Path) -> Iterator[bool]:
    """Hold a lock alone, without waiting; False where somebody holds it."""
    with _opened(file) as handle:
        yield is_taken(handle)


def is_taken(handle: int) -> bool:
    """Lock an open file alone, for as long as it is open, without waiting; False where somebody holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(file: Path) -> bool:
    """Does somebody hold a file's lock alone? The question takes no lock that another could meet for long."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def share_for_good(file: Path) -> None:
    """Hold a lock together with others until this process, whatever program it becomes, and its children have ended.

    Waits for one who holds it alone.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(handle, True)
    fcntl.flock(handle, fcntl.LOCK_SH)


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)
