"""Commands that become one process of the installation; ``up`` and containers use them."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from lightgate import accounts, bootstrap
from lightgate.adapters import commands
from lightgate.adapters.logs import set_up_logs
from lightgate.cli.printing import say
from lightgate.cli.session import Session, pass_session
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
    wanted, settings = STAGES[stage], session.settings
    processes = 1 if wanted.is_exclusive else getattr(settings.workers, stage)
    line = commands.worker(
        stage,
        name=name or stage,
        processes=processes,
        start_method=wanted.start_method,
        log_level=settings.log_level,
    )
    # a stop lets the photos in hand be finished for a while, then gives them back
    _become(line, session, {"REMAP_SIGTERM": "SIGQUIT"})


@click.command()
@pass_session
def site(session: Session) -> None:
    """Run the review site.

    \b
    Example: lightgate site
    """
    review = session.settings.review
    _become(commands.site(review.host, review.port, review.threads, session.settings.log_level), session)


@click.command()
@pass_session
def flower(session: Session) -> None:
    """Run Flower, the engineers' view of the workers.

    \b
    Example: lightgate flower
    """
    wanted = session.settings.flower
    given = wanted.password
    password = given.get_secret_value() if given else accounts.kept_password(session.folder.flower_password)
    line = commands.flower(wanted.host, wanted.port, session.folder.flower)
    _become(line, session, {"FLOWER_BASIC_AUTH": f"{wanted.user}:{password}"})


@click.command()
@pass_session
def migrate(session: Session) -> None:
    """Make the database, or bring it to this version; a backup comes first.

    \b
    Example: lightgate migrate
    """
    say(f"The database {session.folder.database} is at {bootstrap.migrate(session.settings)}.")


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


def _become(argv: tuple[str, ...], session: Session, extra: Mapping[str, str] | None = None) -> None:
    """Replace this process, so that signals reach the program itself."""
    environ = environ_for_children({}, session.config) | dict(extra or {})
    os.execve(argv[0], list(argv), environ)  # noqa: S606 - no shell is meant
