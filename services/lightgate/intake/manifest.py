"""Many sets in one TOML file: ``[[set]]`` tables, with paths relative to the file.

[[set]]
path = "2024-05-01 canals"
subject = "Canal houses"
location = "Amsterdam"
folder = "street"
brief = "@canals.txt"        # a file below the manifest's folder
languages = ["en", "nl"]
recursive = true
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lightgate.errors import InputInvalid
from lightgate.files.text_file import read_text
from lightgate.intake.request import Request, read_brief

_TEXTS = ("subject", "location", "folder", "brief", "title", "path")
_LISTS = ("paths", "languages")
KEYS = (*_TEXTS, *_LISTS, "recursive")


def read_manifest(
    file: Path, *, languages: tuple[str, ...] = ("en",), move: bool = False, on_error: str = "wait"
) -> tuple[Request, ...]:
    """Read the sets of a manifest; ``languages`` is for sets that name none.

    Raises:
        InputInvalid: not a usable manifest, in words that name the set.
    """
    content = _parsed(file)
    _require_known(content, ("set",), "the manifest")
    sets = content.get("set")
    if not isinstance(sets, list) or not sets or not all(isinstance(each, dict) for each in sets):
        raise InputInvalid(reason=f"{file} holds no [[set]] table.")
    common = {"languages": languages, "move": move, "on_error": on_error}
    return tuple(_request(each, f"set {number} of {file}", file.parent, common) for number, each in enumerate(sets, 1))


def _parsed(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_text(file))
    except OSError as error:
        raise InputInvalid(reason=f"The manifest {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputInvalid(reason=f"The manifest {file} is not UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputInvalid(reason=f"The manifest {file} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise InputInvalid(reason=f"The manifest {file} holds lists or tables too deep in one another.") from error


def _request(table: Mapping[str, Any], where: str, base: Path, common: Mapping[str, Any]) -> Request:
    _require_known(table, KEYS, where)
    for key in _TEXTS:
        _require(table, key, where, "a text", lambda value: isinstance(value, str))
    for key in _LISTS:
        _require(table, key, where, "a list of texts", _is_list_of_texts)
    _require(table, "recursive", where, "true or false", lambda value: isinstance(value, bool))
    paths = [*([table["path"]] if "path" in table else []), *table.get("paths", [])]
    if not paths:
        raise InputInvalid(
            reason=f'In {where}, path is missing: name the folder of the photographs, like path = "canals".'
        )
    values = {**common, **{key: table[key] for key in ("recursive", "title") if key in table}}
    if "languages" in table:
        values["languages"] = tuple(table["languages"])
    return Request(
        paths=tuple(base / path for path in paths),
        subject=table.get("subject", ""),
        location=table.get("location", ""),
        folder=table.get("folder", ""),
        brief=_brief(table.get("brief", ""), where, base),
        **values,
    )


def _brief(text: str, where: str, base: Path) -> str:
    """Read a brief; a manifest may come from elsewhere, so its files are those that came with it."""
    # resolved: neither .. nor a link leads out
    if text.startswith("@") and not (base / text[1:]).resolve().is_relative_to(base.resolve()):
        raise InputInvalid(
            reason=f"In {where}, the brief {text} is outside of the manifest's folder; only files below it are read."
        )
    return read_brief(text, base)


def _require_known(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}."
            raise InputInvalid(reason=f"In {where}, there is no key {key}: {hint}")


def _require(table: Mapping[str, Any], key: str, where: str, kind: str, fits: Callable[[Any], bool]) -> None:
    if key in table and not fits(table[key]):
        raise InputInvalid(reason=f"In {where}, {key} is {kind}, not {table[key]!r}.")


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
