"""The command group, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import logging
from typing import IO, Any

import click

from lightgate.errors import InputInvalid, LightgateError, ServiceMissing, SettingInvalid, SettingUnknown

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
    """A group of commands whose users never see a traceback for a mistake of their own."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LightgateError as error:
            raise Trouble(error.message, _code(error)) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            logging.getLogger(__name__).debug("unexpected", exc_info=True)
            raise Trouble(_sentence(error), FAILED) from error


def _code(error: LightgateError) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def _sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}."
