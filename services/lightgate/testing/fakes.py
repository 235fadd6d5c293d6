"""Small fakes of ports, which keep what they were told."""

from __future__ import annotations

from dataclasses import dataclass, field

from lightgate.domain.photo import Source
from lightgate.errors import LightgateError
from lightgate.ports import CaptionDraft, CaptionRequest


@dataclass
class FakeCaptioner:
    """Describes every picture alike, after the errors it was given."""

    #: what ``why_not_ready`` says
    reason: str | None = None
    #: raised one a call, before it describes
    errors: list[LightgateError] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    requests: list[CaptionRequest] = field(default_factory=list)

    def why_not_ready(self) -> str | None:
        return self.reason

    def describe(self, picture: bytes, request: CaptionRequest) -> CaptionDraft:
        self.pictures.append(picture)
        self.requests.append(request)
        if self.errors:
            raise self.errors.pop(0)
        return CaptionDraft(
            caption="A small red boat lies on the wet sand below a white lighthouse.",
            alt_text="Red rowing boat on a beach, a white lighthouse behind it.",
            keywords=("boat", "beach", "lighthouse", "sand", "coast"),
            source=Source.MODEL,
            model="fake",
            prompt_hash="000000000000",
            confidence=90,
        )


@dataclass
class FakeLock:
    """``ports.Exclusive`` in one process; ``others`` hold it while true."""

    others: bool = False
    is_held: bool = False

    def acquire(self) -> bool:
        self.is_held = not self.others
        return self.is_held

    def release(self) -> None:
        self.is_held = False

    def why_not_free(self) -> str:
        return "The GPU is used by another worker; captions wait for it."
