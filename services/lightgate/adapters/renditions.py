"""The files that a photo becomes on the website: JPEG in sRGB, upright, with only the metadata we put there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyvips

from lightgate.adapters.exif_block import exif_block
from lightgate.adapters.jpeg_segments import with_metadata
from lightgate.adapters.upright import upright
from lightgate.adapters.xmp_packet import xmp_packet
from lightgate.domain.layout import FULL, THUMB
from lightgate.domain.photo import Photo
from lightgate.ports import Rendition
from lightgate.settings import Publish


@dataclass(frozen=True, slots=True)
class Box:
    """The size that one kind of rendition fits into."""

    kind: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Renditions:
    """Renders every box from one decode; same original, same texts and same settings give the same bytes."""

    boxes: tuple[Box, ...]
    #: JPEG quality, 1 to 100
    quality: int = 90

    def render(self, original: Path, photo: Photo) -> Sequence[Rendition]:
        # libvips caches by file name; an original that changed on disk must be seen
        pyvips.cache_set_max(0)
        widest = max(box.width_px for box in self.boxes)
        highest = max(box.height_px for box in self.boxes)
        picture = upright(original, widest, highest)
        return [self._rendition(box, picture, photo) for box in self.boxes]

    def _rendition(self, box: Box, picture: pyvips.Image, photo: Photo) -> Rendition:
        fitted = picture.thumbnail_image(box.width_px, height=box.height_px, size="down", no_rotate=True)
        pixels = fitted.jpegsave_buffer(Q=self.quality, optimize_coding=True, keep="icc", profile="srgb")
        size = (fitted.width, fitted.height)
        content = with_metadata(pixels, exif_block(photo, *size), xmp_packet(photo))
        return Rendition(box.kind, content, *size, hash=hashlib.sha256(content).hexdigest())


def renditions(publish: Publish) -> Renditions:
    """Make the renderer that the settings describe."""
    full = Box(FULL, publish.full_width_px, publish.full_height_px)
    thumb = Box(THUMB, publish.thumb_width_px, publish.thumb_height_px)
    return Renditions((full, thumb), publish.quality)
