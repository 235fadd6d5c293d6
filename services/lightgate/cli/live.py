"""``live`` and ``renew``: what the targets hold, and bringing them up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import click

from lightgate.adapters.pixels.renditions import profiles_of
from lightgate.adapters.website.live_check import LiveCheck
from lightgate.cli.group import FAILED
from lightgate.cli.output import console, print_json, say, table
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.domain.photo import Photo
from lightgate.domain.route.liveness import is_look
from lightgate.steps import release as release_step
from lightgate.steps.release import Standing

_of_set = click.option("--set", "photo_set", metavar="SET", help="Only this set.")


@click.command()
@click.argument("photos", nargs=-1, type=int, metavar="[PHOTO]...")
@_of_set
@click.option("--check", is_flag=True, help="Fetch every file from the website's own address and compare it.")
@as_json
@pass_session
def live(session: Session, photos: tuple[int, ...], photo_set: str | None, check: bool, as_json: bool) -> None:
    """Show what each target holds: live, changed since, to be removed, failed.

    Exit code 1 when a look found other files than were published, or none.

    \b
    Example: lightgate live --set canal-houses --check
    """
    house, found = session.house, _chosen(session, photos, photo_set)
    if check:
        if not session.website.addresses:
            raise click.UsageError("No target has an address: set publish.public_url.")
        found = release_step.look_again(house.store, session.website, LiveCheck(), found, house.now())
    profiles = profiles_of(session.settings.publish, [each.name for each in session.website.targets])
    lines = [line for photo in found for line in release_step.standings(photo, profiles)]
    print_json(lines) if as_json else _show(lines)
    if check and any(
        is_look(each) and not each.get("is_same") for line in lines for each in (line.checks or {}).values()
    ):
        click.get_current_context().exit(FAILED)


def _chosen(session: Session, photos: Sequence[int], photo_set: str | None) -> Iterator[Photo]:
    house = session.house
    with house.store.reading() as tx:
        set_id = tx.sets.get(photo_set).id if photo_set else None
    found = release_step.published_photos(house.store, set_id)
    return (photo for photo in found if not photos or photo.id in photos)


def _show(lines: Sequence[Standing]) -> None:
    if not lines:
        say("Nothing is live.")
        return
    rows = [(each.photo_id, each.file_name, each.target, each.state, each.seen, each.reason) for each in lines]
    console().print(table(["#photo", "name", "target", "state", "seen", "why"], rows))
    counted = Counter(str(each.state) for each in lines)
    say(", ".join(f"{count:,} {state}" for state, count in counted.most_common()))


@click.command()
@click.argument("photos", nargs=-1, type=int, metavar="[PHOTO]...")
@_of_set
@click.option("--yes", is_flag=True, help="Do not ask first.")
@as_json
@pass_session
def renew(session: Session, photos: tuple[int, ...], photo_set: str | None, yes: bool, as_json: bool) -> None:
    """Send live photos again whose files would be made otherwise now.

    That is after a change of the settings for files, or with a new target. Texts and names stay as approved.

    \b
    Example: lightgate renew --set canal-houses
    """
    profiles = profiles_of(session.settings.publish, [each.name for each in session.website.targets])
    ids = [each.id for each in _chosen(session, photos, photo_set) if release_step.is_outdated(each, profiles)]
    if ids and not (yes or as_json):
        click.confirm(f"Send {len(ids)} photos again?", abort=True)
    outcomes = release_step.renew(session.release_desk, ids, session.who)
    if as_json:
        print_json(outcomes)
    else:
        for each in outcomes:
            say(f"Photo {each.photo_id}: {each.message}")
        say(f"{sum(each.is_done for each in outcomes)} photos are on their way." if ids else "All is up to date.")
    if not all(each.is_done for each in outcomes):
        click.get_current_context().exit(FAILED)
