r"""How a path on disk, whatever bytes it is made of, is kept and shown as one line of text.

A path may hold newlines, invalid UTF-8 and characters that turn the reading direction; the database takes valid text
only, and a report is a line a photo. So a backslash is written ``\\``, a byte that is not UTF-8 ``\xff``, and a
control character ``\u000a``; everything else stays as it is, and ``from_text`` gives the same path back.
"""

from __future__ import annotations

import re

#: control characters, line and paragraph separators, and the marks that turn the reading direction
_TO_ESCAPE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4}))")
#: what Python's ``surrogateescape`` adds to a byte that is not UTF-8
_RAW_BYTE = 0xDC00


def to_text(path: str) -> str:
    """Write a path as the operating system gives it as valid text on one line."""
    return _TO_ESCAPE.sub(_escaped, path)


def from_text(text: str) -> str:
    """Give the path that ``to_text`` wrote."""
    return _ESCAPED.sub(_unescaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] == "\\":
        return "\\\\"
    return f"\\x{code - _RAW_BYTE:02x}" if _RAW_BYTE + 0x80 <= code <= _RAW_BYTE + 0xFF else f"\\u{code:04x}"


def _unescaped(found: re.Match[str]) -> str:
    raw, char = found[1], found[2]
    if raw:
        return chr(_RAW_BYTE + int(raw, 16))
    return chr(int(char, 16)) if char else "\\"
