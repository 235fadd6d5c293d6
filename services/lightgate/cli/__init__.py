"""A door: the command ``lightgate``. Commands parse, call one function, and print. Imports all but other doors."""

from __future__ import annotations

from pathlib import Path

import click

from lightgate import __version__
from lightgate.cli.group import Door
from lightgate.cli.session import Session

#: the commands of each module beside this one
_COMMANDS = {
    "up": ("up", "down"),
    "doctor": ("doctor",),
    "demo": ("demo",),
    "submit": ("submit", "rollback"),
    "status": ("sets", "status", "show", "stats"),
    "retry": ("retry",),
    "pictures": ("pictures",),
    "models": ("models",),
    "vocabulary": ("vocabulary",),
    "calibrate": ("calibrate",),
    "user": ("user",),
    "publish": ("publish", "unpublish", "unrelease", "stop-release", "replace", "mirror"),
    "live": ("live", "renew"),
    "backup": ("backup", "restore", "names", "config"),
    "migrate": ("migrate", "reconcile"),
    "worker": ("worker", "site", "flower"),
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
