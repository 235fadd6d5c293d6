"""Bringing a file of keywords into the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lightgate.domain.keywords.keyword_file import Skipped, read_keywords
from lightgate.domain.keywords.vocabulary import TermState
from lightgate.domain.language.encoding import Decoded, decoded
from lightgate.errors import InputInvalid
from lightgate.store import Store

_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    new: int
    listed: int
    #: how the file was read, as it is told to a person
    encoding: str
    #: lines that are no keyword, and why
    skipped: tuple[Skipped, ...] = ()
    #: lines that say a keyword once more in the same place
    repeated: int = 0
    #: numbers of lines in another encoding than the rest
    other_lines: tuple[int, ...] = ()


def import_file(store: Store, file: Path, language: str, at: datetime, *, replace: bool = False) -> Imported:
    """Read a file of keywords in one language; what is no keyword is left out and told of.

    Args:
        replace: take out first what this language had listed.

    Raises:
        InputInvalid: it cannot be read, or is no list of keywords.
    """
    content = _content(file)
    try:
        found = read_keywords(content.text)
    except ValueError as error:
        raise InputInvalid(reason=f"{file.name} is no list of keywords: {error}.") from error
    if not found.terms:
        raise InputInvalid(reason=f"{file.name} holds no keywords.")
    with store.writing() as tx:
        if replace:
            tx.vocabulary.clear(language)
        new = tx.vocabulary.add(language, found.terms, at)
        listed = tx.vocabulary.count(TermState.LISTED, language)
    return Imported(new, listed, content.encoding, found.skipped, found.repeated, content.other_lines)


def _content(file: Path) -> Decoded:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputInvalid(reason=f"{file.name} is larger than {_MOST_BYTES // 1_000_000} MB.")
        return decoded(file.read_bytes())
    except OSError as error:
        raise InputInvalid(reason=f"{file.name} cannot be read: {error.strerror}.") from error
    except UnicodeError as error:
        raise InputInvalid(reason=f"{file.name} is no text file.") from error
