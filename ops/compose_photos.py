"""The photographs that ops/compose_test.py submits: made ones, and camera files where there are some."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from compose_project import ROOT
from PIL import Image, ImageOps
from skimage import data

PICTURES = ("cat", "coffee", "rocket", "astronaut", "hubble_deep_field")
CAMERA_FILES = Path(os.environ.get("LIGHTGATE_TEST_PHOTOS", ROOT.parent / "shared" / "photos"))


def bring_photos(folder: Path, count: int) -> None:
    """Copy so many camera files, or make photographs where there are none."""
    found = sorted(path for path in CAMERA_FILES.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".heic"})
    if not found:
        make_photos(folder, count, first=5)
        return
    folder.mkdir(parents=True)
    for number, path in enumerate(found[:count]):
        shutil.copyfile(path, folder / f"{number:03} {path.name}")


def make_photos(folder: Path, count: int, first: int = 0) -> None:
    """Write photographs of different content: crops of the pictures that scikit-image brings."""
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        picture = Image.fromarray(getattr(data, PICTURES[number % len(PICTURES)])()).convert("RGB")
        width, height = picture.size
        step = number // len(PICTURES)
        part = ImageOps.fit(picture.crop((step, step, width - step, height - step)), (1500, 1000))
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "Camera", f"Model {number % 3}"
        exif[0x8769] = {0x9003: f"2024:05:{1 + number % 28:02} 10:{number % 60:02}:00"}
        part.save(folder / f"picture {number:03}.jpg", quality=92, exif=exif)
