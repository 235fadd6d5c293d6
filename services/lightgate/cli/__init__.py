"""A door: the command ``lightgate``. Commands parse, call one function, and print."""

from __future__ import annotations

from pathlib import Path

import click

from lightgate import __version__
from lightgate.cli import (
    calibrating,
    deciding,
    demo,
    health,
    keeping,
    models,
    people,
    processes,
    publishing,
    running,
    taking_in,
    vocabulary,
    watching,
)
from lightgate.cli.door import Door
from lightgate.cli.session import Session

_COMMANDS = (
    running.up,
    running.down,
    health.doctor,
    demo.demo,
    taking_in.submit,
    taking_in.rollback,
    watching.sets,
    watching.status,
    watching.show,
    watching.stats,
    deciding.retry,
    processes.reconcile,
    models.models,
    vocabulary.vocabulary,
    calibrating.calibrate,
    people.user,
    publishing.publish,
    publishing.unpublish,
    publishing.unrelease,
    publishing.replace,
    publishing.mirror,
    keeping.backup,
    keeping.restore,
    keeping.names,
    keeping.config,
    processes.migrate,
    processes.worker,
    processes.site,
    processes.flower,
)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


for _command in _COMMANDS:
    lightgate.add_command(_command)


def main() -> None:
    """Run the command line."""
    lightgate(prog_name="lightgate")
