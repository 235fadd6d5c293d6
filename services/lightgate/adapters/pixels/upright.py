"""An original as upright 8-bit sRGB pixels that fit a box, for what is published."""

from __future__ import annotations

from pathlib import Path

import pyvips

from lightgate.adapters.metadata.containers.raw import format_in
from lightgate.adapters.metadata.formats import RAW
from lightgate.adapters.pixels.decode import decoding, fitted, full_size
from lightgate.adapters.pixels.turns import turned
from lightgate.errors import UnreadableImage


def upright(
    original: Path, width_px: int, height_px: int, turn: int = 0, orientation: int | None = None
) -> pyvips.Image:
    """Decode, turn, convert and shrink; never enlarge. The pixels lie in memory.

    Args:
        turn: quarter turns clockwise that a person gave it besides; the box is that of the turned picture.
        orientation: EXIF's, as it was read when the photo was taken in, see ``decode.full_size``.

    Raises:
        UnreadableImage: damaged, cut off, or a raw file that nobody developed.
        OriginalMissing: there is no such file.
    """
    with decoding():
        if format_in(original) == RAW:
            raise UnreadableImage(reason="it is a RAW file, which has to be developed before it is published")
        # its size was checked when it was taken in
        box = (height_px, width_px) if turn % 2 else (width_px, height_px)
        whole = full_size(original, float("inf"), box, orientation)
        return turned(fitted(whole, *box), turn).copy_memory()
