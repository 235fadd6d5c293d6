"""The lock on the GPU: a kernel file lock, so that it goes with its process however that ends."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

from lightgate.files.locks import is_taken

_MODE = 0o644
_HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0", ""}  # noqa: S104 - compared, not bound
_OLLAMA_PORT = 11434


def gpu_lock_file(locks: Path, ollama_host: str) -> Path:
    """Name the lock of the GPU behind an Ollama server; every spelling of this machine is one name."""
    address = ollama_host if "//" in ollama_host else f"//{ollama_host}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or _OLLAMA_PORT
    except ValueError:
        host, port = ollama_host, _OLLAMA_PORT
    name = "local" if host in _HERE else re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-") or "server"
    return locks / f"gpu-{name}-{port}.lock"


class GpuLock:
    """``ports.machine.Exclusive`` by ``flock``. What the file says is for people; the kernel alone knows the holder."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._held: int | None = None
        self._trouble = ""

    def acquire(self) -> bool:
        """Try once, without waiting; true when this object holds the lock already."""
        if self._held is not None:
            return True
        self._trouble = ""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        except OSError as error:
            self._trouble = f"the lock file {self._file} cannot be opened: {error.strerror}"
            return False
        if not _is_taken(handle):
            os.close(handle)
            return False
        self._held = handle
        _sign(handle, f"process {os.getpid()} on {socket.gethostname()}")
        return True

    def release(self) -> None:
        """Give it up; the file stays, since removing it would let two hold it."""
        if self._held is not None:
            _sign(self._held, "")
            os.close(self._held)
            self._held = None

    def why_not_free(self) -> str:
        """Say in words who seems to hold it."""
        if self._trouble:
            return f"The GPU is not used, since {self._trouble}."
        try:
            holder = self._file.read_text("utf-8", "replace").strip()
        except OSError:
            holder = ""
        return f"The GPU is used by {holder or 'another worker'}; captions wait for it."


def _is_taken(handle: int) -> bool:
    # a file system without locks gives nobody the GPU
    with contextlib.suppress(OSError):
        return is_taken(handle)
    return False


def _sign(handle: int, holder: str) -> None:
    # a full disk must not cost the lock: the file's content is only a message
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, holder.encode(), 0)
