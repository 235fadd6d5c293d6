"""The view, the proxy and the thumbnail of one photograph beside what other programs take for them, in CPU time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.measure.metrics import measure
from lightgate.files.data_folder import DataFolder
from support.large_photos import write_photo
from support.measuring import cpu_ms, result
from support.picture_programs import PROGRAMS, Program
from support.picture_programs import cpu_ms as program_cpu_ms


def run() -> list[dict[str, object]]:
    """Ours makes the crop and the measurements besides; they are in the first line, and not in what is compared."""
    darkroom = VipsDarkroom(200)
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as place:
        folder = Path(place)
        file = write_photo(folder / "a.jpg", 1)
        files = DataFolder(folder).proxy_files("ab" * 32)
        everything = cpu_ms(lambda: darkroom.develop(file, files))
        proxy = np.asarray(Image.open(files.proxy))
        pictures = everything - cpu_ms(lambda: measure(proxy))
        lines = [result("four pictures and measurements", everything, "ms CPU")]
        return lines + [_beside(program, file, folder, pictures) for program in PROGRAMS]


def _beside(program: Program, file: Path, folder: Path, ours_ms: float) -> dict[str, object]:
    found = program.found()
    if found is None:
        missing = f"{program.name}: not installed here (Debian's package {program.package})"
        return {"name": missing, "value": None, "unit": "", "ratio": None, "against": ""}
    executable, version = found
    theirs_ms = program_cpu_ms(program.commands(executable, file, folder))
    against = f"{program.name}, three ({version}; {theirs_ms:.0f} ms)"
    return result("four pictures alone", ours_ms, "ms CPU", theirs_ms / ours_ms, against)


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201 - a program
