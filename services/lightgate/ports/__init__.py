"""What the house needs from the outside, each as a Protocol that an adapter fulfils.

The store's ports stand in ``store.py``; contract tests in ``tests/contract`` say what an adapter must do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lightgate.domain.photo import Exif, Field, HeaderExtra, Hint, Photo, Rights, Source, TextValue
from lightgate.domain.proof.keywords import KEYWORDS
from lightgate.domain.rating.quality import Measurements
from lightgate.files.data_folder import ProxyFiles


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of a file say, read without decoding a pixel."""

    #: Pillow's name of the container: JPEG, PNG, TIFF, WEBP, HEIF
    format: str
    width_px: int
    height_px: int
    exif: Exif
    rights: Rights
    caption: str | None = None
    alt_text: str | None = None
    keywords: tuple[str, ...] = ()
    extra: HeaderExtra = field(default_factory=HeaderExtra)


class HeaderReader(Protocol):
    def read(self, file: Path) -> Header:
        """Read format, size, EXIF, XMP and IPTC.

        Raises:
            UnreadableImage: not an image, zero bytes, damaged before the first pixel.
            UnsupportedFormat: an image of a kind that is not taken in.
            TooManyPixels: over the limit the reader was made with.
        """


#: width and height of the picture that scorers get
GLANCE_PX = 448


@dataclass(frozen=True, slots=True)
class Development:
    """What decoding an original showed."""

    #: upright size of the original
    width_px: int
    height_px: int
    measured: Measurements
    #: the whole picture squashed to ``GLANCE_PX`` by ``GLANCE_PX``: rows of 8-bit sRGB, for scorers
    glance: bytes = b""
    #: SHA-256, hex, of the pictures as they were written, by the names of ``ProxyFiles``
    hashes: dict[str, str] = field(default_factory=dict)


class Darkroom(Protocol):
    def develop(self, original: Path, files: ProxyFiles) -> Development:
        """Decode an original once: write its pictures, each whole or not at all, and measure it. Repeatable.

        Raises:
            UnreadableImage: damaged or cut off.
            TooManyPixels: over the limit the darkroom was made with.
            OriginalMissing: there is no such file.
            StorageFull: no room for the pictures.
        """


@dataclass(frozen=True, slots=True)
class Rating:
    """What an aesthetic model thinks of a picture."""

    #: 0 to 10
    score: float
    #: unit length, float16 little endian
    embedding: bytes
    #: weights, prompts and precision
    model: str
    #: what the picture seems to show, likeliest first
    hints: tuple[Hint, ...] = ()


class AestheticScorer(Protocol):
    def wants_gpu(self) -> bool:
        """Does, or may, the model run on the GPU that the caption model uses too?"""

    def batch(self) -> int:
        """Give how many pictures at once suit the model."""

    def prepare(self) -> None:
        """Begin what is needed once for a machine and may take minutes; return at once."""

    def why_not_ready(self) -> str | None:
        """Say that it is being prepared; None: there is a model, or a reason why there is none."""

    def load(self) -> str:
        """Load the model now, once a process, and name it.

        Raises:
            ClipUnavailable: no model: package, weights or device are missing.
        """

    def rate(self, glances: Sequence[bytes]) -> Sequence[Rating]:
        """Rate pictures as ``Development.glance`` holds them, in their order.

        Raises:
            ClipUnavailable: no model: package, weights or device are missing.
        """


@dataclass(frozen=True, slots=True)
class CaptionRequest:
    """What the caption model is told beside the picture."""

    language: str
    subject: str
    location: str
    folder: str
    brief: str
    exif: Exif
    #: the light when it was taken, in words; empty where it cannot be computed
    light: str = ""
    #: texts that persons wrote, by field: kept, and given as context
    written: tuple[tuple[Field, TextValue], ...] = ()
    #: captions already used in this set
    avoid: tuple[str, ...] = ()
    #: a reviewer's wish for this one
    hint: str = ""
    #: what another model believes it sees
    hints: tuple[Hint, ...] = ()
    #: what the proof found wrong with ``refused``; empty: these are the first texts
    faults: tuple[str, ...] = ()
    refused: tuple[tuple[Field, TextValue], ...] = ()
    #: 0 for the first answer; others ask for other words about the same picture
    variation: int = 0
    #: how many keywords, at least and at most
    keyword_limits: tuple[int, int] = KEYWORDS


@dataclass(frozen=True, slots=True)
class CaptionDraft:
    """What a captioner wrote: a proposal."""

    caption: str
    alt_text: str
    keywords: tuple[str, ...]
    #: MODEL, or DRAFT where no model wrote it
    source: Source
    model: str | None = None
    prompt_hash: str | None = None
    confidence: int | None = None
    attempts: int = 1
    fallback_used: bool = False


class Captioner(Protocol):
    def why_not_ready(self) -> str | None:
        """Say why no photo should be claimed now (server away, breaker open), or None when ready."""

    def describe(self, picture: bytes, request: CaptionRequest) -> CaptionDraft:
        """Describe one upright sRGB JPEG.

        Raises:
            ModelServerDown: not the photo's fault; the attempt is not charged.
            ModelAnswerBad: no usable answer after all tries of this call.
        """


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
class Found:
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

    def look(self, path: str) -> Found | None:
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
    #: comma separated
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


class Dispatch(Protocol):
    """Wakes workers; a lost call costs time, never a photo."""

    def wake(self, step: str) -> bool:
        """Ask the workers of a step to look at their queue; False when the broker did not take it."""

    def backlog(self, step: str) -> int | None:
        """Count the wake-ups that wait in the queue; None when the broker does not answer."""


class Exclusive(Protocol):
    """A lock that one holder at a time has, freed when its process dies."""

    def acquire(self) -> bool:
        """Try once, without waiting."""

    def release(self) -> None:
        """Give it up; harmless when not held."""

    def why_not_free(self) -> str:
        """Say in words who seems to hold it."""
