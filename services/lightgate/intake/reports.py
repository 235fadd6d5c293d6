"""What intake tells the person who asked."""

from __future__ import annotations

from dataclasses import dataclass

from lightgate.domain.photo import Exif, Sidecar
from lightgate.intake.left_alone import NOTHING_LEFT, LeftAlone
from lightgate.intake.request import Request
from lightgate.intake.scan import Skipped, SourceFile


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that can be taken in."""

    found: SourceFile
    #: of the working copy, lower case with dot
    suffix: str
    exif: Exif
    #: SHA-256, hex, where it had to be read before copying
    content_hash: str | None = None
    sidecar: Sidecar | None = None


@dataclass(frozen=True, slots=True)
class SetPlan:
    """What submitting one set would do."""

    request: Request
    #: the folder it comes from
    source: str
    files: tuple[PlannedFile, ...]
    skipped: tuple[Skipped, ...] = ()
    #: what was not looked at, in groups: ``3 hidden files``
    left: tuple[str, ...] = ()
    #: of these, what a NAS, a system or a program keeps there
    left_alone: LeftAlone = NOTHING_LEFT
    warnings: tuple[str, ...] = ()
    #: (path below the source, name), in naming order: what would be given as things stand
    names: tuple[tuple[str, str], ...] = ()

    @property
    def size_bytes(self) -> int:
        return sum(each.found.size_bytes for each in self.files)


@dataclass(frozen=True, slots=True)
class SetReport:
    """What submitting one set did."""

    title: str
    #: None where nothing was new
    slug: str | None
    photo_ids: tuple[int, ...]
    skipped: tuple[Skipped, ...] = ()
    left: tuple[str, ...] = ()
    #: of these, what a NAS, a system or a program keeps there
    left_alone: LeftAlone = NOTHING_LEFT
    warnings: tuple[str, ...] = ()
    #: sources that ``--move`` removed
    moved: int = 0
    #: sources that ``--move`` left where they are
    kept: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class RollbackReport:
    """What a rollback did."""

    slug: str
    #: photos whose rows are gone
    removed: int
    #: names that are free again
    freed: int
    #: where moved sources stand again
    restored: tuple[str, ...] = ()
    #: the copies are removed later, since a submit is running
    copies_remain: bool = False
