"""How answers look: JSON for scripts, tables for people, and nothing from a file name that a terminal would obey."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from lightgate.domain.language.characters import is_printable

#: a pipe has no width of its own, and a name cut in two helps nobody
_PIPE_WIDTH = 240


def console(*, is_err: bool = False) -> Console:
    """Give a console for stdout or stderr as they are now."""
    stream = sys.stderr if is_err else sys.stdout
    return Console(file=stream, highlight=False, width=None if stream.isatty() else _PIPE_WIDTH)


def print_json(answer: Any) -> None:
    """Print an answer for scripts."""
    click.echo(json.dumps(answer, default=_plain_value, ensure_ascii=False, indent=2))


def _plain_value(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    return str(value)


def say(sentence: str) -> None:
    """Print a line for a person."""
    click.echo(printable(sentence))


def printable(text: str) -> str:
    """Replace what a terminal would obey: control characters, line ends, direction marks."""
    return "".join(letter if is_printable(letter) else repr(letter)[1:-1] for letter in text)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> Table:
    """Make a table; columns that begin with ``#`` are numbers, and only the last one is folded where room is short."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        justify: JustifyMethod = "right" if column.startswith("#") else "left"
        made.add_column(column.lstrip("#"), justify=justify, overflow="fold", no_wrap=column != columns[-1])
    for row in rows:
        made.add_row(*(Text(printable("" if cell is None else str(cell))) for cell in row))
    return made


def program() -> str:
    """Name this program as a person has to type it here: by its path where it is not on the PATH."""
    typed = Path(sys.argv[0])
    if typed.name != "lightgate" or shutil.which("lightgate"):
        return "lightgate"
    below = os.path.relpath(typed)
    return str(typed) if below.startswith("..") else below
