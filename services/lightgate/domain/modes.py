"""Permissions of published files and folders, which a web server has to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Modes:
    file: int = 0o644
    folder: int = 0o755

    @classmethod
    def of(cls, file: str, folder: str) -> Self:
        """Read them as they are written, in octal digits."""
        return cls(int(file, 8), int(folder, 8))


#: what web servers of all kinds can read
READABLE = Modes()
