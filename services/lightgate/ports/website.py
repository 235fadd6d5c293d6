"""Where published photographs go, and what the owner wants of each before it goes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from lightgate.domain.approval.rights import RightsTemplate, lacks_notice
from lightgate.domain.names.layout import Layout
from lightgate.domain.photo import Field, Photo
from lightgate.errors import AltTextMissing, RightsMissing


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file as it will stand on the website."""

    #: ``full``, ``thumb``, or format and edge as in ``webp-1280``
    kind: str
    content: bytes
    width_px: int
    height_px: int
    #: SHA-256 of ``content``, hex
    hash: str
    #: SHA-256 of the pixels without metadata, and of the settings they were made with, hex
    pixels: str = ""
    profile: str = ""
    #: ``jpeg``, ``webp``, ``avif``, or ``json`` for the manifest
    format: str = "jpeg"


class Renderer(Protocol):
    def render(self, original: Path, photo: Photo) -> Sequence[Rendition]:
        """Make the files to publish: upright, sRGB with profile, allow-listed metadata; same input, same bytes."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What a target says of a file, without sending its bytes."""

    size_bytes: int
    #: SHA-256, hex; None where the target works none out
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """A person's word for a change of the website, asked again right before anybody could see the change.

    Between the answer and the change lies one command to a server: what becomes visible there against the word is
    taken off by whoever holds the photo next, and cannot be renamed into place once its temporary file is forgotten.
    """

    #: who writes, as temporary files have it in their names: ASCII letters, digits and hyphens
    writer: str
    #: Raises WorkerLost, HoldLost or SealBroken where the word does not hold any more
    ask: Callable[[], object]


class Target(Protocol):
    """A place where published files live."""

    name: str

    def why_not_ready(self) -> str | None:
        """Say in words why nothing can be published there now, or None; asked before every claim, so it is quick."""

    def why_unreachable(self) -> str | None:
        """Say in words why nothing can be looked at or removed there now; a place without room can be cleared."""

    def put(self, path: str, content: bytes, permit: Permit) -> None:
        """Make the file visible whole or not at all: temporary name, check, permit, rename. Repeatable.

        The permit is asked before the first byte too. Where it is refused, nothing is left of the try.

        Raises:
            TargetUnreachable: try again later.
            TargetRefused: the target does not take this file.
            StorageFull: the target has no room.
        """

    def look(self, path: str) -> RemoteFile | None:
        """Say what is there, or None when it is absent; sends no file over a line."""

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, or None when it is absent."""

    def digest(self, path: str) -> str | None:
        """Give the SHA-256 (hex) of a file there, or None when it is absent; may send the file over a line."""

    def remove(self, path: str, permit: Permit) -> None:
        """Remove a file, once the permit was asked; absent is fine."""

    def forget(self, path: str, writer: str) -> None:
        """Remove the temporary files that a writer may have left for a file, so that it can never rename them."""

    def remark(self) -> str | None:
        """Say what may keep visitors from reading what was put there, as far as the target told us; else None."""

    def sweep(self) -> int:
        """Remove temporary files whose writer is gone; gives how many."""

    def close(self) -> None:
        """Let go of connections; the next use opens them again."""


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One row of the website's table ``photos_info_revamp``; names are the predecessor's (its §2.2)."""

    File_Name: str
    Folder: str
    Path: str
    Thumb_Path: str
    DateTime: str | None
    Camera: str | None
    Lens_model: str | None
    Width: int
    Height: int
    Exposure: str | None
    Aperture: str | None
    ISO: int | None
    Focal_length: int | None
    #: as ``domain.keywords.line`` writes them: comma separated, one with a comma in quotation marks
    Keywords: str
    Caption: str
    alt_text: str
    Location: str
    QR: float | None
    QC_Status: str
    Original_File_Name: str
    nima_score: float | None
    blur_score: float | None
    brightness_score: float | None
    contrast_score: float | None
    brisque_score: float | None
    clip_aesthetic_score: float | None


@dataclass(frozen=True, slots=True)
class QualityRow:
    """What the website's table ``metadata_quality`` says of a photo's texts, in the predecessor's words (its §2.3)."""

    #: texts before repair and correction; None where they were not changed
    current_caption: str | None = None
    current_alt_text: str | None = None
    current_keywords: str | None = None
    #: 0 to 100
    overall_quality_score: float | None = None
    #: codes with ``;`` between
    overall_quality_issues: str = ""
    #: ``original``, ``proof_repair`` or ``manual_editor``
    generation_mode: str = "original"
    repair_attempts: int = 0
    fallback_used: int = 0
    part_of_serie: int = 0
    final_subject: str = ""


class Catalogue(Protocol):
    """The website's table of published photographs."""

    def why_not_ready(self) -> str | None:
        """Say in words why no row can be written now, or None; asked before every claim, so it is quick."""

    def rehearse(self, row: CatalogueRow, quality: QualityRow | None = None) -> None:
        """Ask, before any file is sent, whether the table would take the row; leaves nothing behind.

        Raises:
            CatalogueUnreachable: try again later.
            RowRefused: the table cannot hold this row.
        """

    def holds(self, row: CatalogueRow) -> bool | None:
        """Does it hold exactly this row, as far as it has columns for it? None: no row of that name."""

    def upsert(self, row: CatalogueRow, permit: Permit, quality: QualityRow | None = None) -> int | None:
        """Insert or update by ``File_Name`` in one transaction; give the row's id, if it has one. Never re-inserts.

        The permit is asked before the row is written, and again before that counts.

        Args:
            quality: for the table ``metadata_quality``, where the website has one.

        Raises:
            CatalogueUnreachable: try again later.
            RowRefused: the table cannot hold this row.
        """

    def find(self, file_name: str) -> CatalogueRow | None:
        """Read one row."""

    def remove(self, file_name: str, permit: Permit) -> None:
        """Remove one row, once the permit was asked; absent is fine."""

    def file_names(self) -> Sequence[str]:
        """List every name in the catalogue."""

    def has_capture(self, original_file_name: str, date_time: str) -> bool:
        """Is a photo of that original name and capture time already published?"""

    def close(self) -> None:
        """Let go of connections; the next use opens them again."""


class SiteCheck(Protocol):
    def look(self, address: str, content_hash: str) -> dict[str, str | int | bool | None]:
        """Fetch a published file from its public address; says status, size and sameness, or why nothing came."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the owner wants of each photo that goes out, whatever holds it then."""

    #: what files say of their rights, one template a target
    rights: Sequence[RightsTemplate] = ()
    #: what any target lets out of an original beside, see ``publish.disclose``
    disclosed: frozenset[str] = frozenset()
    #: width and height in pixels that the largest picture of the website's pages fits into; none: nobody asks
    full_px: tuple[int, int] = (0, 0)

    def is_small(self, photo: Photo) -> bool:
        """Has the photo fewer pixels than the website shows, so that it is published at its own size?"""
        width, height = photo.exif.width, photo.exif.height
        return bool(width and height and width < self.full_px[0] and height < self.full_px[1])

    def why_not(self, photo: Photo) -> str | None:
        """Say why this photo cannot be published whatever a reviewer says of it."""
        if any(lacks_notice(photo, each) for each in self.rights):
            return RightsMissing().message
        return None if first_text(photo, Field.ALT_TEXT).strip() else AltTextMissing().message


@dataclass(frozen=True, slots=True)
class Website:
    """Where published photographs go."""

    targets: Sequence[Target]
    catalogue: Catalogue
    layout: Layout
    #: in front of the paths in the catalogue; empty: the path itself
    public_url: str = ""
    #: what makes the files of targets that want others than the first, by target name
    renderers: Mapping[str, Renderer] = field(default_factory=dict)
    terms: Terms = Terms()
    #: where targets whose files can be fetched show them, by target name
    addresses: Mapping[str, str] = field(default_factory=dict)

    def address_of(self, target: str, path: str) -> str | None:
        """Give the address of a published file, or None where the target has none."""
        base = self.addresses.get(target, "")
        return f"{base.rstrip('/')}/{quote(path)}" if base.startswith(("http://", "https://")) else None

    def why_not(self, photo: Photo) -> str | None:
        """Say why this photo cannot be published whatever a reviewer says of it."""
        return self.terms.why_not(photo)


def first_text(photo: Photo, wanted: Field) -> str:
    """Give a text of the photo's first language, as one line."""
    text = photo.text(photo.languages[0], wanted) if photo.languages else None
    return "" if text is None else text.line
