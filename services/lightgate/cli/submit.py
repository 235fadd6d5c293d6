"""``submit`` and ``rollback``: sets come in, and go back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISDIR
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from lightgate import intake
from lightgate.cli.group import FAILED
from lightgate.cli.output import console, print_json, say, table
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.cli.wait import wait_for_sets
from lightgate.domain.names.path_text import to_text
from lightgate.errors import InputInvalid
from lightgate.intake import Request, SetPlan, SetReport

# whether they can be read is asked later, in words of our own
_PATHS = click.Path(path_type=Path, readable=False)


@click.command()
@click.argument("paths", nargs=-1, type=_PATHS)
@click.option("--subject", help="What the set shows.")
@click.option(
    "--suggest-subject",
    is_flag=True,
    help="No --subject yet: the folder's name for now; the site suggests one once the pictures are rated.",
)
@click.option("--location", help="Where it was taken.")
@click.option("--folder", help="The website's folder for it.")
@click.option("--brief", default="", metavar="TEXT|@FILE", help="Event, people, what is going on.")
@click.option("--title", default="", help="The set's own name; without it: subject and location.")
@click.option("--language", "languages", multiple=True, metavar="TAG", help="e.g. en; repeat for more.")
@click.option("--manifest", type=click.Path(path_type=Path, dir_okay=False), help="Many sets in one TOML file.")
@click.option(
    "--recursive",
    is_flag=True,
    help="Folders in the folder too, without thumbnails and rubbish of a NAS, a system or a program.",
)
@click.option("--move", is_flag=True, help="Remove the sources once their copies are safe.")
@click.option("--on-error", type=click.Choice(["wait", "rollback"]), default="wait", show_default=True,
              help="What a blocking model error does to the set.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be taken in and how it would be named.")
@click.option("--wait", is_flag=True, help="Wait until the photos are at review.")
@as_json
@pass_session
def submit(session: Session, /, paths: tuple[Path, ...], manifest: Path | None, dry_run: bool, wait: bool,
           as_json: bool, **fields: Any) -> None:  # fmt: skip
    """Take in a set of photographs: files, or folders of them.

    \b
    Example: lightgate submit ~/Pictures/canals --subject "Canal houses" --location Amsterdam --folder Streets
             lightgate submit --manifest sets.toml --wait
    """
    requests = _requests(session, paths, manifest, fields)
    if dry_run:
        plans = intake.plan(session.intake, requests)
        print_json([_planned(each) for each in plans]) if as_json else _show_plans(plans)
        return
    reports = _taken_in(session, requests, is_quiet=as_json)
    slugs = [each.slug for each in reports if each.slug]
    if as_json:
        print_json(reports)
    failed = wait_for_sets(session, slugs) if wait and slugs else 0
    if failed or any(_is_in_vain(each) for each in reports):
        click.get_current_context().exit(FAILED)


def _requests(
    session: Session, paths: tuple[Path, ...], manifest: Path | None, fields: dict[str, Any]
) -> Sequence[Request]:
    _require_readable(paths, session.settings.intake.mounted_at)
    chosen = {name: value for name, value in fields.items() if value}
    languages = tuple(chosen.pop("languages", ()) or session.settings.intake.languages)
    if manifest is not None:
        if paths:
            raise click.UsageError("Give files and folders, or --manifest, not both.")
        wanted = {name: chosen[name] for name in ("move", "on_error") if name in chosen}
        return intake.read_manifest(manifest, languages=languages, **wanted)
    if chosen.pop("suggest_subject", False) and "subject" not in chosen and paths:
        chosen["subject"] = _provisional(paths[0])
    missing = [f"--{name}" for name in ("subject", "location", "folder") if name not in chosen]
    if not paths or missing:
        raise click.UsageError(f"Missing: {', '.join(['PATHS'] * (not paths) + missing)}.")
    brief = intake.read_brief(chosen.pop("brief", ""), Path.cwd())
    return (Request(paths=tuple(path.absolute() for path in paths), brief=brief, languages=languages, **chosen),)


def _provisional(path: Path) -> str:
    """Call a set after its folder until somebody says what it shows."""
    place = path.absolute()
    folder = place if place.is_dir() else place.parent
    return " ".join(to_text(folder.name).replace("_", " ").replace("-", " ").split()) or "Untitled"


def _require_readable(paths: Sequence[Path], mounted_at: Path | None) -> None:
    for path in paths:
        name = to_text(str(path))
        try:
            needed = os.R_OK | os.X_OK if S_ISDIR(path.stat().st_mode) else os.R_OK
            may_read = os.access(path, needed)
        except PermissionError:
            may_read = False
        except OSError as error:
            hint = f" in this container. It sees one folder of the machine, as {mounted_at}: the one PHOTOS names"
            raise InputInvalid(reason=f"{name} does not exist{hint if mounted_at else ''}.") from error
        if not may_read:
            hint = ", who works in containers. Let others read it, or set PUID and PGID to who may, and run `up` again"
            raise InputInvalid(reason=f"{name} may not be read by user {os.geteuid()}{hint if mounted_at else ''}.")


def _taken_in(session: Session, requests: Sequence[Request], *, is_quiet: bool) -> Sequence[SetReport]:
    columns = (TextColumn("copying"), BarColumn(), MofNCompleteColumn())
    show = (lambda _report: None) if is_quiet else show_report
    told = console(is_err=True)
    with Progress(*columns, console=told, transient=True, disable=is_quiet or not told.is_terminal) as bar:
        task = bar.add_task("copying", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return intake.submit(session.intake, requests, progress=progress, on_report=show)


def show_report(report: SetReport) -> None:
    """Say what became of a set, file by file where something is worth saying."""
    for line in _report_lines(report):
        say(line)


def _report_lines(report: SetReport) -> Iterator[str]:
    for each in report.skipped:
        yield f"  skipped {each.name}: {each.reason}"
    for each in report.kept:
        yield f"  not removed {each.name}: {each.reason}"
    for line in report.left:
        yield f"  left alone: {line}"
    for line in report.warnings:
        yield f"  note: {line}"
    if report.slug is None:
        what = "none of these files can be taken in" if _is_in_vain(report) else "nothing new"
        yield f"{report.title}: {what}."
        return
    moved = f", {report.moved} sources removed" if report.moved else ""
    yield f"{report.title}: {len(report.photo_ids)} photos taken in as {report.slug}{moved}."


def _is_in_vain(report: SetReport) -> bool:
    """Was nothing taken in, and nothing there before?"""
    return report.slug is None and all(each.photo_id is None for each in report.skipped)


def _planned(plan: SetPlan) -> dict[str, object]:
    return {
        "subject": plan.request.subject,
        "location": plan.request.location,
        "folder": plan.request.folder,
        "source": plan.source,
        "size_bytes": plan.size_bytes,
        "names": [{"file": file, "name": name} for file, name in plan.names],
        "skipped": plan.skipped,
        "left": plan.left,
        "left_alone": plan.left_alone,
        "warnings": plan.warnings,
    }


def _show_plans(plans: Sequence[SetPlan]) -> None:
    for plan in plans:
        console().print(table(["file", "would be named"], plan.names))
        for each in plan.skipped:
            say(f"  skipped {each.name}: {each.reason}")
        for line in plan.left:
            say(f"  left alone: {line}")
        for line in plan.warnings:
            say(f"  note: {line}")
        say(f"{plan.source}: {len(plan.files)} photos, {plan.size_bytes / 1e6:,.1f} MB. Nothing was taken in.")


@click.command()
@click.argument("photo_set", metavar="SET")
@as_json
@pass_session
def rollback(session: Session, photo_set: str, as_json: bool) -> None:
    """Undo a set that is not published: rows, names and copies go; moved sources come back.

    \b
    Example: lightgate rollback canal-houses-amsterdam
    """
    report = intake.rollback(session.intake, photo_set, session.who)
    if as_json:
        print_json(report)
        return
    for place in report.restored:
        say(f"  put back: {place}")
    later = " Copies are removed later, since a submit is running." if report.copies_remain else ""
    say(f"{report.slug}: {report.removed} photos taken back, {report.freed} names are free again.{later}")
