"""Keywords as one line of text, on the page, in the history and in the website's catalogue: commas between them.

A keyword that holds a comma itself, or begins with a quotation mark, stands in quotation marks, and those inside it are
doubled: ``"Paris, France", lake``. Lines of other keywords are what they always were.
Source: RFC 4180 §2 (5 to 7), which spreadsheets, ``str_getcsv`` and ``csv`` read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: between two keywords
JOIN = ", "
#: a keyword in quotation marks up to the next separator; its own are doubled
_QUOTED = re.compile(r'[^\S\r\n]*"((?:[^"\r\n]|"")+)"[^\S\r\n]*(?:[,\r\n]|$)')
_PLAIN = re.compile(r"([^,\r\n]*)(?:[,\r\n]|$)")


def keywords_line(keywords: Iterable[str]) -> str:
    """Write keywords as one line."""
    return JOIN.join(map(as_in_line, keywords))


def as_in_line(keyword: str) -> str:
    """Write one keyword as it stands in a line."""
    is_quoted = "," in keyword or keyword.lstrip().startswith('"')
    return '"' + keyword.replace('"', '""') + '"' if is_quoted else keyword


def keywords_in(line: str) -> tuple[str, ...]:
    """Read what a person typed, or ``keywords_line`` wrote; a line break separates as a comma does.

    A quotation mark that is never closed, or in the middle of a keyword, is a character like others.
    """
    found, at = [], 0
    while at < len(line):
        quoted = _QUOTED.match(line, at)
        read = quoted or _PLAIN.match(line, at)
        if read is None:  # unreachable: the plain form matches the empty text
            break
        at = read.end()
        found.append(read[1].replace('""', '"').strip() if quoted else read[1].strip())
    return tuple(keyword for keyword in found if keyword)
