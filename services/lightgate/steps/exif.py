"""The ``exif`` stage: what the header of the original says, and the words a person already wrote into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lightgate.domain.photo import Claim, Photo
from lightgate.domain.route.pipeline import EXIF, Step
from lightgate.engine.stage import Finding, Stage, Work
from lightgate.errors import LightgateError, OriginalMissing
from lightgate.files.data_folder import DataFolder
from lightgate.pictures.file_facts import facts_of
from lightgate.ports.pictures import HeaderReader
from lightgate.settings import Settings
from lightgate.store import Store


def _build(settings: Settings, store: Store) -> Work:
    # Pillow and libheif, which only this stage's workers need
    from lightgate.adapters.metadata.reader import PillowHeaders

    headers = PillowHeaders(settings.intake.max_megapixels, settings.intake.max_file_mb)
    return ExifWork(headers, DataFolder(settings.home))


STAGE = Stage(Step(EXIF, max_attempts=5), _build, batch=8, soft_limit_s=60, hard_limit_s=90)


@dataclass(frozen=True, slots=True)
class ExifWork:
    """Reads headers only, so that a set of 500 is past it within seconds."""

    headers: HeaderReader
    folder: DataFolder

    def why_not_ready(self) -> str | None:
        """Be ready always: nothing outside the disk is needed."""
        return None

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """Read one header after the other."""
        return [self._find(claim.photo) for claim in claims]

    def _find(self, photo: Photo) -> Finding:
        try:
            header = self.headers.read(self._original(photo))
        except LightgateError as error:
            return error
        return facts_of(header, photo.sidecar, photo.languages)

    def _original(self, photo: Photo) -> Path:
        original = self.folder.original(photo.content_hash, photo.suffix)
        try:
            size_bytes = original.stat().st_size
        except OSError as error:
            raise OriginalMissing from error
        if size_bytes != photo.size_bytes:
            raise OriginalMissing
        return original

    def close(self) -> None:
        """Hold nothing, let nothing go."""
