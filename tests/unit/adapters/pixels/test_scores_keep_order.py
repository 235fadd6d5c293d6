"""Every photograph there is, made worse by steps: no step may rate it higher."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from lightgate.adapters.pixels.darkroom import upright_jpeg
from lightgate.adapters.pixels.measure.metrics import measure
from lightgate.domain.photo import Scores
from lightgate.domain.rating.quality import BandLimits, rate
from lightgate.errors import Rejected
from support.sample_photos import NAMES, Bytes, blurred, exposed, noisy, photo

_EDGE_PX = 512
#: smaller pictures have tiles of a few pixels
_SMALLEST_PX = 150
#: drawn for a test of readers, not taken
_DRAWN = {"BlueSquare.jpg"}
#: of 10: what rounding to 8 bits does to a rating
_ROUNDING = 0.06
#: at least as many photographs as lie in the folder now
_FEWEST = 40

Worse = Callable[[Bytes, float], Bytes]


def rated(pixels: Bytes) -> Scores:
    return rate(measure(pixels), None, "no model", BandLimits())


def faults(name: str, pixels: Bytes, worse: Worse, steps: Sequence[float]) -> Iterator[str]:
    found = [rated(pixels), *(rated(worse(pixels, step)) for step in steps)]
    for (better, before), (step, after) in pairwise(zip((0.0, *steps), found, strict=True)):
        assert before.qr is not None
        assert after.qr is not None
        if after.qr > before.qr + _ROUNDING:
            yield f"{name}, {worse.__name__} {better} to {step}: {before.qr} to {after.qr}"


def darkened(pixels: Bytes, share: float) -> Bytes:
    return (pixels * share).astype(np.uint8)


def all_faults(name: str, pixels: Bytes) -> list[str]:
    return [
        *faults(name, pixels, blurred, (1, 2, 4, 8)),
        *faults(name, pixels, noisy, (4, 8, 16, 25)),
        *faults(name, pixels, darkened, (0.9, 0.7, 0.5, 0.3)),
        *faults(name, pixels, exposed, (-0.5, -1, -2)),
    ]


def test_on_the_sample_photographs() -> None:
    assert [fault for name in NAMES for fault in all_faults(name, photo(name))] == []


def test_on_every_photograph_of_real_cameras(photos_dir: Path) -> None:
    files = [file for file in sorted(photos_dir.rglob("*")) if file.is_file() and file.name not in _DRAWN]
    # each scene once of those that come in all orientations
    once = [file for file in files if file.stem[-2:] not in _OTHER_TURNS]
    pictures = {file.name: pixels for file in once if (pixels := _opened(file)) is not None}
    assert len(pictures) >= _FEWEST
    assert [fault for name, pixels in pictures.items() for fault in all_faults(name, pixels)] == []


_OTHER_TURNS = {f"_{number}" for number in range(2, 9)}


def _opened(file: Path) -> Bytes | None:
    try:
        pixels = np.asarray(Image.open(io.BytesIO(upright_jpeg(file, _EDGE_PX, 95))).convert("RGB"))
    except Rejected:
        return None
    return pixels if min(pixels.shape[:2]) >= _SMALLEST_PX else None
