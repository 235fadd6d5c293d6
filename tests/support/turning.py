"""A darkroom for the gallery, which has pictures and no originals: it turns what lies there already."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image

from lightgate.bootstrap import House
from lightgate.domain.rating.quality import Measurements
from lightgate.files.data_folder import ProxyFiles
from lightgate.files.picture_proof import hashes_of, named
from lightgate.pictures import remade
from lightgate.ports.pictures import Development

MEASURED = Measurements(5.0, 1.0, 0.0, 0.0, 0.8, 0.7, 0.8, 40.0, 1.0, "0f" * 8, "f0" * 8, (0.5, 0.5), "1")


class Turner:
    """``ports.pictures.Darkroom``; each photo is turned once."""

    def develop(self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None) -> Development:
        for file in named(files).values():
            with Image.open(file) as picture:
                turned = picture.rotate(-90 * turn, expand=True)
            turned.save(file, "JPEG")
        return Development(1, 1, MEASURED, b"", hashes_of(files))


def without_originals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for no original."""
    monkeypatch.setattr(remade, "_proven", lambda folder, photo: folder.original(photo.content_hash, photo.suffix))


def make_due(house: House) -> list[int]:
    """Be the worker that turns pictures."""
    return remade.turn_pictures(house.store, house.folder, Turner(), house.now, "worker", time.monotonic() + 60)
