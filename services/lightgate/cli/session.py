"""What every command begins with: the settings, and the house when it is needed."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import click

from lightgate import intake
from lightgate.adapters.website import open_website
from lightgate.bootstrap import House, build, migrate
from lightgate.delivery import Website
from lightgate.folder import DataFolder
from lightgate.settings import Settings, load


@dataclass
class Session:
    """One run of the command line."""

    config: Path | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings of this run."""
        return load(config=self.config)

    @cached_property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.settings.home)

    @cached_property
    def house(self) -> House:
        """The house on a database of this version; one that is not there yet is made."""
        if not self.folder.database.exists():
            migrate(self.settings)
        return build(self.settings)

    @cached_property
    def website(self) -> Website:
        """The configured website."""
        return open_website(self.settings.publish, self.folder, self.settings.mysql)

    @cached_property
    def intake(self) -> intake.Desk:
        """Where sets are handed in and taken back."""
        return replace(self.house.intake_desk(), catalogue=self.website.catalogue)

    @property
    def who(self) -> str:
        """Who types, for the history."""
        return getpass.getuser()


pass_session = click.make_pass_decorator(Session, ensure=True)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
