"""``sets``, ``status``, ``show`` and ``stats``: how it stands."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from lightgate.adapters.website.catalogue.counts import Statistics, count_catalogue
from lightgate.cli.output import console, print_json, printable, say, table
from lightgate.cli.photo_sheet import sheet
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.domain.route.liveness import Liveness, liveness, seen_by_visitor
from lightgate.domain.route.status_words import LIVENESS, WORK, ReviewStatus
from lightgate.engine.progress import SetProgress, held_words, progress_of, progress_of_all
from lightgate.files.heartbeat_file import at_work
from lightgate.installation.background import how_it_is
from lightgate.website.restored import state_of

_WATCH_S = 1.0
_WAITING = (ReviewStatus.PENDING, ReviewStatus.NEEDS_WORK)


@click.command()
@as_json
@pass_session
def sets(session: Session, as_json: bool) -> None:
    """List the sets.

    \b
    Example: lightgate sets
    """
    found = progress_of_all(session.house.store, session.house.route)
    if as_json:
        print_json([_as_answer(each) for each in found])
        return
    console().print(_sets_table(found) if found else "No set was taken in yet.")


def _as_answer(found: SetProgress) -> dict[str, object]:
    return {
        "set": found.photo_set.slug,
        "title": found.photo_set.title,
        "photos": found.total,
        "by_status": dict(found.by_status),
        "by_liveness": dict(found.by_liveness),
        "on_the_way": found.on_the_way,
        "stages": found.stages,
    }


def _sets_table(found: Sequence[SetProgress]) -> RenderableType:
    columns = [
        "set",
        "#photos",
        "#on the way",
        "#to decide",
        "#approved",
        "#published",
        "#live",
        "#rejected",
        "#failed",
    ]
    rows = [
        (
            each.photo_set.slug,
            each.total,
            each.on_the_way,
            sum(each.by_status.get(word, 0) for word in _WAITING),
            each.by_status.get(ReviewStatus.APPROVED, 0),
            each.by_status.get(ReviewStatus.PUBLISHED, 0),
            each.live,
            each.by_status.get(ReviewStatus.REJECTED, 0),
            each.failed,
        )
        for each in found
    ]
    return table(columns, rows)


@click.command()
@click.argument("photo_set", metavar="[SET]", required=False)
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C.")
@as_json
@pass_session
def status(session: Session, photo_set: str | None, watch: bool, as_json: bool) -> None:
    """Show how far the sets are, and whether the workers run.

    \b
    Example: lightgate status canal-houses-amsterdam --watch
    """
    if watch and as_json:
        raise click.UsageError("Choose --watch or --json.")
    if watch:
        _watch(session, photo_set)
    elif as_json:
        print_json(_answer(session, photo_set))
    else:
        console().print(_picture(session, photo_set))


def _watch(session: Session, photo_set: str | None) -> None:
    try:
        with Live(_picture(session, photo_set), console=console(), auto_refresh=False) as live:
            while True:
                time.sleep(_WATCH_S)
                live.update(_picture(session, photo_set), refresh=True)
    except KeyboardInterrupt:
        return


def _found(session: Session, photo_set: str | None) -> Sequence[SetProgress]:
    house = session.house
    if photo_set:
        return [progress_of(house.store, house.route, photo_set)]
    return progress_of_all(house.store, house.route)


def _answer(session: Session, photo_set: str | None) -> dict[str, object]:
    report = how_it_is(session.folder)
    with session.house.store.reading() as tx:
        at = session.house.now()
        ready, held, notes = tx.queue.count_ready(at), tx.queue.held_back(at), tx.notes.all()
    return {
        "running": report,
        "workers": at_work(session.folder.run),
        "ready": dict(ready),
        "held_back": held,
        "notes": {name: value for name, (value, _) in notes.items()},
        "sets": [_as_answer(each) for each in _found(session, photo_set)],
    }


def _picture(session: Session, photo_set: str | None) -> RenderableType:
    parts: list[RenderableType] = [_processes_line(session)]
    with session.house.store.reading() as tx:
        waits = {step: tx.notes.get(f"{step}.status") for step in session.house.pipeline.stages}
        restore, held = state_of(tx), tx.queue.held_back(session.house.now())
    parts += [Text(printable(restore.sentence))] if restore else []
    parts += [Text(f"{WORK.get(step, step.capitalize())}: {printable(why)}") for step, why in waits.items() if why]
    parts += [Text(printable(held_words(each))) for each in held]
    found = _found(session, photo_set)
    if photo_set:
        rows = [(stage.step, stage.past, stage.at_work, stage.failed) for stage in found[0].stages]
        parts.append(table(["stage", "#past it", "#waiting or at work", "#failed"], rows))
    parts.append(_sets_table(found) if found else Text("No set was taken in yet."))
    if on_website := _on_website(found):
        parts.append(Text(f"On the website: {on_website}."))
    return Group(*parts)


def _on_website(found: Sequence[SetProgress]) -> str:
    """Say what the ledger knows of, by how it stands there."""
    counted = {word: sum(each.by_liveness.get(word, 0) for each in found) for word in Liveness}
    return "; ".join(f"{number:,} {LIVENESS[word].lower()}" for word, number in counted.items() if number)


def _processes_line(session: Session) -> Text:
    report = how_it_is(session.folder)
    if report is None:
        return _elsewhere_line(session)
    waiting = [name for name, each in report.processes.items() if not each.is_ready]
    if waiting:
        return Text(f"Running; not at work: {', '.join(waiting)}.")
    return Text(f"Running: {', '.join(report.processes)}. Review site: {report.urls.get('site', '?')}")


def _elsewhere_line(session: Session) -> Text:
    """Say which workers are at work without an ``up`` here, as in containers."""
    found = Counter(each.stage for each in at_work(session.folder.run))
    if not found:
        program = "docker compose" if session.settings.intake.mounted_at else "lightgate"
        return Text(f"Lightgate is not running here ({program} up -d).")
    missing = [f"no {stage}" for stage in session.house.pipeline.stages if stage not in found]
    counted = [f"{count} {printable(stage)}" for stage, count in found.items()]
    return Text(f"Workers that run on this data folder: {', '.join(counted + missing)}.")


@click.command()
@click.argument("photo", type=int)
@as_json
@pass_session
def show(session: Session, photo: int, as_json: bool) -> None:
    """Show one photo: where it stands and why, its facts, its history.

    \b
    Example: lightgate show 12
    """
    with session.house.store.reading() as tx:
        found, history, notes = tx.photos.get(photo), tx.events.of_photo(photo), tx.notes.all()
        held = tx.queue.held_back(session.house.now(), photo)
    if as_json:
        told = {"liveness": liveness(found), "seen_by_visitor": seen_by_visitor(found)}
        print_json({"photo": found, **told, "history": history, "held_back": held})
        return
    waits = notes.get(f"{found.position.step}.status")
    targets = session.settings.publish.target_names
    for line in sheet(found, history, waits[0] if waits else None, targets, held):
        say(line)


@click.command()
@as_json
@pass_session
def stats(session: Session, as_json: bool) -> None:
    """Count the catalogue: rows, quality bands, cameras by year.

    \b
    Example: lightgate stats
    """
    found = count_catalogue(session.folder.catalogue)
    print_json(found) if as_json else _show_statistics(found)


def _show_statistics(found: Statistics) -> None:
    say(f"{found.rows:,} photographs are published.")
    if found.rows:
        console().print(table(["band", "#photos"], [(name, f"{count:,}") for name, count in found.bands.items()]))
        cameras = [(each.year, each.camera, f"{each.photos:,}") for each in found.cameras]
        console().print(table(["year", "camera", "#photos"], cameras))
