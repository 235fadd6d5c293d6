"""Commands that become one process of the installation, as containers start them.

Little is loaded here, since the program that takes this process's place loads everything anew.
"""

from __future__ import annotations

import os
import socket
import time
from typing import NoReturn

import click

from lightgate.cli.output import say
from lightgate.cli.session import Session, pass_session
from lightgate.files import heartbeat_file
from lightgate.files.locks import share_for_good
from lightgate.installation import launches
from lightgate.installation.launches import Launch
from lightgate.settings import environ_for_children
from lightgate.steps import STAGES


@click.command()
@click.argument("stage", type=click.Choice([*STAGES, launches.OTHERS]))
@click.option("--name", help="A second worker on one machine needs a name of its own, e.g. exif.2.")
@pass_session
def worker(session: Session, stage: str, name: str | None) -> None:
    """Run the workers of one stage; "others" are stages that docker-compose.yml has no service for.

    \b
    Example: lightgate worker quality
    """
    if stage != launches.OTHERS:
        _become(launches.of_worker(session.settings, STAGES[stage], name), session)
    if launch := launches.of_others(session.settings, STAGES):
        _become(launch, session)
    _rest(session)


def _rest(session: Session) -> None:
    """Do nothing, visibly: a service that ended would be started again and again."""
    say("Every stage has a service of its own; there is nothing to do here.")
    folder, name = session.folder.run, f"{launches.OTHERS}@{socket.gethostname()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        heartbeat_file.tell(folder, name, is_connected=False, still_s=0)
        time.sleep(heartbeat_file.FRESH_S / 3)


@click.command()
@pass_session
def site(session: Session) -> None:
    """Run the review site.

    \b
    Example: lightgate site
    """
    _become(launches.of_site(session.settings), session)


@click.command()
@pass_session
def flower(session: Session) -> None:
    """Run Flower, the engineers' view of the workers.

    \b
    Example: lightgate flower
    """
    _become(launches.of_flower(session.settings, session.folder), session)


def _become(launch: Launch, session: Session) -> NoReturn:
    """Replace this process, so that signals reach the program itself; no restore until it has ended."""
    share_for_good(session.folder.use_lock)
    environ = environ_for_children({}, session.config) | dict(launch.environ)
    os.execve(launch.argv[0], list(launch.argv), environ)  # noqa: S606 - no shell is meant
