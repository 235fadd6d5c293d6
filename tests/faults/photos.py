"""Photographs with dates and cameras, and the names they must get."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

SUBJECT, LOCATION, FOLDER, YEAR, CAMERA = "Harbour", "Rotterdam", "city", 2024, "Canon EOS R5"
_FIRST = datetime(YEAR, 5, 4, 10, 0, 0)  # noqa: DTZ001 - cameras write no zone
_WIDTH_PX, _HEIGHT_PX = 480, 320


@dataclass(frozen=True)
class Card:
    """A folder of photographs as a person hands it in."""

    folder: Path
    #: SHA-256 by file name
    hashes: Mapping[str, str]
    #: the published name by file name
    names: Mapping[str, str]


def make_card(
    folder: Path, count: int, chance: random.Random, colours: Mapping[int, str] | None = None, prefix: str = "IMG"
) -> Card:
    """Put photographs on a card; their dates are in another order than their names.

    Args:
        colours: by number, what a photograph shows instead of noise.
    """
    folder.mkdir(parents=True)
    order = list(range(count))
    chance.shuffle(order)
    for number, place in enumerate(order):
        file = folder / f"{prefix}_{number:05}.JPG"
        _photograph(chance, (colours or {}).get(number), _FIRST + timedelta(seconds=7 * place), file)
    hashes = {file.name: hash_of(file) for file in sorted(folder.iterdir())}
    names = {f"{prefix}_{number:05}.JPG": name(place + 1) for number, place in enumerate(order)}
    return Card(folder, hashes, names)


def name(counter: int) -> str:
    """Say what the photograph of this place in time is called."""
    camera = CAMERA.replace(" ", "_")
    return f"{SUBJECT}_{LOCATION}_{FOLDER.title()}_Photography_{camera}_{YEAR}_{counter:03}.JPG"


def hash_of(file: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _photograph(chance: random.Random, colour: str | None, taken: datetime, file: Path) -> None:
    size = (_WIDTH_PX, _HEIGHT_PX)
    # coarse noise: no two look alike, and none is large
    small = Image.frombytes("RGB", (24, 16), chance.randbytes(24 * 16 * 3))
    picture = Image.new("RGB", size, colour) if colour else small.resize(size, Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "Canon", CAMERA, "Ann"
    exif.get_ifd(0x8769)[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
    picture.save(file, quality=88, exif=exif, comment=chance.randbytes(8).hex().encode())
