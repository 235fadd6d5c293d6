"""What one photo costs without a model: one decode and all from memory, beside five decodes by Pillow."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.measure.metrics import measure
from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.files.data_folder import DataFolder, ProxyFiles
from support import naive_pictures
from support.large_photos import write_photo
from support.measuring import cpu_ms, result

_ROUNDS = 15


def run() -> list[dict[str, object]]:
    """Measure view, proxy, thumbnail, measurements and the model's input; ours makes the 1:1 crop besides."""
    darkroom = VipsDarkroom(200)
    lines = []
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as place:
        folder = Path(place)
        files = DataFolder(folder).proxy_files("ab" * 32)
        for kind in ("baseline", "progressive"):
            file = write_photo(folder / f"{kind}.jpg", 1, progressive=kind == "progressive")
            naive = cpu_ms(lambda file=file: naive_pictures.develop(file, folder), 3)
            ours = cpu_ms(lambda file=file: darkroom.develop(file, files))
            proxy = np.asarray(Image.open(files.proxy))
            measuring = cpu_ms(lambda proxy=proxy: measure(proxy))
            against = f"five Pillow decodes ({naive:.0f} ms)"
            lines.append(result(f"pictures and measurements, {kind}", ours, "ms CPU", naive / ours, against))
            alone, naive_alone = ours - measuring, naive - measuring
            against = f"five Pillow decodes ({naive_alone:.0f} ms)"
            lines.append(result(f"pictures alone, {kind}", alone, "ms CPU", naive_alone / alone, against))
        lines.append(_careful(darkroom, folder, files))
    return lines


def _careful(darkroom: VipsDarkroom, folder: Path, files: ProxyFiles) -> dict[str, object]:
    """Measure what a child of its own costs beside the work, by a picture that is hardly any."""
    small = folder / "small.png"
    Image.new("RGB", (96, 64)).save(small)
    careful = CarefulDarkroom(200)
    careful.develop(small, files)
    inside, with_child, alone = [], [], []
    for _ in range(_ROUNDS):
        for times, develop in ((inside, darkroom.develop), (with_child, careful.develop)):
            began = time.perf_counter()
            develop(small, files)
            times.append(time.perf_counter() - began)
    program = [sys.executable, "-c", "import lightgate.adapters.pixels.darkroom_child"]
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(program, check=True)
        alone.append(time.perf_counter() - began)
    extra, start = (1000 * value for value in (median(with_child) - median(inside), median(alone)))
    return result("a child of its own, beside the work", extra, "ms", start / extra, f"a new program ({start:.0f} ms)")


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201 - a program
