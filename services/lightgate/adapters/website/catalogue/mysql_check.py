"""Does the website's table take our rows? Looked at without leaving one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from lightgate.adapters.website.catalogue.mysql import MysqlCatalogue, said
from lightgate.adapters.website.catalogue.mysql_shape import harmless, needs_value
from lightgate.errors import CatalogueClosed, RowRefused
from lightgate.ports.website import CatalogueRow, QualityRow

__all__ = ["Fault", "faults_of"]

#: what nearly every photo says
_LIKE_OURS = CatalogueRow(
    File_Name="",
    Folder="lightgate",
    Path="2026/lightgate/trial.jpg",
    Thumb_Path="2026/thumbs/lightgate/trial.jpg",
    DateTime="2026:05:04 12:00:00",
    Camera="Camera",
    Lens_model="24-70 mm",
    Width=1500,
    Height=1000,
    Exposure="1/250 sec",
    Aperture="f/5.6",
    ISO=100,
    Focal_length=50,
    Keywords="trial, of lightgate doctor",
    Caption="A trial of lightgate doctor, taken back at once.",
    alt_text="A trial of lightgate doctor, taken back at once.",
    Location="Nowhere",
    QR=7.5,
    QC_Status="Good",
    Original_File_Name="trial.jpg",
    nima_score=None,
    blur_score=7.5,
    brightness_score=7.5,
    contrast_score=7.5,
    brisque_score=None,
    clip_aesthetic_score=None,
)
#: no such column, no default: told apart already
_OF_COLUMNS = frozenset({1054, 1364})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the table."""

    message: str
    #: publishing works, but not for every photo
    is_minor: bool = False


def faults_of(catalogue: MysqlCatalogue) -> Iterator[Fault]:
    """Yield what would keep rows out: columns, keys, character set, rights.

    Raises:
        CatalogueUnreachable: the server is away or does not let us in.
    """
    table = catalogue.table
    with catalogue.reading() as connection:
        looked = inspect(connection)
        if not looked.has_table(table.name):
            yield Fault(f"there is no table {table.name}; the statement that makes it is shipped with Lightgate")
            return
        there = {each["name"].casefold(): each for each in looked.get_columns(table.name)}
        found = [
            *_columns(table, there, {name.casefold() for name in catalogue.values}),
            *_key(table, looked),
            *_kept_by_the_server(connection, table, there),
            *_rights(connection, table, there),
        ]
    yield from found
    if all(fault.is_minor for fault in found):
        yield from _trial(catalogue)


def _columns(table: Table, there: dict[str, Any], values: set[str]) -> Iterator[Fault]:
    ours = {column.name.casefold(): column for column in table.columns}
    if lacking := sorted(column.name for name, column in ours.items() if name not in there):
        yield Fault(f"it lacks {', '.join(lacking)}: add them, or map them in mysql.columns (empty: not written)")
    for name, found in there.items():
        if name in ours:
            needed, given = getattr(ours[name].type, "length", None), getattr(found["type"], "length", None)
            if needed and given and given < needed:
                yield Fault(f"{found['name']} holds {given} characters, and ours may have {needed}", is_minor=True)
        elif needs_value(found) and name not in values:
            yield Fault(
                f"{found['name']} is not ours, may not be NULL and has no default: new rows get an empty value there,"
                " or what mysql.values says",
                is_minor=True,
            )


def _key(table: Table, looked: Any) -> Iterator[Fault]:
    name = table.c.File_Name.name
    unique = [each["column_names"] for each in looked.get_indexes(table.name) if each["unique"]]
    unique.append(looked.get_pk_constraint(table.name)["constrained_columns"])
    if [name.casefold()] not in [[str(each).casefold() for each in names] for names in unique]:
        yield Fault(f"{name} has no unique key: nothing keeps others from writing a second row", is_minor=True)


def _kept_by_the_server(connection: Connection, table: Table, there: dict[str, Any]) -> Iterator[Fault]:
    named = {"name": table.name}
    engine = connection.execute(
        text("SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = :name"),
        named,
    ).scalar()
    if engine and engine.lower() != "innodb":
        yield Fault(f"its engine is {engine}, which knows no transactions", is_minor=True)
    narrow = connection.execute(
        text(
            "SELECT column_name, character_set_name FROM information_schema.columns WHERE table_schema = DATABASE()"
            " AND table_name = :name AND character_set_name NOT IN ('utf8mb4')"
        ),
        named,
    ).all()
    ours = {column.name.casefold() for column in table.columns} & set(there)
    if names := [f"{name} ({kind})" for name, kind in narrow if name.casefold() in ours]:
        yield Fault(f"not every text fits into {', '.join(names)}; convert the table to utf8mb4", is_minor=True)


def _rights(connection: Connection, table: Table, there: dict[str, Any]) -> Iterator[Fault]:
    """Try statements that touch no row."""
    generated = frozenset(name for name, found in there.items() if found.get("computed"))
    for right, statement in harmless(table, generated).items():
        try:
            connection.execute(statement)
        except SQLAlchemyError as error:
            number, reason = said(error)
            if number not in _OF_COLUMNS:
                yield Fault(f"no {right} there: {reason}")


def _trial(catalogue: MysqlCatalogue) -> Iterator[Fault]:
    """Write a row like ours and take it back, as publishing does before the first file."""
    row = replace(_LIKE_OURS, File_Name=f"lightgate-doctor-{secrets.token_hex(4)}.jpg")
    try:
        catalogue.rehearse(row, QualityRow())
    except (CatalogueClosed, RowRefused) as error:
        yield Fault(f"a row like ours is not taken: {error.fields['reason']}", is_minor=isinstance(error, RowRefused))
