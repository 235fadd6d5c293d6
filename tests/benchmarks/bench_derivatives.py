"""What one photo costs without a model: one decode and all from memory, beside five decodes by Pillow."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.measure.metrics import measure
from lightgate.files.data_folder import DataFolder
from support import naive_pictures
from support.large_photos import write_photo
from support.measuring import cpu_ms, result


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
    return lines


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201 - a program
