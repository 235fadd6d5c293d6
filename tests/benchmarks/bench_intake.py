"""How long submitting takes beside plain ``cp -r`` and ``sha256sum`` of the same files, and naming a whole set."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from lightgate.intake import submit
from lightgate.steps.naming import name_ready_sets
from support.desks import all_photos, canals, make_desk, read_exif
from support.stores import NOON

FILES = 500
SIZE_BYTES = 5_000_000
ROUNDS = 3


def run(files: int = FILES, size_bytes: int = SIZE_BYTES) -> list[dict[str, object]]:
    """Measure in turns, so that the disk's mood is shared; give the medians."""
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as folder:
        card = _card(Path(folder) / "card", files, size_bytes)
        plain, ours, naming = [], [], []
        for number in range(ROUNDS):
            plain.append(_timed(lambda: _copy_and_hash(card, Path(folder) / "plain")))
            shutil.rmtree(Path(folder) / "plain")
            home = Path(folder) / f"data-{number}"
            ours.append(_timed(lambda home=home: _submit(card, home)))
            naming.append(_named(home))
            shutil.rmtree(home)
        copied, taken_in = statistics.median(plain), statistics.median(ours)
    name = f"intake of {files} files of {size_bytes / 1e6:g} MB"
    return [
        _result(name, taken_in, "s", round(taken_in / copied, 2), f"cp -r + sha256sum ({copied:.1f} s)"),
        _result(f"naming {files} photos", statistics.median(naming), "s", None, ""),
    ]


def _result(name: str, value: float, unit: str, ratio: float | None, against: str) -> dict[str, object]:
    return {"name": name, "value": round(value, 2), "unit": unit, "ratio": ratio, "against": against}


def _card(folder: Path, files: int, size_bytes: int) -> Path:
    """Make photographs that differ, each of exactly that size."""
    folder.mkdir()
    picture = Image.frombytes("RGB", (900, 600), os.urandom(900 * 600 * 3))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "EOS R5"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 12:00:00"
    picture.save(folder / "first.jpg", quality=95, exif=exif)
    head = (folder / "first.jpg").read_bytes()
    (folder / "first.jpg").unlink()
    for number in range(files):
        (folder / f"IMG_{number:04}.JPG").write_bytes(head + os.urandom(size_bytes - len(head)))
    return folder


def _timed(work: Callable[[], object]) -> float:
    os.sync()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _copy_and_hash(card: Path, copy: Path) -> None:
    subprocess.run(["cp", "-r", str(card), str(copy)], check=True)
    with Path(os.devnull).open("w") as nowhere:
        subprocess.run(["sha256sum", *map(str, copy.iterdir())], check=True, stdout=nowhere)


def _submit(card: Path, home: Path) -> None:
    desk = make_desk(home)
    report = submit(desk, [canals(card)])[0]
    desk.store.close()
    assert len(report.photo_ids) == len(list(card.iterdir()))


def _named(home: Path) -> float:
    desk = make_desk(home)
    read_exif(desk)
    took = _timed(lambda: name_ready_sets(desk.store, desk.route, desk.rule, NOON))
    assert all(photo.file_name for photo in all_photos(desk))
    desk.store.close()
    return took


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201
