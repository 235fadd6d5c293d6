"""Small fakes of ports, which keep what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lightgate.domain.photo import Exif, Rights, Source
from lightgate.domain.rating.quality import Measurements
from lightgate.errors import LightgateError
from lightgate.files.data_folder import ProxyFiles
from lightgate.ports.captions import CaptionDraft, CaptionRequest
from lightgate.ports.pictures import Development, Header, Rating


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
    """``ports.machine.Exclusive`` in one process; ``others`` hold it while true."""

    others: bool = False
    is_held: bool = False

    def acquire(self) -> bool:
        self.is_held = not self.others
        return self.is_held

    def release(self) -> None:
        self.is_held = False

    def why_not_free(self) -> str:
        return "The GPU is used by another worker; captions wait for it."


@dataclass
class FakeHeaders:
    """``ports.pictures.HeaderReader`` that says what it was given, by file name."""

    #: by the file's name; any other file has ``header``
    errors: dict[str, LightgateError] = field(default_factory=dict)
    header: Header | None = None

    def read(self, file: Path) -> Header:
        if error := self.errors.get(file.name):
            raise error
        return self.header or Header("JPEG", 60, 40, Exif(width=60, height=40, format="JPEG"), Rights())


@dataclass
class FakeDarkroom:
    """``ports.pictures.Darkroom`` that writes empty pictures and measures them all alike."""

    measured: Measurements
    errors: dict[str, LightgateError] = field(default_factory=dict)
    developed: list[Path] = field(default_factory=list)

    def develop(self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None) -> Development:
        if error := self.errors.get(original.name):
            raise error
        self.developed.append(original)
        hashes = dict.fromkeys(("view", "crop", "proxy", "thumb"), "ab" * 32)
        return Development(*((4000, 6000) if turn % 2 else (6000, 4000)), self.measured, original.name.encode(), hashes)


@dataclass
class FakeScorer:
    """``ports.pictures.AestheticScorer`` with one opinion on everything, or none."""

    score: float = 6.0
    error: LightgateError | None = None
    on_gpu: bool = False
    #: why it is not ready yet
    preparing: str | None = None
    asked: list[tuple[bytes, ...]] = field(default_factory=list)

    def wants_gpu(self) -> bool:
        return self.on_gpu

    def batch(self) -> int:
        return 8

    def prepare(self) -> None:
        """Be prepared already, unless ``preparing`` says otherwise."""

    def why_not_ready(self) -> str | None:
        return self.preparing

    def load(self) -> str:
        if self.error:
            raise self.error
        return "fake"

    def rate(self, glances: Sequence[bytes]) -> Sequence[Rating]:
        self.asked.append(tuple(glances))
        if self.error:
            raise self.error
        return [Rating(self.score, b"\0\x3c", "fake") for _ in glances]
