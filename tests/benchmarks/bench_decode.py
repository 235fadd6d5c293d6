"""How long one decode and the 2560-px view take beside Pillow, and how near the view is to the best Pillow makes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image

from lightgate.adapters.pixels.darkroom import VIEW_PX, upright_jpeg
from lightgate.adapters.pixels.decode import full_size
from support import naive_pictures
from support.large_photos import write_photo
from support.measuring import cpu_ms, result


def run() -> list[dict[str, object]]:
    """Measure a baseline and a progressive JPEG of 24 megapixels, in CPU time of one core."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as place:
        for kind in ("baseline", "progressive"):
            file = write_photo(Path(place) / f"{kind}.jpg", 1, progressive=kind == "progressive")
            lines += _measured(kind, file)
    return lines


def _measured(kind: str, file: Path) -> list[dict[str, object]]:
    plain = cpu_ms(lambda: np.asarray(naive_pictures.decoded(file)))
    ours = cpu_ms(lambda: full_size(file, 200))
    naive_view = cpu_ms(lambda: naive_pictures.fitted(file, VIEW_PX), 3)
    view = cpu_ms(lambda: _view(file))
    return [
        result(f"decode, 24 MP {kind} JPEG", ours, "ms CPU", plain / ours, f"Pillow to an array ({plain:.0f} ms)"),
        result(
            f"view of {VIEW_PX} px, {kind}", view, "ms CPU", naive_view / view, f"Pillow, LANCZOS ({naive_view:.0f} ms)"
        ),
        result(f"view, {kind}: likeness", _psnr(file), "dB PSNR", None, "Pillow, LANCZOS"),
        result(f"view as JPEG, {kind}", cpu_ms(lambda: upright_jpeg(file, VIEW_PX, 85)), "ms CPU"),
    ]


def _view(file: Path) -> pyvips.Image:
    whole = full_size(file, 200)
    return whole.resize(VIEW_PX / max(whole.width, whole.height)).copy_memory()


def _psnr(file: Path) -> float:
    best = naive_pictures.fitted(file, VIEW_PX)
    ours = Image.fromarray(_view(file).numpy()).resize(best.size)
    difference = np.asarray(best, dtype=np.float64) - np.asarray(ours, dtype=np.float64)
    return float(10 * np.log10(255**2 / np.mean(difference**2)))


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201 - a program
