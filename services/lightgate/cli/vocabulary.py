"""``vocabulary``: the photographer's own keywords, and what models used beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from lightgate.cli.output import print_json, say
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.domain.keywords.vocabulary import TermState
from lightgate.domain.language.languages import name_of
from lightgate.domain.language.tokens import primary
from lightgate.texts.vocabulary_file import import_file

_Command = TypeVar("_Command", bound=Callable[..., Any])
#: lines of a file that are named one by one
_SHOWN = 20

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)


def _tag(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    if given is not None and not _TAG.fullmatch(given):
        raise click.BadParameter(f"“{given}” is no language; write it as de or pt-BR.", context, parameter)
    return given


def in_language(description: str) -> Callable[[_Command], _Command]:
    """Give a command the option ``--language``."""
    return click.option("--language", metavar="TAG", callback=_tag, help=description)


@click.group()
def vocabulary() -> None:
    """Your own keywords: models may use no others once they are here.

    \b
    Example: lightgate vocabulary import keywords.txt
    """


@vocabulary.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take out what was listed before; what you banned stays banned.")
@in_language("The list's language, as de or pt-BR; the first of your languages otherwise.")
@as_json
@pass_session
def import_(session: Session, file: Path, replace: bool, language: str | None, as_json: bool) -> None:
    """Read a Lightroom or Capture One keyword list, digiKam's tags, a CSV file, or one keyword a line.

    Each language has its own list; lines that are no keywords are left out and named.

    \b
    Example: lightgate vocabulary import stichworte.txt --language de
    """
    chosen = language or session.house.settings.intake.languages[0]
    done = import_file(session.house.store, file, chosen, session.house.now(), replace=replace)
    if as_json:
        print_json({"language": chosen, **asdict(done)})
        return
    listed = f"{done.listed} are listed now in {name_of(chosen)}"
    say(f"{done.new} keywords are new, {listed} (read as {done.encoding}).")
    if primary(chosen) not in map(primary, session.house.settings.intake.languages):
        say(
            f"None of your texts is in {name_of(chosen)} yet: see the setting intake.languages, or submit's --language."
        )
    if done.repeated:
        say(f"{done.repeated} lines said a keyword once more in the same place.")
    if done.other_lines:
        say(f"Written otherwise than the rest, look at them: {_numbers(done.other_lines)}.")
    for each in done.skipped[:_SHOWN]:
        say(f"Left out, line {each.line}, “{each.said}”: {each.reason}.")
    if len(done.skipped) > _SHOWN:
        say(f"… and {len(done.skipped) - _SHOWN} more; --json lists them all.")


def _numbers(lines: Sequence[int]) -> str:
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines[:_SHOWN]))}{more}"


@vocabulary.command(name="list")
@click.option("--state", type=click.Choice([state.value for state in TermState]), default="listed")
@in_language("Only this language's list.")
@as_json
@pass_session
def list_terms(session: Session, state: str, language: str | None, as_json: bool) -> None:
    """List keywords: listed, banned, or proposed by a model and waiting for you.

    \b
    Example: lightgate vocabulary list --state proposed
    """
    with session.house.store.reading() as tx:
        found = list(tx.vocabulary.entries(TermState(state), language=language, limit=100_000))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        seen = f"  ({each.seen} times)" if each.seen else ""
        say(" > ".join([*each.path, each.name]) + seen)
