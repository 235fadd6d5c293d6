"""Bringing a file of keywords into the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lightgate.domain.vocabulary import TermState, read_vocabulary
from lightgate.errors import InputInvalid
from lightgate.store import Store

_MOST_BYTES = 20_000_000
#: Lightroom writes UTF-8; lists made by hand on Windows come in others
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")


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
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputInvalid(reason=f"{file.name} is no text file.")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise InputInvalid(reason=f"{file.name} is no text file.")
