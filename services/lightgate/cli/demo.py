"""``demo``: the whole road with photographs that are made for it."""

from __future__ import annotations

import click

from lightgate import intake
from lightgate.adapters.demo_photos import make_photos
from lightgate.cli.printing import console, program, say, table
from lightgate.cli.running import greet, name_models, start_behind
from lightgate.cli.session import Session, pass_session
from lightgate.cli.taking_in import show_report
from lightgate.cli.waiting import wait_for_sets
from lightgate.domain.words import review_status
from lightgate.installation.background import how_it_is
from lightgate.intake import Request
from lightgate.store import PhotoFilter

TITLE = "Lightgate demo"
BRIEF = "Sample photographs: a cat, a cup of coffee, a rocket launch, an astronaut, a deep field, a motorcycle."


@click.command()
@click.option("--no-flower", is_flag=True, help="Without Flower.")
@pass_session
def demo(session: Session, no_flower: bool) -> None:
    """Make a set of real photographs, send it to review, and say what to open.

    \b
    Example: lightgate demo
    """
    is_new = make_photos(session.folder.demo)
    say(f"The demo's photographs are in {session.folder.demo}{'' if is_new else ', made earlier'}.")
    report = how_it_is(session.folder)
    if report is None:
        say("Starting broker, workers and review site …")
        report = start_behind(session, no_flower=no_flower)
    slugs = [each for each in _submit(session) if each] or _earlier(session)
    wait_for_sets(session, slugs)
    _show_photos(session, slugs)
    greet(session, report, shows_passwords=True)
    name_models(session).wait()
    say(f"Approve, edit, reject and release in the review site. Stop everything with: {program()} down")


def _submit(session: Session) -> list[str | None]:
    request = Request(
        paths=(session.folder.demo,),
        subject="Demo Sampler",
        location="Public Domain",
        folder="Demo",
        brief=BRIEF,
        languages=session.settings.intake.languages,
        title=TITLE,
    )
    return [report.slug for report in intake.submit(session.intake, [request], on_report=show_report)]


def _earlier(session: Session) -> list[str]:
    """Find the sets of an earlier demo: its photographs are in the queue already."""
    with session.house.store.reading() as tx:
        return [each.slug for each in tx.sets.all() if each.title == TITLE]


def _show_photos(session: Session, slugs: list[str]) -> None:
    rows = []
    with session.house.store.reading() as tx:
        for slug in slugs:
            wanted = PhotoFilter(set_id=tx.sets.get(slug).id)
            for photo in tx.photos.page(wanted, limit=100):
                rating = "" if photo.qr is None else f"{photo.qr:.1f} {photo.scores.band}"
                last = photo.error.message if photo.error else photo.file_name
                rows.append((photo.id, photo.original_file_name, rating, review_status(photo), last))
    console().print(table(["#photo", "original", "rating", "stands at", "name, or what is wrong"], rows))
