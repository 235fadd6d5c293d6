"""Commands that become one process of the installation; ``up`` and containers use them."""

from __future__ import annotations

import os

import click

from lightgate import accounts, bootstrap
from lightgate.adapters.logs import set_up_logs
from lightgate.cli.printing import say
from lightgate.cli.session import Session, pass_session
from lightgate.installation import launches
from lightgate.installation.launches import Launch
from lightgate.installation.reconciler import keep_reconciling
from lightgate.runner import reconcile as reconcile_once
from lightgate.settings import environ_for_children
from lightgate.stages import STAGES


@click.command()
@click.argument("stage", type=click.Choice(list(STAGES)))
@click.option("--name", help="A second worker on one machine needs a name of its own, e.g. exif.2.")
@pass_session
def worker(session: Session, stage: str, name: str | None) -> None:
    """Run the workers of one stage.

    \b
    Example: lightgate worker quality
    """
    _become(launches.of_worker(session.settings, STAGES[stage], name), session)


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


@click.command()
@pass_session
def migrate(session: Session) -> None:
    """Make the database with its first user, or bring it to this version; a backup comes first.

    \b
    Example: lightgate migrate
    """
    revision = bootstrap.migrate(session.settings)
    accounts.ensure_first_user(session.house.store, session.settings, session.folder.secrets, session.house.now())
    say(f"The database {session.folder.database} is at {revision}.")


@click.command()
@click.option("--watch", is_flag=True, help="Go on until stopped.")
@pass_session
def reconcile(session: Session, watch: bool) -> None:
    """Take photos back from lost workers and wake what waits.

    \b
    Example: lightgate reconcile
    """
    line = session.house.line()
    if watch:
        set_up_logs(session.settings.log_level)
        keep_reconciling(line, session.settings.workers.reconcile_s)
        return
    report = reconcile_once(line)
    ready = ", ".join(f"{step}: {count}" for step, count in report.ready.items()) or "nothing"
    say(f"Taken back from lost workers: {report.lapsed}. Ready: {ready}.")


def _become(launch: Launch, session: Session) -> None:
    """Replace this process, so that signals reach the program itself."""
    environ = environ_for_children({}, session.config) | dict(launch.environ)
    os.execve(launch.argv[0], list(launch.argv), environ)  # noqa: S606 - no shell is meant
