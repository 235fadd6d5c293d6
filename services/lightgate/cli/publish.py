"""``publish --dry-run``, ``unpublish``, ``unrelease``, ``replace``, ``mirror``; releasing is the review site's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from lightgate.adapters.pixels.renditions import renditions
from lightgate.adapters.website.catalogue.mirrored import MirroredCatalogue
from lightgate.cli.group import FAILED
from lightgate.cli.output import console, print_json, say, table
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.intake import replace_original
from lightgate.steps import release as release_step
from lightgate.steps.release import Outcome, PlannedPhoto
from lightgate.website.diff import Change


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
    ids = release_step.ready_for_release(house.store, set_id)
    renderer = renditions(session.settings.publish)
    plans = list(release_step.plan(house.store, house.key, house.folder, renderer, session.website, ids))
    print_json(plans) if as_json else _show(plans)


def _show(plans: Sequence[PlannedPhoto]) -> None:
    for plan in plans:
        if plan.refused:
            say(f"Photo {plan.photo_id}: {plan.refused}")
            continue
        say(f"Photo {plan.photo_id}, {plan.file_name}: row {plan.row_change}")
        for remark in plan.notes:
            say(f"  {remark}")
        rows = [(each.target, each.path, f"{each.size_bytes:,}", str(each.change)) for each in plan.files]
        rows += [(target, path, "", "removed") for target, path in plan.to_remove]
        console().print(table(["  target", "file", "#bytes", "change"], rows))
    going = sum(plan.row_change is Change.REMOVED for plan in plans)
    sent = sum(not plan.refused for plan in plans) - going
    say(f"{sent} photos would be published{f', {going} taken off' if going else ''}. Nothing was changed.")


@click.command()
@click.argument("photos", nargs=-1, required=True, type=int, metavar="PHOTO...")
@as_json
@pass_session
def unpublish(session: Session, photos: tuple[int, ...], as_json: bool) -> None:
    """Take photos off the website.

    \b
    Example: lightgate unpublish 12 13
    """
    outcomes = release_step.unpublish(session.release_desk, photos, session.who)
    _report(outcomes, as_json=as_json)


@click.command()
@click.argument("number", type=int, required=False, metavar="[RELEASE]")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@as_json
@pass_session
def unrelease(session: Session, number: int | None, yes: bool, as_json: bool) -> None:
    """Undo the last release: put back what it replaced, take off what it added.

    Its photos go back to review; those that were only sent again stay live and approved. Older releases cannot be
    undone as a whole, since what they replaced is not kept: use "lightgate unpublish" for their photos.

    \b
    Example: lightgate unrelease
    """
    with session.house.store.reading() as tx:
        newest, count = tx.releases.newest_number(), len(tx.releases.last())
    meant = newest if number is None else number
    if meant is None and not as_json:
        say("There is no release to undo.")
        return
    if meant == newest and not (yes or as_json):
        click.confirm(f"Undo release {meant}, the newest, {count} photos?", abort=True)
    outcomes = release_step.undo_release(session.release_desk, session.who, number=meant)
    _report(outcomes, as_json=as_json)


@click.command(name="stop-release")
@click.argument("number", type=int, required=False, metavar="[RELEASE]")
@as_json
@pass_session
def stop_release(session: Session, number: int | None, as_json: bool) -> None:
    """Stop what the last release, or another one, has not sent yet.

    What is under way is finished. The rest stays approved and waits to be released again.

    \b
    Example: lightgate stop-release
    """
    if number is None:
        with session.house.store.reading() as tx:
            number = tx.releases.newest_number()
    outcomes = release_step.stop_release(session.release_desk, number, session.who) if number is not None else ()
    if as_json:
        print_json(outcomes)
        return
    for each in outcomes:
        say(f"Photo {each.photo_id}: {each.message}")
    if not outcomes:
        say("Nothing is on its way to the website.")


@click.command()
@click.argument("photo", type=int)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_session
def replace(session: Session, photo: int, file: Path) -> None:
    """Put another original in a photo's place: same name, new pixels, reviewed again.

    What is live stays until the new version is released.

    \b
    Example: lightgate replace 17 ~/Pictures/lake-retouched.jpg
    """
    replace_original(session.intake, photo, file, session.who)
    say(f"Photo {photo} has a new original and comes to review again.")


@click.command()
@pass_session
def mirror(session: Session) -> None:
    """Make the local copy of the website's table anew.

    \b
    Example: lightgate mirror
    """
    catalogue = session.website.catalogue
    if not isinstance(catalogue, MirroredCatalogue):
        raise click.UsageError("No MySQL is configured: the local catalogue is the only one.")
    say(f"{session.folder.catalogue}: {catalogue.rebuild():,} rows, as on the website.")


def _report(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    if as_json:
        print_json(outcomes)
    else:
        for each in outcomes:
            say(f"Photo {each.photo_id}: {each.message}")
    if not all(each.is_done for each in outcomes):
        click.get_current_context().exit(FAILED)
