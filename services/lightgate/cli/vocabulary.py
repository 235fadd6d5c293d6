"""``vocabulary``: the photographer's own keywords, and what models used beside them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from lightgate.cli.printing import print_json, say
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.domain.vocabulary import TermState
from lightgate.vocabularies import import_file


@click.group()
def vocabulary() -> None:
    """Your own keywords: models may use no others once they are here.

    \b
    Example: lightgate vocabulary import keywords.txt
    """


@vocabulary.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take out what was listed before; what you banned stays banned.")
@pass_session
def import_(session: Session, file: Path, replace: bool) -> None:
    """Read a Lightroom keyword list (Metadata > Export Keywords), a CSV file, or one keyword a line.

    \b
    Example: lightgate vocabulary import keywords.txt
    """
    done = import_file(session.house.store, file, session.house.now(), replace=replace)
    say(f"{done.new} keywords are new, {done.listed} are listed now.")


@vocabulary.command(name="list")
@click.option("--state", type=click.Choice([state.value for state in TermState]), default="listed")
@as_json
@pass_session
def list_terms(session: Session, state: str, as_json: bool) -> None:
    """List keywords: listed, banned, or proposed by a model and waiting for you.

    \b
    Example: lightgate vocabulary list --state proposed
    """
    with session.house.store.reading() as tx:
        found = list(tx.vocabulary.entries(TermState(state), limit=100_000))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        seen = f"  ({each.seen} times)" if each.seen else ""
        say(" > ".join([*each.path, each.name]) + seen)
