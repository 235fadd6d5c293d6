"""``demo``: the whole road with photographs that are made for it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from lightgate import intake
from lightgate.cli.output import program, say
from lightgate.cli.session import Session, pass_session
from lightgate.cli.submit import show_report
from lightgate.cli.up import greet, start_behind
from lightgate.cli.wait import wait_for_sets
from lightgate.demo.photos import make_photos
from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import REVIEW, Status
from lightgate.installation import doctor
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
        say("Starting broker, workers and review site, about ten seconds …")
        report = start_behind(session, no_flower=no_flower)
    slugs = [each for each in _submit(session) if each] or _earlier(session)
    wait_for_sets(session, slugs)
    say("")
    greet(session, report, shows_passwords=True)
    for line in _what_next(session, slugs):
        say(line)


def _what_next(session: Session, slugs: list[str]) -> Iterator[str]:
    """Give what a person finds on the site, and does there."""
    photos = list(_photos(session, slugs))
    waiting = sum(each.position.step == REVIEW for each in photos)
    yield f"{waiting} photographs wait there for you: look, correct, approve or reject; ? shows the keys."
    for each in photos:
        if each.error is not None and each.position.status is Status.FAILED:
            yield f"{each.original_file_name} was put aside: {each.error.message}"
    if doctor.captions(session.settings).level is not doctor.Level.OK:
        yield "Their texts are drafts from the brief and the file's facts: no model wrote them, and they say so."
        yield f"For texts by a model start Ollama (https://ollama.com), then: {program()} models pull ollama"
    yield "Nothing is published before you approve and release it."
    yield f"Photographs of your own: {program()} submit --help      Stop everything: {program()} down"


def _photos(session: Session, slugs: list[str]) -> Iterator[Photo]:
    with session.house.store.reading() as tx:
        for slug in slugs:
            yield from tx.photos.page(PhotoFilter(set_id=tx.sets.get(slug).id), limit=100)


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
