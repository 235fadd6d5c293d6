"""The installation's own keys: made once, kept in files that only their owner can read, never printed."""

from __future__ import annotations

import secrets as random
from pathlib import Path

from lightgate.errors import SettingInvalid
from lightgate.files.durable import create_whole

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
            create_whole(file, random.token_bytes(KEY_BYTES))
        key = file.read_bytes()
    except OSError as error:
        raise SettingInvalid(name=f"secret {name}", reason=f"{file}: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise SettingInvalid(name=f"secret {name}", reason=f"{file} is damaged; restore it from a backup")
    return key
