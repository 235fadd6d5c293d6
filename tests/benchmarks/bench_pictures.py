"""Photographs end to end without captions, beside the obvious loop and a short script: headers, pictures,
measurements, CLIP.

BENCH_PHOTOS sets how many go through (default 48, each of 24 megapixels), BENCH_PRECISIONS in which precisions
(default: all there are): ``BENCH_PHOTOS=2000 BENCH_PRECISIONS=int8`` shows whether memory and time stay flat.
"""

from __future__ import annotations

import importlib
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightgate.adapters.clip.engines import quiet
from lightgate.adapters.clip.weights import open_clip_module
from support import naive_pictures, random_clip
from support.large_photos import write_photo
from support.measuring import result
from support.picture_line import run_line

PHOTOS = int(os.environ.get("BENCH_PHOTOS", "48"))
#: different photographs; each goes through several times
_DIFFERENT = 4


@dataclass(frozen=True, slots=True)
class _Loop:
    """What one of the other ways took, a photo."""

    name: str
    wall_s: float
    cpu_s: float

    def ratio(self, name: str, each_s: float) -> dict[str, object]:
        """Compare photos a second."""
        against = f"{self.name} ({self.wall_s:.2f} s each)"
        return result(f"{name}: photos a second", 1 / each_s, "/s", self.wall_s / each_s, against)

    def cpu_ratio(self, name: str, each_s: float) -> dict[str, object]:
        """Compare CPU time."""
        against = f"{self.name} ({1000 * self.cpu_s:.0f} ms)"
        return result(f"{name}: CPU a photo", 1000 * each_s, "ms CPU", self.cpu_s / each_s, against)


def run(photos: int = PHOTOS) -> list[dict[str, object]]:
    """Measure the loop and, in every precision there is, one process a core."""
    if not random_clip.is_there():
        return []
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as place:
        folder = Path(place)
        originals = [write_photo(folder / f"{seed}.jpg", seed) for seed in range(_DIFFERENT)]
        loops = _loops(originals, folder, cores)
        lines = [line for loop in loops for line in _of(loop)]
        weights = random_clip.write_weights(folder)
        for precision in random_clip.precisions():
            many = [originals[number % _DIFFERENT] for number in range(photos)]
            cost = run_line(many, folder / f"home-{precision}", weights, precision, cores)
            name = f"{cores} processes, {precision}"
            lines += [
                *(loop.ratio(name, cost.wall_s / cost.photos) for loop in loops),
                *(loop.cpu_ratio(name, cost.cpu_s / cost.photos) for loop in loops),
                result(f"{name}: peak memory of a process", cost.peak_rss_mb, "MB"),
                result(f"{name}: last quarter of {photos}", cost.last_s, "s", cost.last_s / cost.first_s, "the first"),
            ]
    return lines


def _of(loop: _Loop) -> list[dict[str, object]]:
    return [
        result(f"{loop.name}, per photo", loop.wall_s, "s"),
        result(f"{loop.name}, CPU", 1000 * loop.cpu_s, "ms CPU"),
    ]


def _loops(originals: list[Path], folder: Path, threads: int) -> list[_Loop]:
    """Time the naive loop and the plain script; torch may use all cores."""
    torch: Any = importlib.import_module("torch")
    open_clip: Any = open_clip_module()
    torch.set_num_threads(threads)
    with quiet():
        model, _, prepare = open_clip.create_model_and_transforms(random_clip.MODEL)
    visual = model.visual.eval()
    return [
        _timed("naive loop", originals, lambda file: _rated(visual, torch, file, folder)),
        _timed("plain script", originals, lambda file: _encoded(model, torch, file, folder, prepare)),
    ]


def _rated(visual: Any, torch: Any, file: Path, folder: Path) -> None:
    naive_pictures.rate(visual, torch, naive_pictures.develop(file, folder))


def _encoded(model: Any, torch: Any, file: Path, folder: Path, prepare: Any) -> None:
    with torch.inference_mode():
        model.encode_image(naive_pictures.plain(file, folder, prepare))


def _timed(name: str, originals: list[Path], work: Callable[[Path], None]) -> _Loop:
    work(originals[0])
    start, cpu = time.perf_counter(), time.process_time()
    for original in originals:
        work(original)
    count = len(originals)
    return _Loop(name, (time.perf_counter() - start) / count, (time.process_time() - cpu) / count)


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201 - a program
