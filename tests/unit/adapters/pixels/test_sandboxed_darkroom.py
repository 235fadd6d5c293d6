"""Developing in a child: the same pictures, and a refused photo instead of a dead worker."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom
from lightgate.errors import OriginalMissing, TookTooLong, TooManyPixels, UnreadableImage
from lightgate.files.data_folder import DataFolder
from support.pictures import jpeg, quarters


def test_the_finding_and_the_pictures_are_those_of_the_plain_one(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 600, 3), dtype=np.uint8)
    original = jpeg(tmp_path / "a.jpg", Image.fromarray(noise))
    plain, careful = (DataFolder(tmp_path / name).proxy_files("ab" * 32) for name in ("plain", "careful"))
    assert CarefulDarkroom(200).develop(original, careful) == VipsDarkroom(200).develop(original, plain)
    assert careful.proxy.read_bytes() == plain.proxy.read_bytes()


def test_the_finding_holds_the_hash_of_each_picture_as_it_was_written(tmp_path: Path) -> None:
    original, files = jpeg(tmp_path / "a.jpg", quarters()), DataFolder(tmp_path).proxy_files("ab" * 32)
    hashes = CarefulDarkroom(200).develop(original, files).hashes
    written = {kind: getattr(files, kind).read_bytes() for kind in ("view", "crop", "proxy", "thumb")}
    assert hashes == {kind: sha256(content).hexdigest() for kind, content in written.items()}


def test_errors_keep_their_kind_and_their_words(tmp_path: Path) -> None:
    files = DataFolder(tmp_path).proxy_files("ab" * 32)
    whole = jpeg(tmp_path / "a.jpg", quarters()).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableImage, match="cut off"):
        CarefulDarkroom(200).develop(tmp_path / "cut.jpg", files)
    with pytest.raises(TooManyPixels):
        CarefulDarkroom(0.1).develop(tmp_path / "a.jpg", files)
    with pytest.raises(OriginalMissing):
        CarefulDarkroom(200).develop(tmp_path / "absent.jpg", files)


def test_a_picture_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    original = tmp_path / "large.png"
    pyvips.Image.black(9_000, 9_000, bands=3).copy(interpretation="srgb").pngsave(str(original), compression=1)
    files = DataFolder(tmp_path).proxy_files("ab" * 32)
    with pytest.raises(UnreadableImage, match="memory"):
        CarefulDarkroom(200, memory_limit_mb=400).develop(original, files)
    assert CarefulDarkroom(200).develop(original, files).width_px == 9_000


def test_one_that_takes_too_long_by_the_clock_alone_is_tried_again(tmp_path: Path) -> None:
    endless = tmp_path / "a.png"
    os.mkfifo(endless)
    with pytest.raises(TookTooLong):
        CarefulDarkroom(200, clock_limit_s=0.5).develop(endless, DataFolder(tmp_path).proxy_files("ab" * 32))


def test_one_that_takes_too_much_of_a_processor_is_refused(tmp_path: Path) -> None:
    original = tmp_path / "large.png"
    noise = np.random.default_rng(1).integers(0, 256, (6_000, 9_000, 3), dtype=np.uint8)
    pyvips.Image.new_from_array(noise).pngsave(str(original), compression=1)
    with pytest.raises(UnreadableImage, match="1 s of a processor's time"):
        CarefulDarkroom(200, processor_limit_s=1).develop(original, DataFolder(tmp_path).proxy_files("ab" * 32))
