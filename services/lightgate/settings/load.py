"""Where settings come from: ``lightgate.toml`` and the environment."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource

from lightgate.errors import SettingInvalid, SettingUnknown
from lightgate.files.text_file import read_text
from lightgate.settings.publish import Profile, Target
from lightgate.settings.section import Section

PREFIX = "LIGHTGATE_"
FILE_NAME = "lightgate.toml"

#: tables whose names the owner chooses, by the beginning of their variables
_NAMED: dict[str, type[Section]] = {
    f"{PREFIX}PUBLISH__TARGETS__": Target,
    f"{PREFIX}PUBLISH__PROFILES__": Profile,
}
#: fields of theirs that are lists, given as JSON
_LISTS = frozenset({"responsive", "formats", "disclose"})


def from_toml(file: Path, is_named: bool) -> dict[str, Any]:
    """Read the file; an absent one that nobody named is empty.

    Raises:
        SettingInvalid: a named file is absent, or no TOML.
    """
    if not file.is_file():
        if is_named:
            raise SettingInvalid(name="--config", reason=f"there is no file {file}")
        return {}
    try:
        return tomllib.loads(read_text(file))
    except OSError as error:
        raise _unreadable(file, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _unreadable(file, "is no text in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(file, f"is not valid TOML: {error}") from error
    except RecursionError as error:
        raise _unreadable(file, "holds lists or tables too deep in one another") from error


def _unreadable(file: Path, why: str) -> SettingInvalid:
    return SettingInvalid(f"The settings file {file} {why}.", name=str(file))


class _Environ(EnvSettingsSource):
    """pydantic-settings' reader over a given mapping."""

    def __init__(self, environ: Mapping[str, str], model: type[BaseSettings]) -> None:
        self.given = {name.lower(): value for name, value in environ.items()}
        super().__init__(model)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self.given


def from_environ(environ: Mapping[str, str], model: type[BaseSettings]) -> dict[str, Any]:
    """Read the ``LIGHTGATE_*`` variables that a model knows, as nested tables.

    Raises:
        SettingUnknown: a variable that no setting has.
        SettingInvalid: a secret's file or a value that cannot be read.
    """
    known = dict(_variables(model, PREFIX)) | dict(_named_variables(environ))
    values = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name == f"{PREFIX}CONFIG":
            continue
        bare = name.removesuffix("_FILE")
        if name in known:
            values[name] = value
        elif known.get(bare) is True:
            values[bare] = _secret_from(name, Path(value))
        else:
            raise SettingUnknown(name=name, suggestion=_suggestion(name, list(known)))
    try:
        named = _named_tables(values)
        return merged(_Environ(values, model)(), named)
    except Exception as error:  # pydantic-settings raises its own SettingsError around any parser's error
        raise SettingInvalid(name="environment", reason=str(error)) from error


def _secret_from(name: str, file: Path) -> str:
    try:
        return read_text(file).strip()
    except OSError as error:
        raise SettingInvalid(name=name, reason=f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingInvalid(name=name, reason=f"{file} is no text in UTF-8") from error


def _variables(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield every variable's name and whether it is a secret."""
    for name, info in model.model_fields.items():
        variable = prefix + name.upper()
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _variables(info.annotation, variable + "__")
        else:
            yield variable, "Secret" in str(info.annotation)


def _named_variables(environ: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the variables of every table that the environment names; a name's ``-`` is ``_`` there."""
    for prefix, model in _NAMED.items():
        for name in environ:
            named, _, rest = name.removeprefix(prefix).partition("__")
            if name.startswith(prefix) and named and rest:
                yield from _variables(model, f"{prefix}{named}__")


def _named_tables(values: dict[str, str]) -> dict[str, Any]:
    """Take the named tables' variables out, as the texts they are: a password may look like a number."""
    tables: dict[str, Any] = {}
    for prefix in _NAMED:
        for name in [name for name in values if name.startswith(prefix)]:
            named, *path = name.removeprefix(PREFIX).removeprefix("PUBLISH__").lower().split("__")
            table = tables.setdefault("publish", {}).setdefault(named, {})
            inner, *path = path
            table = table.setdefault(inner.replace("_", "-"), {})
            *sections, field = path
            for section in sections:
                table = table.setdefault(section, {})
            value = values.pop(name)
            table[field] = json.loads(value) if field in _LISTS else value
    return tables


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """Lay one nest of tables over another, key by key."""
    result = dict(lower)
    for key, value in upper.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def translated(error: ValidationError, model: type[BaseSettings]) -> SettingInvalid | SettingUnknown:
    """Say what pydantic found first in one sentence, without the value: it may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = [v.removeprefix(PREFIX).lower().replace("__", ".") for v, _ in _variables(model, PREFIX)]
        return SettingUnknown(name=name, suggestion=_suggestion(name, known))
    return SettingInvalid(name=name, reason=first["msg"].removeprefix("Value error, "))
