"""All settings of a Lightgate installation, and the only code that reads the environment.

Order: ``LIGHTGATE_*`` variables, then ``lightgate.toml``, then the defaults here. ``LIGHTGATE_OLLAMA__HOST`` sets
``[ollama] host``. A secret ``X`` may come from the file that ``LIGHTGATE_X_FILE`` names.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from lightgate.domain.naming import Rule
from lightgate.errors import SettingInvalid, SettingUnknown

PREFIX = "LIGHTGATE_"
FILE_NAME = "lightgate.toml"

#: in the ledger, in messages and in variables
TargetName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Port = Annotated[int, Field(ge=0, le=65535)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


#: of one stage, where nobody said how many
_MOST_PROCESSES = 4


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Review(Section):
    """The review site."""

    host: str = "127.0.0.1"
    port: Port = 8080
    #: the first user, made by ``up``; without a password one is made and kept in the data folder
    user: str = "reviewer"
    password: SecretStr | None = None
    #: set where the site stands behind https
    secure_cookies: bool = False
    session_hours: Positive = 12
    #: wrong passwords from one address or for one name within fifteen minutes
    sign_in_attempts: Count = 10
    #: names the site is reached by, beside localhost and ``host``; empty with the host 0.0.0.0: any
    allowed_hosts: tuple[str, ...] = ()
    #: reverse proxies in front whose X-Forwarded headers are believed
    proxies: Annotated[int, Field(ge=0)] = 0
    threads: Count = 8


class Flower(Section):
    """Flower, the engineers' view of the workers."""

    host: str = "127.0.0.1"
    port: Port = 5555
    user: str = "flower"
    password: SecretStr | None = None


class Naming(Section):
    """File names, see ``domain/naming.py``."""

    template: str = "{subject}_{location}_{folder}_Photography_{camera}_{year}_{counter}"
    extension: str = ".JPG"
    #: characters, with extension (the predecessor's limit)
    max_length: Count = 150

    @model_validator(mode="after")
    def _can_name_files(self) -> Self:
        _ = self.rule
        return self

    @property
    def rule(self) -> Rule:
        """The rule that names are made by."""
        return Rule(self.template, self.extension, self.max_length)


class Intake(Section):
    #: header limit before anything is decoded
    max_megapixels: Positive = 200
    max_file_mb: Positive = 1024
    #: left free on the disk after a submit
    min_free_mb: Positive = 512
    #: in a container: the folder at which the photographs of the machine around it can be seen
    mounted_at: Path | None = None
    languages: tuple[str, ...] = ("en",)


class Workers(Section):
    """Processes a stage, and how patient they are."""

    exif: Count = 2
    #: 0: one a core, at most four; each takes 0.5 GB with ONNX Runtime, 1 GB with torch
    quality: Annotated[int, Field(ge=0)] = 0
    publish: Count = 1
    #: a worker that does not renew its lease within this time has lost the photo
    lease_s: Positive = 60
    #: ``reconcile`` looks this often
    reconcile_s: Positive = 5
    #: address space of exif and publish workers; 0: no limit
    memory_limit_mb: Annotated[int, Field(ge=0)] = 4096
    #: a stopping worker may go on with its photos for so long before it gives them back
    soft_stop_s: Annotated[float, Field(ge=0, le=50)] = 20

    def processes(self, stage: str) -> int:
        """Give how many processes work for a stage."""
        return int(getattr(self, stage, 1)) or min(_MOST_PROCESSES, os.cpu_count() or 1)


class Bands(Section):
    """Lower limits of the quality bands on the 0-10 scale (the website's own)."""

    top: float = 7.5
    good: float = 6.5
    average: float = 5.5
    low: float = 4.5


class Clip(Section):
    """The CLIP model that rates how a picture looks."""

    enabled: bool = True
    model: str = "ViT-B-32"
    #: path of a checkpoint, or an open_clip tag fetched by ``lightgate models pull clip``
    weights: str = "datacomp_xl_s13b_b90k"
    #: LAION-format linear head, optional
    aesthetic_head: Path | None = None
    device: str = "auto"
    #: auto: the fastest that a self-test on this machine finds, once; int8 needs the extra ``onnx``
    precision: Literal["auto", "float32", "bfloat16", "float16", "int8"] = "auto"
    #: pictures at once on a processor; on a GPU 64
    batch: Count = 8


class Ollama(Section):
    """The caption model."""

    host: str = "http://127.0.0.1:11434"
    model: str = "qwen2.5vl:3b"
    fallback_model: str | None = None
    num_ctx: Count = 4096
    num_predict: Count = 400
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.1
    seed: int = 42
    keep_alive: str = "30m"
    connect_timeout_s: Positive = 5
    #: no token for this long: the answer is given up
    idle_timeout_s: Positive = 300
    #: all answers for one photo in one language; the caption stage's limits are built on its maximum
    hard_timeout_s: Annotated[float, Field(gt=0, le=900)] = 600
    max_edge_px: Count = 1024
    #: take the model out of memory when nothing is left to describe
    close_when_idle: bool = False


class Target(Section):
    """A place for published files; its name in ``[publish.targets.<name>]`` stands in the ledger and stays."""

    kind: Literal["folder", "ftp", "ftps", "sftp"]
    host: str = ""
    #: empty: 21 for ftp and ftps, 22 for sftp
    port: Port | None = None
    user: str = ""
    password: SecretStr | None = None
    #: private key for sftp; with neither key nor password the SSH agent is asked
    key_file: Path | None = None
    key_passphrase: SecretStr | None = None
    #: keys of the sftp hosts that are trusted
    known_hosts: Path = Path("~/.ssh/known_hosts")
    #: certificates that ftps trusts instead of the system's
    ca_file: Path | None = None
    #: folder on the server below which the files lie, or the folder on this machine
    path: str = ""
    #: an answer may take so long
    timeout_s: Positive = 30
    #: upload speed; 0: no limit
    rate_kb_s: Annotated[float, Field(ge=0)] = 0
    #: how uploads are checked: auto compares size, and the hash where the server gives one; download reads all back
    verify: Literal["auto", "size", "download"] = "auto"
    #: one of ``[publish.profiles]``; empty: files are made as ``[publish]`` says
    profile: str = ""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        needed = {"folder": ("path",), "ftp": ("host", "user"), "ftps": ("host", "user"), "sftp": ("host", "user")}
        missing = [name for name in needed[self.kind] if not getattr(self, name)]
        if missing:
            raise ValueError(f"a target of the kind {self.kind} needs {' and '.join(missing)}")
        return self


class Texts(Section):
    """What captions, alt texts and keywords must be like."""

    #: the model is asked so often to correct what the proof found
    rewrites: Annotated[int, Field(ge=0, le=3)] = 1
    min_keywords: Count = 5
    max_keywords: Annotated[int, Field(ge=1, le=12)] = 12
    #: a model's keywords that an imported vocabulary does not list go, or stay; a person is asked about them either way
    unknown_keywords: Literal["drop", "keep"] = "drop"

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.min_keywords > self.max_keywords:
            raise ValueError("texts.min_keywords is above texts.max_keywords")
        return self

    @property
    def keywords(self) -> tuple[int, int]:
        """How many keywords a photo has."""
        return self.min_keywords, self.max_keywords


class RightsWords(Section):
    """What files say of their rights, where the original says nothing itself.

    ``{year}``, ``{creator}``, ``{subject}``, ``{location}`` and ``{name}`` are filled in; a text with ``{creator}``
    is left out where nobody knows it.
    """

    creator: str = ""
    copyright: str = "© {year} {creator}"
    credit: str = "{creator}"
    usage_terms: str = ""
    #: address of the page that says what may be done with the picture
    web_statement: str = ""
    licensor_name: str = ""
    licensor_url: str = ""
    #: what machines may learn from it, in the words of PLUS; empty: nothing is said
    data_mining: Literal[
        "",
        "UNSPECIFIED",
        "ALLOWED",
        "PROHIBITED-AIMLTRAINING",
        "PROHIBITED-GENAIMLTRAINING",
        "PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        "PROHIBITED",
        "PROHIBITED-SEECONSTRAINT",
    ] = ""
    other_constraints: str = ""
    #: these words go before the creator and the notice in the file
    overrides: bool = False
    #: publish nothing without a copyright notice
    required: bool = False


class WatermarkMark(Section):
    """A mark in a corner of every published picture; none without text or image."""

    #: a line break makes a second line
    text: str = ""
    #: PNG with transparency, instead of the text
    image: Path | None = None
    #: TrueType or OpenType; empty: Aileron, which is free for every use
    font: Path | None = None
    corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "bottom-right"
    #: of a line, or of the image, as a share of the picture's height
    height: Annotated[float, Field(gt=0, le=1)] = 0.03
    opacity: Annotated[float, Field(ge=0, le=1)] = 0.8
    margin_x_px: Annotated[int, Field(ge=0)] = 20
    margin_y_px: Annotated[int, Field(ge=0)] = 10


class Profile(Section):
    """How published files are made."""

    full_width_px: Count = 1500
    full_height_px: Count = 1000
    thumb_width_px: Count = 548
    thumb_height_px: Count = 365
    #: of JPEG
    quality: Annotated[int, Field(ge=1, le=100)] = 90
    #: how JPEG stores colour; auto: whole from quality 90 on
    chroma: Literal["auto", "4:2:0", "4:4:4"] = "auto"
    #: longest edges in pixels of a set for ``srcset``, e.g. [320, 640, 960, 1280, 1920, 2560]; empty: none is made
    responsive: tuple[Annotated[int, Field(ge=16, le=8192)], ...] = ()
    formats: tuple[Literal["jpeg", "webp", "avif"], ...] = ("jpeg", "webp", "avif")
    webp_quality: Annotated[int, Field(ge=1, le=100)] = 80
    avif_quality: Annotated[int, Field(ge=1, le=100)] = 63
    rights: RightsWords = RightsWords()
    watermark: WatermarkMark = WatermarkMark()


class Publish(Profile):
    """Renditions and where they go."""

    #: published file by year, folder and name
    full_path: str = "{year}/{folder}/{name}"
    thumb_path: str = "{year}/thumbs/{folder}/{name}"
    #: of the files for ``srcset``; ``{stem}`` is the name without its ending
    responsive_path: str = "{year}/sizes/{folder}/{stem}-{edge}.{ending}"
    #: of the list that goes with them
    manifest_path: str = "{year}/sizes/{folder}/{stem}.json"
    #: stands for ``{year}`` where the photo has no date
    undated: str = "undated"
    #: folder target; empty: ``published`` in the data folder. Not used where ``targets`` are named
    directory: Path | None = None
    #: the places files go to, by name; the row in the catalogue describes the first
    targets: dict[TargetName, Target] = {}
    #: other ways to make files, by name, for targets that want them
    profiles: dict[TargetName, Profile] = {}
    #: in front of the paths in the catalogue; empty: the path itself
    public_url: str = ""

    #: what becomes of the working copy of a live photo: ``archive`` moves it there, ``release`` goes back to the file
    #: it was submitted from, as long as that is unchanged
    originals: Literal["keep", "archive", "release"] = "keep"
    #: folder for the originals, by year, folder and name
    archive: Path | None = None

    @model_validator(mode="after")
    def _has_an_archive(self) -> Self:
        if self.originals == "archive" and self.archive is None:
            raise ValueError("originals = archive needs publish.archive, the folder for them")
        return self

    @model_validator(mode="after")
    def _knows_its_profiles(self) -> Self:
        for name, target in self.targets.items():
            if target.profile and target.profile not in self.profiles:
                raise ValueError(f"target {name} wants the profile {target.profile}, and there is none of that name")
        return self

    #: fetch every published file from ``public_url`` once, and keep in the ledger what came
    check_live: bool = True


class Mysql(Section):
    """The website's MySQL or MariaDB. Without a host, rows go to the local catalogue alone."""

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 3306
    user: str = ""
    password: SecretStr | None = None
    database: str = ""
    table: str = "photos_info_revamp"
    #: the website's column names by ours, e.g. {Caption = "description"}; an empty name: the column is not written
    columns: dict[str, str] = {}
    #: encrypt, and check the server's certificate
    tls: bool = False
    #: certificates to trust instead of the system's
    ca_file: Path | None = None
    #: connecting, or one answer, may take so long
    timeout_s: Positive = 15

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        missing = [name for name in ("user", "database", "table") if self.host and not getattr(self, name)]
        if missing:
            raise ValueError(f"with a host, {' and '.join(missing)} must be set too")
        return self


#: tables whose names the owner chooses, by the beginning of their variables
_NAMED: dict[str, type[Section]] = {
    f"{PREFIX}PUBLISH__TARGETS__": Target,
    f"{PREFIX}PUBLISH__PROFILES__": Profile,
}
#: fields of theirs that are lists, given as JSON
_LISTS = frozenset({"responsive", "formats"})


class Settings(BaseSettings):
    """Everything a person can set."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    #: the data folder
    home: Path = Path("data")
    #: Redis; without it ``up`` starts a private server
    broker_url: SecretStr | None = None
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
    values = _merged(_from_toml(file, is_named), _from_environ(environ))
    try:
        return Settings(**values)
    except ValidationError as error:
        raise _translated(error) from error


def environ_for_children(told: Mapping[str, str], config: Path | None = None) -> dict[str, str]:
    """Give this process's environment with some settings in it, for a process that it starts.

    Args:
        told: by variable name without prefix, e.g. ``BROKER_URL``.
    """
    named = {f"{PREFIX}CONFIG": str(config.absolute())} if config else {}
    return {**os.environ, **named, **{PREFIX + name: value for name, value in told.items()}}


def _from_toml(file: Path, is_named: bool) -> dict[str, Any]:
    if not file.is_file():
        if is_named:
            raise SettingInvalid(name="--config", reason=f"there is no file {file}")
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingInvalid(name=str(file), reason=str(error)) from error


class _Environ(EnvSettingsSource):
    """pydantic-settings' reader over a given mapping."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.given = {name.lower(): value for name, value in environ.items()}
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self.given


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    known = dict(_variables(Settings, PREFIX)) | dict(_named_variables(environ))
    values = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name == f"{PREFIX}CONFIG":
            continue
        bare = name.removesuffix("_FILE")
        if name in known:
            values[name] = value
        elif known.get(bare) is True:
            values[bare] = _secret_from(name, Path(value))
        else:
            raise SettingUnknown(name=name, suggestion=_suggestion(name, list(known)))
    try:
        named = _named_tables(values)
        return _merged(_Environ(values)(), named)
    except Exception as error:  # pydantic-settings raises its own SettingsError around any parser's error
        raise SettingInvalid(name="environment", reason=str(error)) from error


def _secret_from(name: str, file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise SettingInvalid(name=name, reason=f"cannot read {file}: {error.strerror}") from error


def _variables(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield every variable's name and whether it is a secret."""
    for name, info in model.model_fields.items():
        variable = prefix + name.upper()
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _variables(info.annotation, variable + "__")
        else:
            yield variable, "SecretStr" in str(info.annotation)


def _named_variables(environ: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the variables of every table that the environment names; a name's ``-`` is ``_`` there."""
    for prefix, model in _NAMED.items():
        for name in environ:
            named, _, rest = name.removeprefix(prefix).partition("__")
            if name.startswith(prefix) and named and rest:
                yield from _variables(model, f"{prefix}{named}__")


def _named_tables(values: dict[str, str]) -> dict[str, Any]:
    """Take the named tables' variables out, as the texts they are: a password may look like a number."""
    tables: dict[str, Any] = {}
    for prefix in _NAMED:
        for name in [name for name in values if name.startswith(prefix)]:
            named, *path = name.removeprefix(PREFIX).removeprefix("PUBLISH__").lower().split("__")
            table = tables.setdefault("publish", {}).setdefault(named, {})
            inner, *path = path
            table = table.setdefault(inner.replace("_", "-"), {})
            *sections, field = path
            for section in sections:
                table = table.setdefault(section, {})
            value = values.pop(name)
            table[field] = json.loads(value) if field in _LISTS else value
    return tables


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _translated(error: ValidationError) -> SettingInvalid | SettingUnknown:
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = [v.removeprefix(PREFIX).lower().replace("__", ".") for v, _ in _variables(Settings, PREFIX)]
        return SettingUnknown(name=name, suggestion=_suggestion(name, known))
    return SettingInvalid(name=name, reason=first["msg"])
