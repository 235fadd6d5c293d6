"""Memory for decoded pixels is used again, and never while a picture still lies in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from lightgate.adapters.pixels.decode import decoding, full_size
from lightgate.adapters.pixels.spare_memory import SpareMemory

SIZE = 100_000


def test_what_is_gone_makes_room_for_the_next() -> None:
    memory = SpareMemory()
    first = memory.bytes_for(SIZE)
    place = first.ctypes.data
    del first
    assert memory.bytes_for(SIZE // 2).ctypes.data == place


def test_a_view_keeps_its_memory() -> None:
    memory = SpareMemory()
    view = memory.bytes_for(SIZE)[10:20].reshape(2, 5)
    view[:] = 7
    memory.bytes_for(SIZE)[:] = 0
    assert view.tolist() == [[7] * 5] * 2


def test_no_more_is_kept_than_the_limit() -> None:
    memory = SpareMemory(most_bytes=SIZE)
    one, other = memory.bytes_for(SIZE), memory.bytes_for(SIZE)
    kept = other.ctypes.data
    del other, one
    again = memory.bytes_for(SIZE)
    assert again.ctypes.data == kept
    assert memory.bytes_for(SIZE).ctypes.data != kept


def test_two_pictures_at_once_do_not_mix(tmp_path: Path) -> None:
    colours = {"red": (200, 0, 0), "green": (0, 150, 0), "blue": (0, 0, 100)}
    for name, colour in colours.items():
        Image.new("RGB", (64, 48), colour).save(tmp_path / f"{name}.jpg", quality=95)
    with decoding():
        # parts are worked out late, when their whole has no name any more
        corners = {name: full_size(tmp_path / f"{name}.jpg", 1).crop(0, 0, 8, 8) for name in colours}
        for name, colour in colours.items():
            assert np.abs(corners[name].numpy()[0, 0].astype(int) - colour).max() <= 3
