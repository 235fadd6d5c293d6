"""Characters that are newer than Python's tables of them: a person who types them knows them.

Unicode gives characters every year, and Python 3.11 knows those of 2021; what it calls unassigned is kept. What never
is one (noncharacters) is not. Source: Unicode 16.0 §23.7, and §2.9 for what the planes are for.
"""

from __future__ import annotations

import unicodedata

_FIRST_IN_ARABIC_FORMS, _LAST_IN_ARABIC_FORMS = "\ufdd0", "\ufdef"
#: the last two of each plane
_LAST_OF_A_PLANE = 0xFFFE
#: both hold ideographs and nothing else
_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\U00020000", "\U0003fffd"


def is_noncharacter(char: str) -> bool:
    """Is it one that will never be a character?"""
    return _FIRST_IN_ARABIC_FORMS <= char <= _LAST_IN_ARABIC_FORMS or ord(char) & _LAST_OF_A_PLANE == _LAST_OF_A_PLANE


def is_unknown(char: str) -> bool:
    """Is it a character that may be newer than our tables?"""
    return unicodedata.category(char) == "Cn" and not is_noncharacter(char)


def is_letter(char: str) -> bool:
    """Is it a letter, or an ideograph of whatever year?"""
    return char.isalpha() or (_FIRST_IDEOGRAPH <= char <= _LAST_IDEOGRAPH and is_unknown(char))


def is_printable(text: str) -> bool:
    """Can all of it be seen, as far as anybody knows?"""
    return text.isprintable() or all(char.isprintable() or is_unknown(char) for char in text)
