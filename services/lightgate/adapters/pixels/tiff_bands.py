"""Which bands of a TIFF are its picture: colours, and transparency where it is called so."""

from __future__ import annotations

from pathlib import Path

import pyvips

from lightgate.adapters.metadata.containers.tiff import DAMAGE, read_tags

_EXTRA_SAMPLES = 338
#: TIFF 6.0 §18: associated and unassociated alpha; 0 is anything, as the selections that Photoshop keeps there
_TRANSPARENCY = frozenset({1, 2})
_COLOURS = {"b-w": 1, "grey16": 1, "srgb": 3, "rgb16": 3, "cmyk": 4}


def without_masks(original: Path, image: pyvips.Image) -> pyvips.Image:
    """Drop the bands behind the colours that are no transparency: they would hide the picture."""
    colours = _COLOURS.get(image.interpretation, image.bands)
    if image.bands <= colours:
        return image
    kept = colours + int(_first_extra(original) in _TRANSPARENCY)
    return image if image.bands == kept else image.extract_band(0, n=kept)


def _first_extra(original: Path) -> object:
    try:
        with original.open("rb") as stream:
            told = read_tags(stream).ifd0.get(_EXTRA_SAMPLES)
    except DAMAGE:
        return None
    return told[0] if isinstance(told, tuple) and told else told
