"""Photographs end to end without captions, beside the obvious loop: headers, pictures, measurements, CLIP.

BENCH_PHOTOS sets how many go through (default 48, each of 24 megapixels), BENCH_PRECISIONS in which precisions
(default: all there are): ``BENCH_PHOTOS=2000 BENCH_PRECISIONS=int8`` shows whether memory and time stay flat.
"""

from __future__ import annotations

import importlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from lightgate.adapters.clip_engines import quiet
from lightgate.adapters.clip_weights import open_clip_module
from support import naive_pictures, random_clip
from support.large_photos import write_photo
from support.measuring import result
from support.picture_line import run_line

PHOTOS = int(os.environ.get("BENCH_PHOTOS", "48"))
#: different photographs; each goes through several times
_DIFFERENT = 4


def run(photos: int = PHOTOS) -> list[dict[str, object]]:
    """Measure the loop and, in every precision there is, one process a core."""
    if not random_clip.is_there():
        return []
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as place:
        folder = Path(place)
        originals = [write_photo(folder / f"{seed}.jpg", seed) for seed in range(_DIFFERENT)]
        naive_s, naive_cpu_s = _naive(originals, folder, cores)
        lines = [result("naive loop, per photo", naive_s, "s"), result("naive loop, CPU", 1000 * naive_cpu_s, "ms CPU")]
        weights = random_clip.write_weights(folder)
        for precision in random_clip.precisions():
            many = [originals[number % _DIFFERENT] for number in range(photos)]
            cost = run_line(many, folder / f"home-{precision}", weights, precision, cores)
            each_s = cost.wall_s / cost.photos
            name = f"{cores} processes, {precision}"
            lines += [
                result(f"{name}: photos a second", 1 / each_s, "/s", naive_s / each_s, f"naive ({naive_s:.2f} s each)"),
                result(
                    f"{name}: CPU a photo",
                    1000 * cost.cpu_s / cost.photos,
                    "ms CPU",
                    naive_cpu_s * cost.photos / cost.cpu_s,
                    f"naive ({1000 * naive_cpu_s:.0f} ms)",
                ),
                result(f"{name}: peak memory of a process", cost.peak_rss_mb, "MB"),
                result(f"{name}: last quarter of {photos}", cost.last_s, "s", cost.last_s / cost.first_s, "the first"),
            ]
    return lines


def _naive(originals: list[Path], folder: Path, threads: int) -> tuple[float, float]:
    """Give seconds, and seconds of CPU, a photo; torch may use all cores."""
    torch: Any = importlib.import_module("torch")
    open_clip: Any = open_clip_module()
    torch.set_num_threads(threads)
    with quiet():
        visual = open_clip.create_model(random_clip.MODEL).visual.eval()
    naive_pictures.rate(visual, torch, naive_pictures.develop(originals[0], folder))
    start, cpu = time.perf_counter(), time.process_time()
    for original in originals:
        naive_pictures.rate(visual, torch, naive_pictures.develop(original, folder))
    count = len(originals)
    return (time.perf_counter() - start) / count, (time.process_time() - cpu) / count


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201 - a program
