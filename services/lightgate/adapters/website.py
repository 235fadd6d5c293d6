"""The configured website: its targets, its catalogue and the layout of its files."""

from __future__ import annotations

from lightgate.adapters.catalogue import SqlCatalogue
from lightgate.adapters.folder_target import FolderTarget
from lightgate.delivery import Website
from lightgate.domain.layout import FULL, THUMB, Layout
from lightgate.folder import DataFolder
from lightgate.settings import Publish


def open_website(publish: Publish, folder: DataFolder) -> Website:
    """Open what the settings name; our own folder and catalogue are made, a folder the owner named must exist.

    Raises:
        SettingInvalid: a path template that cannot be.
        CatalogueUnreachable: the local catalogue cannot be opened.
    """
    layout = Layout({FULL: publish.full_path, THUMB: publish.thumb_path}, publish.undated)
    if publish.directory is None:
        folder.published.mkdir(parents=True, exist_ok=True)
    target = FolderTarget(publish.directory or folder.published)
    return Website((target,), SqlCatalogue.in_file(folder.catalogue), layout, publish.public_url)
