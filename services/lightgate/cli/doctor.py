"""``doctor``: is everything there?"""

from __future__ import annotations

import click
from rich.text import Text

from lightgate.cli.group import MISSING
from lightgate.cli.output import console, print_json, printable
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.installation import doctor as checks
from lightgate.installation.doctor import Check, Level

_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


@click.command()
@as_json
@pass_session
def doctor(session: Session, as_json: bool) -> None:
    """Check disk, database, broker, models, ports and targets; exit code 3 when something fails.

    \b
    Example: lightgate doctor
    """
    found = []
    for check in checks.examine(session.settings):
        found.append(check)
        if not as_json:
            _show(check)
    if as_json:
        print_json(found)
    if any(check.level is Level.FAIL for check in found):
        click.get_current_context().exit(MISSING)


def _show(check: Check) -> None:
    line = Text.assemble((f"{check.level:5}", _COLOURS[check.level]), f"{check.name}: {printable(check.message)}")
    console().print(line, soft_wrap=True)
    if check.remedy:
        console().print(Text(f"     → {printable(check.remedy)}"), soft_wrap=True)
