"""Values as other makers' tables give them back, under our types: dates, decimals, numbers kept as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal

from lightgate.ports.website import CatalogueRow

#: a FLOAT column is told in six digits
_SIX_DIGITS = 5e-6
_KINDS: Mapping[str, str] = {each.name: str(each.type) for each in fields(CatalogueRow)}


def as_ours(name: str, found: object) -> object:
    """Give what a column of ours holds as our type; what cannot be one is given as text.

    Args:
        name: our name of the column.
    """
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, bytes | bytearray):
        found = bytes(found).decode("utf-8", "replace")
    kind = _KINDS.get(name, "")
    if kind.startswith("str"):
        return _as_text(found)
    return _as_number(found, is_whole=kind.startswith("int"))


def is_same(name: str, found: object, wanted: object) -> bool:
    """Does a column hold this value, as far as its type can?"""
    if found is None or wanted is None:
        return found is wanted
    held = as_ours(name, found)
    if isinstance(found, datetime):
        # such a column fills up a day without a time
        return str(wanted) in {held, str(held).removesuffix(":00"), str(held).removesuffix(" 00:00:00")}
    if isinstance(found, date):
        return str(wanted).startswith(str(held))
    if isinstance(held, int | float) and isinstance(wanted, int | float):
        step = 10.0 ** int(found.as_tuple().exponent) if isinstance(found, Decimal) else 0.0
        return math.isclose(held, wanted, rel_tol=_SIX_DIGITS, abs_tol=step * (0.5 + _SIX_DIGITS))
    return held == as_ours(name, wanted)


def _as_text(found: object) -> str:
    if isinstance(found, datetime):
        return found.strftime("%Y:%m:%d %H:%M:%S")
    return found.strftime("%Y:%m:%d") if isinstance(found, date) else str(found)


def _as_number(found: object, *, is_whole: bool) -> object:
    if not isinstance(found, str | int | float | Decimal):
        return str(found)
    try:
        number = float(found)
    except ValueError:
        return found
    return int(number) if is_whole and number.is_integer() else number
