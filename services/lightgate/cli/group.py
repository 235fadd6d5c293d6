"""The command group, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from typing import IO, Any

import click

from lightgate.errors import InputInvalid, LightgateError, NotUp, ServiceMissing, SettingInvalid, SettingUnknown

FAILED = 1
USAGE = 2
MISSING = 3

_CODES: tuple[tuple[type[LightgateError], int], ...] = (
    (InputInvalid, USAGE),
    (SettingInvalid, USAGE),
    (SettingUnknown, USAGE),
    (ServiceMissing, MISSING),
)


class Trouble(click.ClickException):
    """One sentence on stderr, and how the program ends."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        # click reads it from the instance, though it declares it for the class
        self.exit_code = exit_code  # type: ignore[misc]

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"lightgate: {self.message}", err=True, file=file)


class Door(click.Group):
    """A group of commands whose users never see a traceback for a mistake of their own.

    A command is loaded when it is asked for: all of them cost a second of processor time, which each process of an
    installation would pay at its start.
    """

    def __init__(self, *arguments: Any, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._places:
            return None
        command: click.Command = getattr(import_module(self._places[cmd_name]), cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = sorted(get_close_matches(args[0], self._places))
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {' or '.join(map(repr, near))}?", ctx) from error

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _in_one_sentence():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _in_one_sentence():
                return super().invoke(ctx)
        except LightgateError as error:
            raise Trouble(error.message, _code(error)) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            logging.getLogger(__name__).debug("unexpected", exc_info=True)
            raise Trouble(_sentence(error), FAILED) from error


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """Let a wrong call be answered like every other mistake, without the usage, which ``--help`` shows."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        more = f" See {error.ctx.command_path} --help." if error.ctx else ""
        raise Trouble(f"{error.format_message()}{more}", USAGE) from error


def _code(error: LightgateError) -> int:
    if isinstance(error, NotUp) and error.fields.get("exit_code") in {USAGE, MISSING}:
        # what ran in the background said the same
        return int(str(error.fields["exit_code"]))
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def _sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}."
