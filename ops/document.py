"""Write what is made from the code: docs/settings.md, docs/commands.md, and the picture in docs/design.md.

With ``--check`` nothing is written, and a document that is behind the code is an error.
"""

from __future__ import annotations

import argparse
import difflib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import click
from house import picture
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from lightgate import settings
from lightgate.cli import lightgate as cli
from lightgate.settings.section import SecretAddress

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- made by ops/document.py: do not edit -->", "<!-- end -->"

SETTINGS_HEAD = """# Settings

Made from `services/lightgate/settings` by `ops/document.py`; edit there.

A setting stands in `lightgate.toml` in the working folder (or the file that `--config` or `LIGHTGATE_CONFIG` names),
or in the environment, which wins. `[ollama] host` in the file is `LIGHTGATE_OLLAMA__HOST` in the environment.
A setting that does not exist is an error with a suggestion. A secret may also come from a file, whose path stands in
the variable with `_FILE` at its end: `LIGHTGATE_REVIEW__PASSWORD_FILE`.
"""

COMMANDS_HEAD = """# Commands

Made from `lightgate --help` and its like by `ops/document.py`; edit the commands.

Exit codes: 0 done, 1 it failed, 2 used wrongly, 3 something is missing.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a document is behind")
    is_check = parser.parse_args().check
    texts = {
        DOCS / "settings.md": settings_text(),
        DOCS / "commands.md": commands_text(),
        DOCS / "design.md": design_text((DOCS / "design.md").read_text("utf-8")),
    }
    behind = [line for file, text in texts.items() for line in _difference(file, text)]
    if not is_check:
        for file, text in texts.items():
            file.write_text(text, "utf-8")
    elif behind:
        sys.exit("".join(behind) + "\nRun ops/document.py.")


def _difference(file: Path, text: str) -> Iterator[str]:
    there = file.read_text("utf-8") if file.is_file() else ""
    return difflib.unified_diff(there.splitlines(True), text.splitlines(True), str(file), "as the code says", n=0)


def design_text(text: str) -> str:
    """Put the picture of the house between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{picture()}\n{END}{after}"


def settings_text() -> str:
    """Describe every setting in tables, a section each."""
    return SETTINGS_HEAD + "".join(_section(settings.Settings, "", settings.PREFIX))


def _section(model: type[BaseModel], path: str, prefix: str) -> Iterator[str]:
    inner = {name: kind for name, info in model.model_fields.items() if (kind := _model_in(info))}
    named = {name: kind for name, info in model.model_fields.items() if (kind := _named_models_in(info))}
    notes = _notes(model)
    yield f"\n## {f'[{path}]' if path else 'General'}\n\n"
    if model.__doc__:
        yield _prose(inspect.cleandoc(model.__doc__)) + "\n\n"
    yield "| setting | variable | default | meaning |\n|---|---|---|---|\n"
    for name, info in model.model_fields.items():
        if name not in inner and name not in named:
            yield f"| `{name}` | `{prefix}{name.upper()}` | {_default(info)} | {notes.get(name, '')} |\n"
    for name, kind in inner.items():
        yield from _section(kind, f"{path}.{name}".lstrip("."), f"{prefix}{name.upper()}__")
    for name, kind in named.items():
        yield from _section(kind, f"{path}.{name}.<name>".lstrip("."), f"{prefix}{name.upper()}__<NAME>__")


def _model_in(info: FieldInfo) -> type[BaseModel] | None:
    kind = info.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _named_models_in(info: FieldInfo) -> type[BaseModel] | None:
    """Find the model of a table of tables, whose names the owner chooses."""
    of = get_args(info.annotation)
    return (
        of[1]
        if get_origin(info.annotation) is dict and isinstance(of[1], type) and issubclass(of[1], BaseModel)
        else None
    )


def _notes(model: type[BaseModel]) -> dict[str, str]:
    """Read the ``#:`` lines above each field."""
    notes: dict[str, str] = {}
    above: list[str] = []
    sources = [inspect.getsource(each) for each in model.__mro__ if each.__module__.startswith(settings.__name__)]
    for line in (line.strip() for source in sources for line in source.splitlines()):
        if line.startswith("#:"):
            above.append(line.removeprefix("#:").strip())
            continue
        name = line.partition(":")[0]
        if above and name in model.model_fields:
            notes[name] = _prose(" ".join(above))
        above = []
    return notes


def _prose(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


def _default(info: FieldInfo) -> str:
    default = info.get_default(call_default_factory=True)
    if default in (None, "", (), {}) or (isinstance(default, SecretStr) and not isinstance(default, SecretAddress)):
        return ""
    if info.is_required():
        return "must be set"
    return f"`{', '.join(map(str, default)) if isinstance(default, tuple) else default}`"


def commands_text() -> str:
    """Describe every command as its own ``--help`` does."""
    return COMMANDS_HEAD + "".join(_commands(cli, click.Context(cli, info_name="lightgate", **cli.context_settings)))


def _commands(command: click.Command, context: click.Context) -> Iterator[str]:
    context.terminal_width = context.max_content_width = 100
    yield f"\n## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner and not inner.hidden:
                yield from _commands(inner, click.Context(inner, parent=context, info_name=name))


if __name__ == "__main__":
    main()
