"""A mark in a corner of a published picture: a few words, or a PNG with transparency."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image, ImageDraw, ImageFont

from lightgate.errors import SettingInvalid

_WHITE = (255, 255, 255, 255)
#: line height by letter height
_LEADING = 1.25
_LEAST_PX = 6


@dataclass(frozen=True, slots=True)
class Watermark:
    """What is put on, how large and where; the words' own font is Aileron, which Pillow carries (CC0)."""

    text: str = ""
    image: Path | None = None
    font: Path | None = None
    #: ``bottom-right``
    corner: str = "bottom-right"
    #: of a line of text, or of the image, as a share of the picture's height
    height: float = 0.03
    #: 0 to 1
    opacity: float = 0.8
    margin_x_px: int = 20
    margin_y_px: int = 10

    def on(self, picture: pyvips.Image) -> pyvips.Image:
        """Put the mark on an upright sRGB picture; one too small for it stays as it is.

        Raises:
            SettingInvalid: font or image cannot be read.
        """
        mark = self._mark(picture.height)
        if mark.width + 2 * self.margin_x_px > picture.width or mark.height + 2 * self.margin_y_px > picture.height:
            return picture
        pixels = np.asarray(mark).copy()
        pixels[..., 3] = (pixels[..., 3] * self.opacity).round()
        layer = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
        vertical, _, horizontal = self.corner.partition("-")
        left = self.margin_x_px if horizontal == "left" else picture.width - mark.width - self.margin_x_px
        top = self.margin_y_px if vertical == "top" else picture.height - mark.height - self.margin_y_px
        return picture.composite2(layer, "over", x=left, y=top).flatten().copy(interpretation="srgb").cast("uchar")

    def _mark(self, height_px: int) -> Image.Image:
        size_px = max(_LEAST_PX, round(self.height * height_px))
        try:
            return self._scaled(size_px) if self.image else self._written(size_px)
        except OSError as error:
            raise SettingInvalid(name="watermark", reason=str(error)) from error

    def _scaled(self, height_px: int) -> Image.Image:
        with Image.open(str(self.image)) as opened:
            mark = opened.convert("RGBA")
        return mark.resize((max(1, round(mark.width * height_px / mark.height)), height_px), Image.Resampling.LANCZOS)

    def _written(self, size_px: int) -> Image.Image:
        font = ImageFont.truetype(str(self.font), size_px) if self.font else ImageFont.load_default(size_px)
        lines = self.text.splitlines()
        widths = [round(font.getlength(line)) for line in lines]
        step_px = round(size_px * _LEADING)
        mark = Image.new("RGBA", (max([1, *widths]), max(1, step_px * len(lines))), (255, 255, 255, 0))
        draw = ImageDraw.Draw(mark)
        for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
            left = mark.width - width if self.corner.endswith("right") else 0
            draw.text((left, number * step_px), line, font=font, fill=_WHITE)
        return mark
