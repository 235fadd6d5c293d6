"""What goes to the website, and the website itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from lightgate.domain.modes import Modes
from lightgate.settings.section import Count, FileMode, HostName, Port, Positive, PublicAddress, Section, TargetName
from lightgate.settings.target_kinds import KINDS


class Target(Section):
    """A place for published files; its name in ``[publish.targets.<name>]`` stands in the ledger and stays."""

    #: folder, ftp, ftps or sftp
    kind: str
    host: HostName = ""
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
    #: in front of the paths where these files can be fetched, for the look at what is live; empty: of the first target
    #: what ``publish.public_url`` says, of the others none
    public_url: PublicAddress = ""

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"there is no such kind; there are {', '.join(KINDS)}")
        return kind

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        missing = [name for name in KINDS[self.kind].needs if not getattr(self, name)]
        if missing:
            raise ValueError(f"a target of the kind {self.kind} needs {' and '.join(missing)}")
        return self


class RightsWords(Section):
    """What files say of their rights, where the original says nothing itself.

    ``{year}``, ``{creator}``, ``{subject}``, ``{location}``, ``{name}`` and ``{reviewer}`` are filled in; a text with
    ``{creator}`` is left out where nobody knows it.
    """

    creator: str = ""
    copyright: str = "© {year} {creator}"
    #: the notice where nobody knows the creator; empty: such a photo is not released
    unnamed: str = "© {year} All rights reserved"
    credit: str = "{creator}"
    usage_terms: str = ""
    #: address of the page that says what may be done with the picture
    web_statement: PublicAddress = ""
    licensor_name: str = ""
    licensor_url: PublicAddress = ""
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
    #: who wrote the texts, e.g. {reviewer}, the name that approved the photo signs in with; empty: nothing is said
    caption_writer: str = ""
    #: every published file has a copyright notice: a photo that can have none is refused; false: it goes out without
    required: bool = True


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
    #: what of the original goes out beside: position (GPS), place (city and country in words), serial_numbers, owner
    #: (of the camera), faces (names and regions); maker notes never do
    disclose: tuple[Literal["position", "place", "serial_numbers", "owner", "faces"], ...] = ()
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
    targets: dict[TargetName, Target] = Field(default_factory=dict)
    #: other ways to make files, by name, for targets that want them; what they leave out is as above
    profiles: dict[TargetName, Profile] = Field(default_factory=dict)
    #: permissions of published files and of the folders made for them, so that the web server can read them; an FTP
    #: server gets them as SITE CHMOD where it knows that
    file_mode: FileMode = "0644"
    folder_mode: FileMode = "0755"
    #: in front of the paths in the catalogue; empty: the path itself
    public_url: PublicAddress = ""
    #: fetch every published file from its target's ``public_url`` once, and keep in the ledger what came
    check_live: bool = True
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

    @property
    def modes(self) -> Modes:
        """The permissions of what is published."""
        return Modes.of(self.file_mode, self.folder_mode)

    @property
    def target_names(self) -> tuple[str, ...]:
        """The places files go to; where none is named it is the one folder, under the name of its target."""
        return tuple(self.targets) or ("folder",)

    def profile_of(self, target: str) -> Profile:
        """Say how a target's files are made."""
        named = self.targets[target].profile if target in self.targets else ""
        whole = self.model_dump(include=set(Profile.model_fields))
        own = self.profiles[named].model_dump(exclude_unset=True) if named else {}
        parts = {name: {**whole[name], **own[name]} for name in ("rights", "watermark") if name in own}
        return Profile.model_validate({**whole, **own, **parts})


class Mysql(Section):
    """The website's MySQL or MariaDB. Without a host, rows go to the local catalogue alone."""

    host: HostName = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 3306
    user: str = ""
    password: SecretStr | None = None
    database: str = ""
    table: str = "photos_info_revamp"
    #: the website's column names by ours, e.g. {Caption = "description"}; an empty name: there is none
    columns: dict[str, str] = Field(default_factory=dict)
    #: what new rows have in columns of the website's own, e.g. {gallery_id = 3}
    values: dict[str, str | int | float] = Field(default_factory=dict)
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
