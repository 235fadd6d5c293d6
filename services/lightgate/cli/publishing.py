"""``publish --dry-run`` and ``unpublish``. Publishing itself is released in the review site, by a person."""

from __future__ import annotations

from collections.abc import Sequence

import click

from lightgate import publishing
from lightgate.adapters.renditions import renditions
from lightgate.cli.door import FAILED
from lightgate.cli.printing import console, print_json, say, table
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.publishing import PlannedPhoto


@click.command()
@click.option("--dry-run", is_flag=True, help="Required: releasing is done in the review site.")
@click.option("--set", "photo_set", metavar="SET", help="Only this set.")
@as_json
@pass_session
def publish(session: Session, dry_run: bool, photo_set: str | None, as_json: bool) -> None:
    """Show what releasing would upload and write, file by file, row by row.

    \b
    Example: lightgate publish --dry-run
    """
    if not dry_run:
        raise click.UsageError("Photos are released in the review site; here is only --dry-run.")
    house = session.house
    with house.store.reading() as tx:
        set_id = tx.sets.get(photo_set).id if photo_set else None
    ids = publishing.ready_for_release(house.store, set_id)
    renderer = renditions(session.settings.publish)
    plans = list(publishing.plan(house.store, house.key, house.folder, renderer, session.website, ids))
    print_json(plans) if as_json else _show(plans)


def _show(plans: Sequence[PlannedPhoto]) -> None:
    for plan in plans:
        if plan.refused:
            say(f"Photo {plan.photo_id}: {plan.refused}")
            continue
        say(f"Photo {plan.photo_id}, {plan.file_name}: row {plan.row_change}")
        rows = [(each.target, each.path, f"{each.size_bytes:,}", str(each.change)) for each in plan.files]
        rows += [(target, path, "", "removed") for target, path in plan.to_remove]
        console().print(table(["  target", "file", "#bytes", "change"], rows))
    say(f"{sum(not plan.refused for plan in plans)} photos would be published. Nothing was changed.")


@click.command()
@click.argument("photos", nargs=-1, required=True, type=int, metavar="PHOTO...")
@as_json
@pass_session
def unpublish(session: Session, photos: tuple[int, ...], as_json: bool) -> None:
    """Take photos off the website.

    \b
    Example: lightgate unpublish 12 13
    """
    house = session.house
    outcomes = publishing.unpublish(house.store, house.route, session.website, photos, session.who, house.now())
    if as_json:
        print_json(outcomes)
    else:
        for each in outcomes:
            say(f"Photo {each.photo_id}: {each.message}")
    if not all(each.is_done for each in outcomes):
        click.get_current_context().exit(FAILED)
