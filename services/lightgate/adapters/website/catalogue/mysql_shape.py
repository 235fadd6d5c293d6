"""What the website's table is like beside our columns, so that rows fit into tables of other makers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Executable, Table, delete, false, insert, inspect, select, text, update

#: what MySQL itself writes where a column may not be NULL, has no default, and its mode is not strict
_EMPTY: dict[type, object] = {str: "", int: 0, float: 0, bytes: b"", bool: 0, dict: "{}"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the server describes it; names are the website's."""

    #: worked out by the server: never written
    generated: frozenset[str] = frozenset()
    #: what the website's own columns need of a new row, since they may not be NULL and have no default
    needed: dict[str, object] = field(default_factory=dict)
    #: what stands in columns of ours that may not be NULL where we know nothing: their default, or no text
    unknown: dict[str, object] = field(default_factory=dict)
    #: a statement can be taken back
    is_transactional: bool = False


def shape_of(connection: Connection, table: str, ours: frozenset[str]) -> Shape:
    """Ask the server; a table that is not there has no shape.

    Args:
        ours: names of the columns that we write, folded.
    """
    looked = inspect(connection)
    if not looked.has_table(table):
        return Shape()
    columns: list[Any] = list(looked.get_columns(table))
    generated = frozenset(each["name"].casefold() for each in columns if each.get("computed"))
    needed = dict(_needed([each for each in columns if each["name"].casefold() not in ours]))
    unknown = dict(_unknown([each for each in columns if each["name"].casefold() in ours]))
    engine = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = :name"
    name = connection.execute(text(engine), {"name": table}).scalar()
    return Shape(generated, needed, unknown, str(name).casefold() == "innodb")


def harmless(table: Table, generated: frozenset[str]) -> dict[str, Executable]:
    """Give by right a statement that needs it and touches no row.

    Args:
        generated: folded names of the columns that the server works out.
    """
    ours = [each for each in table.columns if each.key != "id" and each.name.casefold() not in generated]
    return {
        "INSERT": insert(table).from_select(ours, select(*ours).where(false())),
        "UPDATE": update(table).where(false()).values({each: each for each in ours}),
        "DELETE": delete(table).where(false()),
    }


def needs_value(column: Any) -> bool:
    """Must a new row give this column something?"""
    has_own = column["default"] is not None or column.get("computed") or column.get("autoincrement") is True
    return not column["nullable"] and not has_own


def _unknown(columns: list[Any]) -> Iterator[tuple[str, object]]:
    """Yield folded names; a number that nobody knows is never made up."""
    for each in columns:
        if each["nullable"]:
            continue
        default = _literal(each["default"])
        if default is None and issubclass(_python_type(each["type"]), str):
            default = ""
        if default is not None:
            yield each["name"].casefold(), default


def _literal(default: str | None) -> str | None:
    """Read a default as the server writes it; one that is worked out is none."""
    found = re.fullmatch(r"'((?:[^']|'')*)'|(-?[\d.]+)", default or "")
    return None if found is None else found[2] or (found[1] or "").replace("''", "'")


def _needed(columns: list[Any]) -> Iterator[tuple[str, object]]:
    for each in columns:
        if needs_value(each):
            yield each["name"], _empty(each["type"])


def _empty(kind: Any) -> object:
    """Give a type's empty value."""
    if choices := getattr(kind, "enums", None):
        return choices[0]
    python = _python_type(kind)
    if issubclass(python, datetime):
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    if issubclass(python, date):
        return datetime.now(UTC).date()
    return next((empty for of, empty in _EMPTY.items() if issubclass(python, of)), 0)


def _python_type(kind: Any) -> type:
    try:
        found: type = kind.python_type
    except NotImplementedError:
        return str
    return found
