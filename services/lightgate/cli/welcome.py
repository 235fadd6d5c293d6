"""What a person is told when the installation is there: what to open, and how to sign in."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from lightgate.adapters.host.status_file import HouseReport
from lightgate.files.data_folder import DataFolder
from lightgate.files.text_file import read_text
from lightgate.people import accounts
from lightgate.settings import Settings


def welcome(
    settings: Settings, folder: DataFolder, report: HouseReport, *, shows_passwords: bool = False
) -> Iterator[str]:
    """Give the lines; passwords are in them only on a terminal, so that no log ever holds one."""
    is_open = shows_passwords or sys.stdout.isatty()
    if "site" in report.urls:
        yield f"Review site: {report.urls['site']}"
        yield f"  name:      {settings.review.user}"
        yield f"  password:  {_first_password(folder, is_open)}"
    if "flower" in report.urls:
        yield f"Flower:      {report.urls['flower']}"
        yield f"  name:      {settings.flower.user}"
        yield f"  password:  {_flower_password(settings, folder, is_open)}"


def _first_password(folder: DataFolder, is_open: bool) -> str:
    made = accounts.first_password(folder.secrets)
    if made is None:
        return "as you set it"
    return made if is_open else f"in {folder.secrets / accounts.FIRST_PASSWORD_FILE}"


def _flower_password(settings: Settings, folder: DataFolder, is_open: bool) -> str:
    if settings.flower.password:
        return "as you set it"
    if not is_open:
        return f"in {folder.flower_password}"
    return read_text(folder.flower_password).strip()
