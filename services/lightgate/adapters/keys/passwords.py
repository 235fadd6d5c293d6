"""Passwords are kept as argon2id hashes, and checking one takes the same time whether the person exists or not."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: a hash takes 64 MiB (argon2-cffi's defaults, RFC 9106 second choice): so many may be at work at once
_AT_ONCE = 2


class Passwords:
    """Make and check password hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.BoundedSemaphore(_AT_ONCE)
        # made now, so that the first unknown name takes no longer than the second
        self._nobodys = self._hasher.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """Make a hash to keep."""
        with self._turn:
            return self._hasher.hash(_normal(password))

    def is_right(self, password_hash: str | None, password: str) -> bool:
        """Is this the password? With None for an unknown person: False, after the same work."""
        with self._turn:
            try:
                self._hasher.verify(password_hash or self._nobodys, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None


def _normal(password: str) -> bytes:
    """One spelling for what looks the same: é is typed as one or as two code points, by keyboard."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
