"""What the website's table is like beside our columns, so that rows fit into tables of other makers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, inspect, text

#: what MySQL itself writes where a column may not be NULL, has no default, and its mode is not strict
_EMPTY: dict[type, object] = {str: "", int: 0, float: 0, bytes: b"", bool: 0}


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the server describes it; names are the website's."""

    #: worked out by the server: never written
    generated: frozenset[str] = frozenset()
    #: what the website's own columns need of a new row, since they may not be NULL and have no default
    needed: dict[str, object] = field(default_factory=dict)
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
    engine = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = :name"
    name = connection.execute(text(engine), {"name": table}).scalar()
    return Shape(generated, needed, str(name).casefold() == "innodb")


def needs_value(column: Any) -> bool:
    """Must a new row give this column something?"""
    has_own = column["default"] is not None or column.get("computed") or column.get("autoincrement") is True
    return not column["nullable"] and not has_own


def _needed(columns: list[Any]) -> Iterator[tuple[str, object]]:
    for each in columns:
        if needs_value(each):
            yield each["name"], _empty(each["type"])


def _empty(kind: Any) -> object:
    """Give a type's empty value."""
    if choices := getattr(kind, "enums", None):
        return choices[0]
    try:
        python = kind.python_type
    except NotImplementedError:
        return ""
    if issubclass(python, datetime):
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    if issubclass(python, date):
        return datetime.now(UTC).date()
    return next((empty for of, empty in _EMPTY.items() if issubclass(python, of)), 0)
