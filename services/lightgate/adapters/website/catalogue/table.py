"""The table ``photos_info_revamp`` for SQLAlchemy, under our names or the website's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Column, Double, Integer, MetaData, RowMapping, String, Table, Text

from lightgate.adapters.website.catalogue.values import as_ours
from lightgate.errors import SettingInvalid
from lightgate.ports.website import CatalogueRow

TABLE = "photos_info_revamp"
#: the local file's column for the id that the row has on the website
REMOTE_ID = "remote_id"

_NAMES = String(300)
#: types of the columns that are not plain numbers; those of ``_REQUIRED`` are never NULL
_TYPES: Mapping[str, Any] = {
    "Folder": String(255),
    "File_Name": _NAMES,
    "Path": String(500),
    "Thumb_Path": String(500),
    "DateTime": String(32),
    "Camera": String(255),
    "Lens_model": String(255),
    "Exposure": String(32),
    "Aperture": String(32),
    "Keywords": Text,
    "Caption": Text,
    "alt_text": Text,
    "Location": String(250),
    "QC_Status": String(64),
    "Original_File_Name": _NAMES,
}
_REQUIRED = frozenset(each.name for each in fields(CatalogueRow) if each.type in {"int", "str"})
#: columns where the website may hold NULL and our row holds a value
_DEFAULTS: Mapping[str, str | int] = {
    each.name: 0 if each.type == "int" else "" for each in fields(CatalogueRow) if each.name in _REQUIRED
}
#: what a row cannot do without
_KEPT = ("File_Name",)


def make_table(name: str = TABLE, columns: Mapping[str, str] | None = None, *, is_local: bool = False) -> Table:
    """Make the table; ``columns`` has the website's names by ours, and nothing for those it lacks.

    Raises:
        SettingInvalid: a column that is none of ours, or that cannot be left out.
    """
    given = columns or {}
    known = ["id", *(each.name for each in fields(CatalogueRow))]
    for ours, theirs in given.items():
        if ours not in known:
            raise SettingInvalid(name=f"mysql.columns.{ours}", reason="there is no such column")
        if not theirs and ours in _KEPT:
            raise SettingInvalid(name=f"mysql.columns.{ours}", reason="this column cannot be left out")
    made = (_column(ours, given.get(ours, ours)) for ours in known if given.get(ours, ours))
    local = [Column(REMOTE_ID, Integer)] if is_local else []
    return Table(name, MetaData(), *made, *local, sqlite_autoincrement=True)


def _column(ours: str, theirs: str) -> Column[Any]:
    if ours == "id":
        return Column(theirs, Integer, key=ours, primary_key=True, autoincrement=True)
    kind = next(each.type for each in fields(CatalogueRow) if each.name == ours)
    number = Integer if "int" in str(kind) else Double
    return Column(
        theirs, _TYPES.get(ours, number), key=ours, nullable=ours not in _REQUIRED, unique=ours == "File_Name" or None
    )


def columns_of(table: Table) -> Iterator[Column[Any]]:
    """Yield the columns that hold a ``CatalogueRow``."""
    return (table.c[each.name] for each in fields(CatalogueRow) if each.name in table.c)


def row_of(found: RowMapping) -> CatalogueRow:
    """Read what was selected with ``labelled``; what the website lacks or left NULL has our empty value."""
    values: dict[str, Any] = {each.name: as_ours(each.name, found.get(each.name)) for each in fields(CatalogueRow)}
    empty = {name: _DEFAULTS.get(name) for name, value in values.items() if value is None}
    return CatalogueRow(**{**values, **empty})
