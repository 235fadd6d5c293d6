"""Commands that put an installation right: its database at the start, its line from then on."""

from __future__ import annotations

import click

from lightgate import bootstrap
from lightgate.adapters.host.logs import set_up_logs
from lightgate.cli.output import say
from lightgate.cli.session import Session, pass_session
from lightgate.engine.reconcile import reconcile as reconcile_once
from lightgate.files.locks import share_for_good
from lightgate.installation.reconciler import keep_reconciling
from lightgate.people import accounts


@click.command()
@pass_session
def migrate(session: Session) -> None:
    """Make the database with its first user, or bring it to this version; a backup comes first.

    \b
    Example: lightgate migrate
    """
    revision = bootstrap.migrate(session.settings, say)
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
    line = session.house.reconciler_context()
    if watch:
        share_for_good(session.folder.use_lock)
        set_up_logs(session.settings.log_level)
        keep_reconciling(line, session.settings.workers.reconcile_s)
        return
    report = reconcile_once(line)
    ready = ", ".join(f"{step}: {count}" for step, count in report.ready.items()) or "nothing"
    say(f"Taken back from lost workers: {report.lapsed}. Ready: {ready}.")
