"""What a captioner is told beside the picture, and what it answers: a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lightgate.domain.photo import Exif, Field, Hint, Source, TextValue
from lightgate.domain.proof.keywords import KEYWORDS


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
