"""The configured website: its targets, its catalogue and the layout of its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lightgate.adapters.website.catalogue.mirrored import MirroredCatalogue
from lightgate.adapters.website.catalogue.mysql import MysqlCatalogue
from lightgate.adapters.website.catalogue.sql import SqlCatalogue
from lightgate.adapters.website.targets.folder import FolderTarget
from lightgate.domain.approval.rights import RightsTemplate
from lightgate.domain.modes import READABLE, Modes
from lightgate.domain.names.layout import FULL, THUMB, Layout
from lightgate.files.by_name import function_at
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import Catalogue, Renderer, Target, Terms, Website
from lightgate.settings import Mysql, Publish
from lightgate.settings import Target as TargetSettings
from lightgate.settings.target_kinds import KINDS


def open_website(publish: Publish, folder: DataFolder, mysql: Mysql | None = None) -> Website:
    """Open what the settings name; our own folder and catalogue are made, a folder the owner named must exist.

    No line is opened before something is asked of a target.

    Raises:
        SettingInvalid: a path template that cannot be.
        CatalogueUnreachable: the local catalogue cannot be opened.
    """
    templates = {FULL: publish.full_path, THUMB: publish.thumb_path}
    layout = Layout(templates, publish.undated, publish.responsive_path, publish.manifest_path)
    targets = tuple(open_targets(publish, folder))
    catalogue = open_catalogue(folder, mysql or Mysql())
    addresses = {name: target.public_url for name, target in publish.targets.items() if target.public_url}
    if publish.public_url:
        addresses.setdefault(targets[0].name, publish.public_url)
    return Website(
        targets,
        catalogue,
        layout,
        publish.public_url,
        renderers=dict(own_renderers(publish)),
        terms=terms_of(publish),
        addresses=addresses,
    )


def terms_of(publish: Publish) -> Terms:
    """Read what the settings want of each photo; no target is opened for that."""
    profiles = [publish.profile_of(name) for name in publish.targets or ("",)]
    return Terms(
        tuple(RightsTemplate(**each.rights.model_dump()) for each in profiles),
        frozenset(name for each in profiles for name in each.disclose),
        (max(each.full_width_px for each in profiles), max(each.full_height_px for each in profiles)),
    )


def own_renderers(publish: Publish) -> Iterator[tuple[str, Renderer]]:
    """Yield what makes the files of targets with a profile of their own; one profile has one renderer."""
    wanted = {name: target.profile for name, target in publish.targets.items() if target.profile}
    if not wanted:
        return
    # libvips must not be loaded before a worker forks, nor for commands that render nothing
    from lightgate.adapters.pixels.renditions import renditions  # noqa: PLC0415

    made = {profile: renditions(publish.profile_of(name)) for name, profile in wanted.items()}
    yield from ((name, made[profile]) for name, profile in wanted.items())


def open_catalogue(folder: DataFolder, mysql: Mysql) -> Catalogue:
    """Open the website's catalogue with its local copy, or the local one alone."""
    local = SqlCatalogue.in_file(folder.catalogue)
    return MirroredCatalogue(MysqlCatalogue(mysql), local) if mysql.host else local


def open_targets(publish: Publish, folder: DataFolder) -> Iterator[Target]:
    """Yield the named targets, or the one folder where none is named."""
    if publish.targets:
        for name, wanted in publish.targets.items():
            yield open_target(name, wanted, publish.modes)
        return
    if publish.directory is None:
        _make(folder.published, publish.modes)
    yield FolderTarget(publish.directory or folder.published, modes=publish.modes)


def _make(folder: Path, modes: Modes) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(modes.folder)


def open_target(name: str, wanted: TargetSettings, modes: Modes = READABLE) -> Target:
    """Make one target."""
    made: Target = function_at(KINDS[wanted.kind].opens)(name, wanted, modes)
    return made
