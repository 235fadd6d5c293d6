"""What is asked of a photo to find the series it belongs to."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

_FORMAT = "%Y:%m:%d %H:%M:%S"
_FRACTION = re.compile(r"1/(\d+) sec")


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a picture is moved against another of the same scene, in shares of its width and height."""

    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo, as the search for series sees it."""

    id: int
    content_hash: str
    #: below the submitted folder: orders what has no time
    path: str
    file_name: str = ""
    camera: str | None = None
    #: seconds on the camera's own clock, with sub-seconds
    taken_s: float | None = None
    #: upright pixels
    width: int = 3
    height: int = 2
    exposure_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None
    #: exposure compensation in stops
    bias: float | None = None
    perceptual_hash: int | None = None
    difference_hash: int | None = None
    #: unit length, float16 little endian
    embedding: bytes | None = None
    #: which model made it
    model: str | None = None
    #: the rating that counts, 0 to 10
    qr: float | None = None
    #: a person gave it; then no mark explains it
    is_rated_by_person: bool = False
    #: all that is seen of a RAW file, which has more pixels
    is_preview: bool = False
    #: scores of 0 to 100 by part
    marks: Mapping[str, float] = field(default_factory=dict)

    @property
    def aspect(self) -> float:
        """Width to height."""
        return max(1, self.width) / max(1, self.height)

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def light(self) -> float | None:
        """Exposure value in stops, at ISO 100: log2(N² / t · 100 / S)."""
        if not self.exposure_s or not self.f_number:
            return None
        return math.log2(self.f_number**2 / self.exposure_s * 100 / (self.iso or 100))

    def seconds_to(self, later: Shot) -> float:
        """Give the pause to a later photo; infinite where one has no time."""
        return math.inf if self.taken_s is None or later.taken_s is None else later.taken_s - self.taken_s


def seconds(date_time: str | None, sub_seconds: str | None) -> float | None:
    """Read a camera's clock; without a zone, since only differences count."""
    if not date_time:
        return None
    try:
        whole = datetime.strptime(date_time, _FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return whole + (float(f"0.{sub_seconds}") if sub_seconds and sub_seconds.isdigit() else 0.0)


def exposure_seconds(exposure: str | None) -> float | None:
    """Read ``1/250 sec`` or ``20 sec`` back."""
    if not exposure:
        return None
    if found := _FRACTION.fullmatch(exposure):
        return 1 / int(found[1]) if int(found[1]) else None
    return _number(exposure.removesuffix(" sec"))


def f_number(aperture: str | None) -> float | None:
    """Read ``f/5.6`` back."""
    return _number(aperture.removeprefix("f/")) if aperture else None


def _number(text: str) -> float | None:
    try:
        return float(text) or None
    except ValueError:
        return None
