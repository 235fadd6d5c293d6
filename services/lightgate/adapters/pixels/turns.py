"""Quarter turns clockwise, by which a person set a picture upright that said nothing of it: of pixels and of places."""

from __future__ import annotations

import pyvips

_QUARTERS = ("d0", "d90", "d180", "d270")
#: EXIF 2.32 tag 0x0112: what a viewer has to do is this many quarter turns
_AS_ORIENTATION = (1, 6, 3, 8)


def turned(picture: pyvips.Image, turn: int) -> pyvips.Image:
    """Turn pixels by 0 to 3 quarters."""
    return picture.rot(_QUARTERS[turn]) if turn else picture


def turned_place(place: tuple[float, float], turn: int) -> tuple[float, float]:
    """Say where a place, in shares of width and height, is once the picture is turned by 0 to 3 quarters."""
    across, down = place
    for _ in range(turn):
        across, down = 1 - down, across
    return across, down


def as_orientation(turn: int) -> int:
    """Give the EXIF orientation that asks for 0 to 3 quarter turns."""
    return _AS_ORIENTATION[turn]
