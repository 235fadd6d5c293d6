"""Text files that a person wrote, in UTF-8 or as their byte order mark, or their zeros, say."""

from __future__ import annotations

import codecs
from pathlib import Path

#: longest first, since the mark of UTF-32 begins as that of UTF-16
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: without a mark: what begins with ASCII, as settings and lists do, has a zero beside its first letter
_UNMARKED = (("utf-16-le", slice(1, 2)), ("utf-16-be", slice(0, 1)))


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
    marked = next((encoding for mark, encoding in _MARKED if content.startswith(mark)), None)
    unmarked = (encoding for encoding, zero in _UNMARKED if content[zero] == b"\0" and len(content) % 2 == 0)
    text = content.decode(marked or next(unmarked, "utf-8")).lstrip("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")
