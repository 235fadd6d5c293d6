"""The installation's own keys: made once, kept in files that only their owner can read, never printed."""

from __future__ import annotations

import os
import secrets as random
from contextlib import suppress
from pathlib import Path

from lightgate.errors import SettingInvalid

KEY_BYTES = 32


def seal_key(folder: Path) -> bytes:
    """Give the key that seals approvals; losing it means that every approval has to be given again."""
    return secret(folder, "seal.key")


def secret(folder: Path, name: str) -> bytes:
    """Give the named key, 32 random bytes; the first call on an installation makes it.

    Several processes may ask at once: all get the same key.

    Raises:
        SettingInvalid: the file is damaged or cannot be read; it is never replaced by itself.
    """
    file = folder / name
    try:
        if not file.exists():
            _make(file)
        key = file.read_bytes()
    except OSError as error:
        raise SettingInvalid(name=f"secret {name}", reason=f"{file}: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise SettingInvalid(name=f"secret {name}", reason=f"{file} is damaged; restore it from a backup")
    return key


def _make(file: Path) -> None:
    if not file.parent.is_dir():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{random.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(random.token_bytes(KEY_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):  # another process was faster: its key holds
            file.hardlink_to(draft)
    finally:
        draft.unlink()
    _sync(file.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
