"""Where things lie in the data folder, and what a backup does with each. Nothing here touches the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Keeping(Enum):
    """What a backup does with a part of the data folder."""

    #: in every backup: a database, copied while it is in use
    DATABASE = "database"
    #: in every backup: nothing makes it again
    KEPT = "kept"
    #: in every backup, too: keys and passwords, for the owner alone
    SECRET = "secret"  # noqa: S105 - a word, no password
    #: only where it is asked for: large
    PHOTOS = "photos"
    #: in none: made again from the rest
    MADE_AGAIN = "made again"
    #: in none: of this run, or this machine
    RUN_TIME = "run time"


#: everything that lies in a data folder, by its name there
KEEPING: Mapping[str, Keeping] = {
    "review.db": Keeping.DATABASE,
    "photos_info_revamp.db": Keeping.DATABASE,
    "secrets": Keeping.SECRET,
    "lightgate.toml": Keeping.KEPT,
    "used_filenames.json": Keeping.KEPT,
    "prompts": Keeping.KEPT,
    "words": Keeping.KEPT,
    "labels.txt": Keeping.KEPT,
    "calibration.json": Keeping.KEPT,
    "replaced": Keeping.KEPT,
    "incoming": Keeping.PHOTOS,
    "rejected": Keeping.PHOTOS,
    "proxies": Keeping.PHOTOS,
    # `lightgate renew` sends it again
    "published": Keeping.MADE_AGAIN,
    "models": Keeping.MADE_AGAIN,
    "prefill_qc_last.json": Keeping.MADE_AGAIN,
    "demo": Keeping.MADE_AGAIN,
    "backups": Keeping.RUN_TIME,
    "flower": Keeping.RUN_TIME,
    "high-water": Keeping.RUN_TIME,
    "locks": Keeping.RUN_TIME,
    "logs": Keeping.RUN_TIME,
    "redis": Keeping.RUN_TIME,
    "run": Keeping.RUN_TIME,
}


def parts(*wanted: Keeping) -> tuple[str, ...]:
    """List the parts of the data folder that are kept in one of these ways."""
    return tuple(name for name, keeping in KEEPING.items() if keeping in wanted)


@dataclass(frozen=True, slots=True)
class ProxyFiles:
    """Where the pictures made from one original lie."""

    #: 2560-px JPEG for the reviewer's large view
    view: Path
    #: 1:1 crop at the sharpest place
    crop: Path
    #: 1280-px JPEG for models
    proxy: Path
    #: 500-px JPEG
    thumb: Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    home: Path

    @property
    def database(self) -> Path:
        """The state: sets, photos, texts, decisions."""
        return self.home / "review.db"

    @property
    def high_water(self) -> Path:
        """The newest event's number: a database that is behind it is an older one."""
        return self.home / "high-water"

    @property
    def catalogue(self) -> Path:
        """The local mirror of the website's table."""
        return self.home / "photos_info_revamp.db"

    @property
    def names_ledger(self) -> Path:
        return self.home / "used_filenames.json"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def locks(self) -> Path:
        return self.home / "locks"

    @property
    def intake_lock(self) -> Path:
        """Held together by submits between copying and committing; alone by whoever tidies copies."""
        return self.locks / "intake.lock"

    @property
    def pictures_lock(self) -> Path:
        """Held alone by whoever makes pictures of photos anew."""
        return self.locks / "pictures.lock"

    @property
    def moves_lock(self) -> Path:
        """Held by everyone who removes sources of ``--move`` or puts them back."""
        return self.locks / "moves.lock"

    @property
    def use_lock(self) -> Path:
        """Held together by what runs on its own, as in containers; alone by a restore."""
        return self.locks / "use.lock"

    @property
    def run(self) -> Path:
        """Sockets, process ids and heartbeats of the running installation."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def secrets(self) -> Path:
        """0700; keys and first passwords, each 0600."""
        return self.home / "secrets"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def prompts(self) -> Path:
        """A user's own prompts, each in place of the shipped one of that name."""
        return self.home / "prompts"

    @property
    def settings(self) -> Path:
        """Settings where the data folder is the working folder, as in containers."""
        return self.home / "lightgate.toml"

    @property
    def labels(self) -> Path:
        """A user's own list of what CLIP looks for in pictures."""
        return self.home / "labels.txt"

    @property
    def calibration(self) -> Path:
        """The rating fitted to the photographer's own judgements, if it was better."""
        return self.home / "calibration.json"

    @property
    def models(self) -> Path:
        """CLIP models as they were prepared for this machine; what is lost is made again."""
        return self.home / "models"

    @property
    def prefill_report(self) -> Path:
        """What stood out in the texts of the set that was described last."""
        return self.home / "prefill_qc_last.json"

    @property
    def words(self) -> Path:
        """A user's own word lists, beside or instead of the shipped ones."""
        return self.home / "words"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def flower(self) -> Path:
        """What Flower remembers of past tasks; its database module adds endings."""
        return self.home / "flower" / "memory"

    @property
    def demo(self) -> Path:
        """The photographs that ``lightgate demo`` makes."""
        return self.home / "demo"

    @property
    def flower_password(self) -> Path:
        return self.secrets / "flower-password"

    @property
    def incoming(self) -> Path:
        """Verified copies of originals, named by content hash."""
        return self.home / "incoming"

    @property
    def proxies(self) -> Path:
        return self.home / "proxies"

    @property
    def replaced(self) -> Path:
        """Published files that the last release replaced, by hash."""
        return self.home / "replaced"

    @property
    def rejected(self) -> Path:
        return self.home / "rejected"

    def original(self, content_hash: str, suffix: str) -> Path:
        """The working copy of an original."""
        return self.incoming / content_hash[:2] / f"{content_hash}{suffix}"

    def set_aside(self, content_hash: str, suffix: str) -> Path:
        """Where a rejected original waits."""
        return self.rejected / content_hash[:2] / f"{content_hash}{suffix}"

    def proxy_files(self, content_hash: str) -> ProxyFiles:
        """The pictures made from an original."""
        stem = self.proxies / content_hash[:2] / content_hash
        return ProxyFiles(
            *(stem.with_name(f"{content_hash}-{kind}.jpg") for kind in ("view", "crop", "proxy", "thumb"))
        )
