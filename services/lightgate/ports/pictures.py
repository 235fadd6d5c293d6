"""Originals become facts, pictures and scores: reading headers, developing, rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lightgate.domain.language.alternatives import Alternatives
from lightgate.domain.photo import Exif, HeaderExtra, Hint, Rights
from lightgate.domain.rating.quality import Measurements
from lightgate.files.data_folder import ProxyFiles


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of a file say, read without decoding a pixel."""

    #: Pillow's name of the container: JPEG, PNG, TIFF, WEBP, HEIF, AVIF
    format: str
    width_px: int
    height_px: int
    exif: Exif
    rights: Rights
    caption: str | None = None
    alt_text: str | None = None
    keywords: tuple[str, ...] = ()
    extra: HeaderExtra = field(default_factory=HeaderExtra)
    #: caption, alternative text and copyright in every language that the file has them in
    captions: Alternatives = ()
    alt_texts: Alternatives = ()
    copyrights: Alternatives = ()


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

    #: upright size of the original, turned
    width_px: int
    height_px: int
    #: of the picture as it came, so that no turn changes a rating; the sharpest place alone turns with the pictures
    measured: Measurements
    #: the whole picture squashed to ``GLANCE_PX`` by ``GLANCE_PX``: rows of 8-bit sRGB, for scorers
    glance: bytes = b""
    #: SHA-256, hex, of the pictures as they were written, by the names of ``ProxyFiles``
    hashes: dict[str, str] = field(default_factory=dict)


class Darkroom(Protocol):
    def develop(self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None) -> Development:
        """Decode an original once: write its pictures, each whole or not at all, and measure it. Repeatable.

        Args:
            turn: quarter turns clockwise that a person gave the upright picture, 0 to 3.
            orientation: EXIF's, 1 to 8, as it was read when the photo was taken in; None: as the file is read now.

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
