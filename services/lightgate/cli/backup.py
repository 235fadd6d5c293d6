"""``backup``, ``restore``, ``names`` and ``config``: what is worth keeping, and what is set."""

from __future__ import annotations

from pathlib import Path

import click

from lightgate.cli.output import print_json, say
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.installation import backup as archives
from lightgate.names import ledger
from lightgate.names.ledger import Imported
from lightgate.steps.release.redirects import SERVERS, redirect_lines

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("archive", metavar="FILE", type=_FILE)
@click.option("--photos", "with_photos", is_flag=True, help="The working copies and previews too.")
@as_json
@pass_session
def backup(session: Session, archive: Path, with_photos: bool, as_json: bool) -> None:
    """Keep decisions, texts, catalogue, names, lists, settings and keys in one .tar.gz; keep it as safe as they are.

    \b
    Example: lightgate backup lightgate-2026-05-04.tar.gz
    """
    manifest = archives.back_up(session.folder, archive, with_photos=with_photos)
    if as_json:
        print_json(manifest)
        return
    photos = "" if with_photos else " The working copies of photos are not in it (--photos)."
    say(f"{archive}: {len(manifest.files)} files, {archive.stat().st_size / 1e6:,.1f} MB.{photos}")


@click.command()
@click.argument("archive", metavar="FILE", type=_FILE)
@click.confirmation_option(prompt="This replaces the present decisions, texts and keys. Go on?")
@pass_session
def restore(session: Session, archive: Path) -> None:
    """Put the state of a backup in place; what stood there is kept beside it.

    \b
    Example: lightgate restore lightgate-2026-05-04.tar.gz
    """
    manifest, aside = archives.restore(session.folder, archive)
    kept = f" What stood there is in {aside}." if aside else ""
    say(f"Restored {len(manifest.files)} files of {manifest.at}.{kept}")
    say("What was on its way to the website waits to be released again; what it shows is compared at the start.")


@click.group()
def names() -> None:
    """The list of file names that are held or published.

    \b
    Example: lightgate names export used_filenames.json
    """


@names.command()
@click.argument("file", type=_FILE)
@pass_session
def export(session: Session, file: Path) -> None:
    """Write the list to a JSON file.

    \b
    Example: lightgate names export used_filenames.json
    """
    say(f"{file}: {ledger.export(session.house.store, file):,} names.")


@names.command(name="import")
@click.argument("file", type=_FILE, required=False)
@click.option("--catalogue", is_flag=True, help="Take the names of the website's catalogue.")
@as_json
@pass_session
def import_names(session: Session, file: Path | None, catalogue: bool, as_json: bool) -> None:
    """Take in names that were used before, so that they are never given again.

    \b
    Example: lightgate names import used_filenames.json
    """
    if (file is None) != catalogue:
        raise click.UsageError("Give a file, or --catalogue.")
    house = session.house
    if file is None:
        found = ledger.import_catalogue(house.store, session.website.catalogue, house.rule, house.now())
    else:
        found = ledger.import_file(house.store, file, house.rule, house.now())
    print_json(found) if as_json else _show(found)


@names.command()
@click.argument("server", type=click.Choice(sorted(SERVERS)))
@pass_session
def redirects(session: Session, server: str) -> None:
    """Print where published files moved, for the website's server.

    \b
    Example: lightgate names redirects nginx > moved.conf
    """
    for line in redirect_lines(session.house.store, server, session.settings.publish.public_url):
        click.echo(line)


def _show(found: Imported) -> None:
    for line in found.bad:
        say(f"  {line}")
    say(f"{found.new:,} names are new, {found.known:,} were known, {len(found.bad):,} are no file names.")


@click.command()
@as_json
@pass_session
def config(session: Session, as_json: bool) -> None:
    """Show every setting as it is now; secrets are not shown.

    \b
    Example: lightgate config
    """
    values = session.settings.model_dump(mode="json")
    print_json(values) if as_json else _show_settings(values)


def _show_settings(values: dict[str, object], section: str = "") -> None:
    for name, value in values.items():
        if isinstance(value, dict):
            _show_settings(value, f"{section}{name}.")
        else:
            say(f"{section}{name} = {'' if value is None else value}")
