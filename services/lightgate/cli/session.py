"""What every command begins with: the settings, and the house when it is needed.

What the house takes is loaded with it: some commands only start a program, which loads all of it anew.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lightgate.adapters.host.filesystem import require_folder
from lightgate.files.data_folder import DataFolder
from lightgate.files.private import keep_private
from lightgate.settings import Settings, load

if TYPE_CHECKING:
    from lightgate import intake
    from lightgate.bootstrap import House
    from lightgate.ports.website import Website
    from lightgate.steps.release import ReleaseDesk


@dataclass
class Session:
    """One run of the command line."""

    config: Path | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings of this run.

        Raises:
            SettingInvalid: one of them; also where a file stands in the data folder's place.
        """
        settings = load(config=self.config)
        keep_private(settings.private_group)
        require_folder(settings.home)
        return settings

    @cached_property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.settings.home)

    @cached_property
    def house(self) -> House:
        """The house on a database of this version; one that is not there yet is made."""
        # the database's libraries, for which --help need not wait
        from lightgate.bootstrap import build, migrate  # noqa: PLC0415

        if not self.folder.database.exists():
            migrate(self.settings)
        return build(self.settings)

    @cached_property
    def website(self) -> Website:
        """The configured website."""
        # and those of the catalogue
        from lightgate.adapters.website.open import open_website  # noqa: PLC0415

        return open_website(self.settings.publish, self.folder, self.settings.mysql)

    @property
    def release_desk(self) -> ReleaseDesk:
        """Where photos are released and taken off again."""
        return self.house.release_desk(self.website)

    @cached_property
    def intake(self) -> intake.IntakeDesk:
        """Where sets are handed in and taken back."""
        return replace(self.house.intake_desk(), catalogue=self.website.catalogue)

    @property
    def who(self) -> str:
        """Who types, for the history."""
        return getpass.getuser()


pass_session = click.make_pass_decorator(Session, ensure=True)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
