"""Captions and alt texts of the website, read from the local copy of its catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.store import CatalogueText

_PATIENCE_S = 5.0


def read_texts(file: Path, language: str) -> Sequence[CatalogueText]:
    """Read every row's texts; an absent, busy or foreign file has none.

    Args:
        language: what the website is written in, since its table does not say.
    """
    if not file.is_file():
        return ()
    try:
        with closing(sqlite_library.connect(f"file:{file}?mode=ro", uri=True, timeout=_PATIENCE_S)) as connection:
            rows = connection.execute("SELECT File_Name, Caption, alt_text FROM photos_info_revamp").fetchall()
    except sqlite_library.Error:
        return ()
    return [CatalogueText(name, language, caption or "", alt or "") for name, caption, alt in rows if name]
