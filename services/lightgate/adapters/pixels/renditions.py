"""The files that a photo becomes on the website: in sRGB, upright, with only the metadata we put there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyvips

from lightgate.adapters.metadata.containers.jpeg import with_metadata
from lightgate.adapters.metadata.published.disclosed import Original, disclosed, read_original, upright_face
from lightgate.adapters.metadata.published.write_exif import exif_block
from lightgate.adapters.metadata.published.write_iptc import iim_block
from lightgate.adapters.metadata.published.write_xmp import xmp_packet
from lightgate.adapters.pixels.encodings import encoded
from lightgate.adapters.pixels.turns import as_orientation
from lightgate.adapters.pixels.upright import upright
from lightgate.adapters.pixels.watermark import Watermark
from lightgate.domain.approval.rights import RightsStatement, RightsTemplate, lacks_notice, stated
from lightgate.domain.names.layout import FULL, THUMB
from lightgate.domain.photo import Photo, Rights
from lightgate.errors import RightsMissing
from lightgate.ports.website import Rendition
from lightgate.settings import Profile, Publish

#: libvips' names for how colour is stored
_CHROMA = {"auto": "auto", "4:2:0": "on", "4:4:4": "off"}


@dataclass(frozen=True, slots=True)
class Box:
    """The size that one kind of rendition fits into."""

    kind: str
    width_px: int
    height_px: int
    #: ``jpeg``, ``webp`` or ``avif``
    format: str = "jpeg"


@dataclass(frozen=True, slots=True)
class Renditions:
    """Renders every box from one decode; same original, same texts and same settings give the same bytes."""

    boxes: tuple[Box, ...]
    #: JPEG quality, 1 to 100
    quality: int = 90
    webp_quality: int = 80
    avif_quality: int = 63
    #: ``auto``: full colour from quality 90 on
    chroma: str = "auto"
    rights: RightsTemplate = RightsTemplate()  # noqa: RUF009 - frozen
    watermark: Watermark | None = None
    #: what else of the original goes out: ``position``, ``place``, ``serial_numbers``, ``owner``, ``faces``
    disclose: tuple[str, ...] = ()

    @property
    def profile(self) -> str:
        """Give the hash of everything that is set, 64 hex digits."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def render(self, original: Path, photo: Photo) -> Sequence[Rendition]:
        # libvips caches by file name; an original that changed on disk must be seen
        pyvips.cache_set_max(0)
        rights = stated(photo, self.rights)
        if lacks_notice(photo, self.rights):
            raise RightsMissing
        widest = max(box.width_px for box in self.boxes)
        highest = max(box.height_px for box in self.boxes)
        picture = upright(original, widest, highest, photo.turn, photo.exif.orientation)
        said = disclosed(read_original(original), frozenset(self.disclose))
        for orientation in (photo.exif.orientation, as_orientation(photo.turn)):
            said = replace(said, faces=tuple(upright_face(each, orientation) for each in said.faces))
        finish = partial(self._finished, photo=photo, rights=rights, said=said)
        return [finish(box, fitted) for box, fitted in self._fitted(picture)]

    def _fitted(self, picture: pyvips.Image) -> Iterator[tuple[Box, pyvips.Image]]:
        """Yield every box with its picture; boxes larger than the picture give it once a format."""
        seen = set()
        for box in self.boxes:
            fitted = picture.thumbnail_image(box.width_px, height=box.height_px, size="down", no_rotate=True)
            is_needed = box.kind in {FULL, THUMB} or (box.format, fitted.width, fitted.height) not in seen
            seen.add((box.format, fitted.width, fitted.height))
            if is_needed:
                yield box, (self.watermark.on(fitted) if self.watermark else fitted)

    def _finished(
        self, box: Box, picture: pyvips.Image, *, photo: Photo, rights: RightsStatement, said: Original
    ) -> Rendition:
        size = (picture.width, picture.height)
        credited = replace(photo, rights=Rights(rights.creator or None, rights.copyright or None))
        exif, xmp = exif_block(credited, *size, said), xmp_packet(photo, rights, said)
        if box.format == "jpeg":
            subsample = _CHROMA[self.chroma]
            pixels = picture.jpegsave_buffer(
                Q=self.quality, optimize_coding=True, subsample_mode=subsample, keep="icc", profile="srgb"
            )
            content = with_metadata(pixels, exif, xmp, iim_block(photo, rights, said.place))
        else:
            pixels = picture.write_to_memory()
            quality = self.webp_quality if box.format == "webp" else self.avif_quality
            content = encoded(picture, box.format, quality, exif=exif, xmp=xmp)
        return Rendition(
            box.kind,
            content,
            *size,
            hash=hashlib.sha256(content).hexdigest(),
            pixels=hashlib.sha256(pixels).hexdigest(),
            profile=self.profile,
            format=box.format,
        )


def renditions(profile: Profile) -> Renditions:
    """Make the renderer that the settings describe.

    Raises:
        SettingInvalid: a rights template with a field that does not exist.
    """
    full = Box(FULL, profile.full_width_px, profile.full_height_px)
    thumb = Box(THUMB, profile.thumb_width_px, profile.thumb_height_px)
    responsive = [Box(f"{kind}-{edge}", edge, edge, kind) for edge in profile.responsive for kind in profile.formats]
    mark, rights = profile.watermark, profile.rights
    return Renditions(
        (full, thumb, *responsive),
        profile.quality,
        profile.webp_quality,
        profile.avif_quality,
        profile.chroma,
        RightsTemplate(**rights.model_dump()),
        Watermark(**mark.model_dump()) if mark.text or mark.image else None,
        tuple(sorted(set(profile.disclose))),
    )


def profiles_of(publish: Publish, targets: Iterable[str]) -> dict[str, str]:
    """Say how each target's files are made now, as a hash."""
    return {target: renditions(publish.profile_of(target)).profile for target in targets}
