"""``retry``: failed photos get all their attempts again."""

from __future__ import annotations

import click

from lightgate.cli.group import FAILED
from lightgate.cli.output import print_json, say
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.engine.progress import failed_ids
from lightgate.steps import review


@click.command()
@click.argument("photos", nargs=-1, type=int, metavar="[PHOTO]...")
@click.option("--failed", is_flag=True, help="All that failed.")
@as_json
@pass_session
def retry(session: Session, photos: tuple[int, ...], failed: bool, as_json: bool) -> None:
    """Send failed photos through their step again.

    \b
    Example: lightgate retry --failed
    """
    if bool(photos) == failed:
        raise click.UsageError("Give photo numbers, or --failed.")
    wanted = photos or failed_ids(session.house.store)
    outcomes = review.bulk(session.house.review_desk(), wanted, "retry", session.who)
    if as_json:
        print_json([{"id": each.photo_id, "error": each.error and each.error.message} for each in outcomes])
    else:
        for each in outcomes:
            say(f"Photo {each.photo_id}: {each.error.message if each.error else 'is tried again.'}")
        if not outcomes:
            say("No photo has failed.")
    if any(each.error for each in outcomes):
        click.get_current_context().exit(FAILED)
