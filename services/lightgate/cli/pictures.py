"""``pictures``: what a reviewer looks at is made anew from the original."""

from __future__ import annotations

import click

from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.cli.group import FAILED
from lightgate.cli.output import print_json, say
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.steps import review


@click.command()
@click.argument("photos", nargs=-1, required=True, type=int, metavar="PHOTO...")
@as_json
@pass_session
def pictures(session: Session, photos: tuple[int, ...], as_json: bool) -> None:
    """Make the pictures of photos anew from their originals.

    That is for pictures which are lost, are not those that were made, or could not be turned: the review site shows
    none of them, or the earlier ones, and nobody can approve such a photo.

    \b
    Example: lightgate pictures 12 13
    """
    house, settings = session.house, session.settings
    darkroom = CarefulDarkroom(settings.intake.max_megapixels, settings.workers.memory_limit_mb)
    made = review.make_pictures(house.review_desk(), darkroom, photos, session.who)
    if as_json:
        print_json(made)
    else:
        for each in made:
            say(f"Photo {each.photo_id}: {each.error or 'its pictures are made anew.'}")
    if any(each.error for each in made):
        click.get_current_context().exit(FAILED)
