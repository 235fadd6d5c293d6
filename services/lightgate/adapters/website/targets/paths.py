"""Paths below a publishing target, and the names of the temporary files that writing there needs."""

from __future__ import annotations

import hashlib
import os

from lightgate.domain.language.characters import is_printable
from lightgate.errors import Rejected

DRAFT_PREFIX = ".lightgate-"
DRAFT_SUFFIX = ".part"


def parts_of(path: str) -> list[str]:
    """Split the path of a published file.

    Raises:
        Rejected: the path would lead out of the target.
    """
    parts = path.split("/")
    is_odd = any(each in {"", ".", ".."} or "\\" in each or not is_printable(each) for each in parts)
    is_draft = parts[-1].startswith(DRAFT_PREFIX[1:]) and parts[-1].endswith(DRAFT_SUFFIX)
    if is_odd or is_draft or parts[-1].startswith(DRAFT_PREFIX):
        raise Rejected(f"{path!r} is no path below a publishing target.")
    return parts


def draft_name(name: str, writer: str, *, is_hidden: bool = True) -> str:
    """Name the temporary file of a published file: its own for each writer, so that none touches another's.

    Args:
        writer: see ``ports.website.Permit``; empty: one of a version that did not name its writers.
        is_hidden: begins with a dot, which web servers do not show; some file servers allow no such names.
    """
    prefix = DRAFT_PREFIX if is_hidden else DRAFT_PREFIX[1:]
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return f"{prefix}{digest}{f'-{writer}' if writer else ''}{DRAFT_SUFFIX}"


def aside(draft: str) -> str:
    """Name the place where a published file waits while a server that cannot replace it gets the new one."""
    return f"{draft}.old"
