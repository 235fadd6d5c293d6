"""All settings of a Lightgate installation, and the only code that reads the environment.

Order: ``LIGHTGATE_*`` variables, then ``lightgate.toml``, then the defaults here. ``LIGHTGATE_OLLAMA__HOST`` sets
``[ollama] host``. A secret ``X`` may come from the file that ``LIGHTGATE_X_FILE`` names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from lightgate.settings.load import FILE_NAME, PREFIX, from_environ, from_toml, merged, translated
from lightgate.settings.publish import Mysql, Profile, Publish, RightsWords, Target, WatermarkMark
from lightgate.settings.review import Flower, Review
from lightgate.settings.section import Address, Section
from lightgate.settings.stages import Bands, Clip, Intake, Naming, Ollama, Texts, Workers

__all__ = [
    "FILE_NAME",
    "PREFIX",
    "Bands",
    "Clip",
    "Flower",
    "Intake",
    "Mysql",
    "Naming",
    "Ollama",
    "Profile",
    "Publish",
    "Review",
    "RightsWords",
    "Section",
    "Settings",
    "Target",
    "Texts",
    "WatermarkMark",
    "Workers",
    "environ_for_children",
    "load",
]


class Settings(BaseSettings):
    """Everything a person can set."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    #: the data folder
    home: Path = Path("data")
    #: name or number of a group that may read the data folder, its secrets excepted; empty: its owner alone may
    private_group: str | None = None
    #: Redis, with its password; without it ``up`` starts a private server
    broker_url: Address | None = None
    #: program for the private server, before PATH and the ``embedded`` extra
    redis_server: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    captioner: Literal["auto", "ollama", "draft"] = "auto"
    review: Review = Review()
    flower: Flower = Flower()
    naming: Naming = Naming()
    intake: Intake = Intake()
    workers: Workers = Workers()
    bands: Bands = Bands()
    clip: Clip = Clip()
    ollama: Ollama = Ollama()
    texts: Texts = Texts()
    publish: Publish = Publish()
    mysql: Mysql = Mysql()
    #: names a point where a test ends the process on purpose
    kill_at: str | None = None

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def load(environ: Mapping[str, str] | None = None, config: Path | None = None) -> Settings:
    """Read the settings of this process.

    Raises:
        SettingUnknown: a key or variable that does not exist, with a suggestion.
        SettingInvalid: a value of the wrong kind, an unreadable file.
    """
    environ = os.environ if environ is None else environ
    file = config or Path(environ.get(f"{PREFIX}CONFIG", FILE_NAME))
    is_named = config is not None or f"{PREFIX}CONFIG" in environ
    values = merged(from_toml(file, is_named), from_environ(environ, Settings))
    try:
        return Settings(**values)
    except ValidationError as error:
        raise translated(error, Settings) from error


def environ_for_children(told: Mapping[str, str], config: Path | None = None) -> dict[str, str]:
    """Give this process's environment with some settings in it, for a process that it starts.

    Args:
        told: by variable name without prefix, e.g. ``BROKER_URL``.
    """
    named = {f"{PREFIX}CONFIG": str(config.absolute())} if config else {}
    return {**os.environ, **named, **{PREFIX + name: value for name, value in told.items()}}
