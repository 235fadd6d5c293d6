"""Text files that a person wrote, in UTF-8 or as their byte order mark says."""

from __future__ import annotations

import codecs
from pathlib import Path

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(file: Path) -> str:
    """Read a text without its byte order mark, with every line ended by one newline.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is no such text.
    """
    return text_of(file.read_bytes())


def text_of(content: bytes) -> str:
    """Decode what stands in a text file, as ``read_text`` does.

    Raises:
        UnicodeDecodeError: it is no such text.
    """
    text = content.decode("utf-16" if content.startswith(_WIDE) else "utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n")
