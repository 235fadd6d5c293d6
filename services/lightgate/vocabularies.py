"""Bringing a file of keywords into the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lightgate.domain.vocabulary import TermState, read_vocabulary
from lightgate.errors import InputInvalid
from lightgate.store import Store

_MOST_BYTES = 20_000_000
#: Lightroom writes UTF-8; lists made by hand on Windows come in others
_ENCODINGS = ("utf-8-sig", "cp1252")
#: of the first bytes of UTF-16, every second one is 0 in Latin scripts
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    new: int
    listed: int


def import_file(store: Store, file: Path, at: datetime, *, replace: bool = False) -> Imported:
    """Read a file of keywords, all of it or nothing.

    Raises:
        InputInvalid: it cannot be read, or is no list of keywords.
    """
    try:
        terms = read_vocabulary(_text(file))
    except ValueError as error:
        raise InputInvalid(reason=f"{file.name} is no list of keywords: {error}.") from error
    if not terms:
        raise InputInvalid(reason=f"{file.name} holds no keywords.")
    with store.writing() as tx:
        if replace:
            tx.vocabulary.clear()
        new = tx.vocabulary.add(terms, at)
        return Imported(new, tx.vocabulary.count(TermState.LISTED))


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputInvalid(reason=f"{file.name} is larger than {_MOST_BYTES // 1_000_000} MB.")
        content = file.read_bytes()
    except OSError as error:
        raise InputInvalid(reason=f"{file.name} cannot be read: {error.strerror}.") from error
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise InputInvalid(reason=f"{file.name} is no text file.")


def _encodings(content: bytes) -> Sequence[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    begins = content[:_LOOKED_AT]
    if b"\x00" not in content:
        return _ENCODINGS
    if not any(begins[1::2]):
        return ("utf-16-le",)
    return ("utf-16-be",) if not any(begins[::2]) else ()
