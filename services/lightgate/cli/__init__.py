"""A door: the command ``lightgate``. Commands parse, call one function, and print."""

from __future__ import annotations

from pathlib import Path

import click

from lightgate import __version__
from lightgate.cli.door import Door
from lightgate.cli.session import Session

#: the commands of each module beside this one
_COMMANDS = {
    "running": ("up", "down"),
    "health": ("doctor",),
    "demo": ("demo",),
    "taking_in": ("submit", "rollback"),
    "watching": ("sets", "status", "show", "stats"),
    "deciding": ("retry",),
    "picturing": ("pictures",),
    "models": ("models",),
    "vocabulary": ("vocabulary",),
    "calibrating": ("calibrate",),
    "people": ("user",),
    "publishing": ("publish", "unpublish", "unrelease", "stop-release", "replace", "mirror"),
    "live": ("live", "renew"),
    "keeping": ("backup", "restore", "names", "config"),
    "upkeep": ("migrate", "reconcile"),
    "processes": ("worker", "site", "flower"),
}


@click.group(
    cls=Door,
    places={name: f"{__name__}.{module}" for module, names in _COMMANDS.items() for name in names},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="lightgate")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="A lightgate.toml elsewhere.")
@click.pass_context
def lightgate(context: click.Context, config: Path | None) -> None:
    """From a folder of photographs to your own website, with you at the gate.

    \b
    Example: lightgate up -d
             lightgate submit ~/Pictures/canals --subject "Canal houses" --location Amsterdam --folder Streets
    """
    context.obj = Session(config)


def main() -> None:
    """Run the command line."""
    lightgate(prog_name="lightgate")
