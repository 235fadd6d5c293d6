"""Headers of photographs, read with Pillow and pillow-heif without decoding a pixel."""

from __future__ import annotations

import io
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from lightgate.adapters import exif_tags, raw_header
from lightgate.adapters.embedded_texts import Words, best_of, words_from_iptc, words_from_xmp
from lightgate.adapters.exif_tags import DAMAGE, Tags, quietly
from lightgate.adapters.formats import HEAD_BYTES, HEIF, JPEG, PNG, RAW, TIFF, WEBP, format_of
from lightgate.domain.photo import Exif, HeaderExtra, Rights
from lightgate.errors import FileTooLarge, TooManyPixels, UnreadableImage
from lightgate.ports import Header

#: opened by class, not by ``Image.open``, whose pixel limit is one for the whole process
_READERS: dict[str, type[ImageFile]] = {
    JPEG: JpegImageFile,
    PNG: PngImageFile,
    WEBP: WebPImageFile,
    HEIF: HeifImageFile,
}
#: in a JPEG 64 KB; more elsewhere, with a preview inside. Larger blocks are not read
_EXIF_LIMIT_BYTES = 16_000_000
_PHOTOSHOP_IPTC = 0x0404

_WIDTH, _HEIGHT, _XMP, _IPTC = 256, 257, 700, 33723


@dataclass(frozen=True, slots=True)
class Container:
    """What lies around the pixels of one file."""

    format: str
    width_px: int
    height_px: int
    tags: Tags
    xmp: bytes = b""
    iptc: bytes = b""


class PillowHeaders:
    """``ports.HeaderReader``. Formats go by content; limits are checked before anything is decoded."""

    def __init__(self, max_megapixels: float, max_file_mb: float) -> None:
        self._max_megapixels = max_megapixels
        self._max_file_mb = max_file_mb

    def read(self, file: Path) -> Header:
        """Read one file."""
        try:
            self._check_size(file)
            with file.open("rb") as stream:
                return self._read(stream)
        except OSError as error:
            raise UnreadableImage(reason=_plain(error)) from error

    def _check_size(self, file: Path) -> None:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableImage(reason="it is not a file")
        size_mb = status.st_size / 1e6
        if size_mb > self._max_file_mb:
            raise FileTooLarge(size=round(size_mb), limit=f"{self._max_file_mb:g}")

    def contents(self, stream: IO[bytes]) -> Container:
        """Read what lies around the pixels, unread.

        Raises:
            UnreadableImage: not an image, or damaged before the first pixel.
        """
        format_ = format_of(stream.read(HEAD_BYTES))
        stream.seek(0)
        if format_ == RAW:
            return self._raw(stream)
        return _tiff(stream) if format_ == TIFF else self._opened(stream, format_)

    def _read(self, stream: IO[bytes]) -> Header:
        container = self.contents(stream)
        megapixels = container.width_px * container.height_px / 1e6
        if megapixels > self._max_megapixels:
            raise TooManyPixels(pixels=round(megapixels), limit=f"{self._max_megapixels:g}")
        return _header(container)

    def _opened(self, stream: IO[bytes], format_: str) -> Container:
        try:
            with quietly():
                image = _READERS[format_](stream)
        except Image.DecompressionBombError as error:
            raise TooManyPixels(pixels="too many", limit=f"{self._max_megapixels:g}") from error
        except DAMAGE as error:
            raise UnreadableImage(reason=_damaged(format_)) from error
        packet, iptc = _bytes(image.info.get("xmp")), _jpeg_iptc(image)
        return Container(format_, *image.size, _block_tags(image), packet, iptc)

    def _raw(self, stream: IO[bytes]) -> Container:
        raw_header.require_reader()
        if (preview := raw_header.jpeg_in_raf(stream)) is not None:
            return replace(self._opened(preview, JPEG), format=RAW)
        return _raw_container(raw_header.tags_of_raw(stream))


def _plain(error: OSError) -> str:
    return f"the file cannot be opened ({error.strerror})" if error.strerror else "the file cannot be read"


def _damaged(format_: str) -> str:
    return f"the beginning of this {format_} file is damaged or missing"


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else b""


def _block_tags(image: ImageFile) -> Tags:
    block = _bytes(image.info.get("exif"))
    while block.startswith(b"Exif\0\0"):
        block = block[6:]
    if not block or len(block) > _EXIF_LIMIT_BYTES:
        return Tags()
    try:
        return exif_tags.read_tags(io.BytesIO(block))
    except DAMAGE:
        return Tags()


def _jpeg_iptc(image: ImageFile) -> bytes:
    resources = image.info.get("photoshop")
    return _bytes(resources.get(_PHOTOSHOP_IPTC)) if isinstance(resources, dict) else b""


def _tiff(stream: IO[bytes]) -> Container:
    """Read a TIFF by its first directory alone: Pillow's own reader refuses pixel kinds that libvips decodes."""
    try:
        tags = exif_tags.read_tags(stream)
    except DAMAGE as error:
        raise UnreadableImage(reason=_damaged(TIFF)) from error
    first = tags.ifd0
    if raw_header.is_raw(tags):
        raw_header.require_reader()
        return _raw_container(tags)
    width, height = first.get(_WIDTH), first.get(_HEIGHT)
    if not isinstance(width, int) or not isinstance(height, int) or width <= 0 or height <= 0:
        raise UnreadableImage(reason=_damaged(TIFF))
    return Container(TIFF, width, height, tags, first.raw(_XMP), first.raw(_IPTC))


def _raw_container(tags: Tags) -> Container:
    """Take the size as it is named for the developed picture; how large the preview is shows when it is decoded."""
    first = tags.ifd0
    return Container(RAW, *raw_header.size_of(tags), tags, first.raw(_XMP), first.raw(_IPTC))


def _without_camera(words: Words, exif: Exif) -> Words:
    """Drop texts that only repeat the camera's name."""
    names = {exif.make, exif.model, exif.camera}
    return replace(
        words,
        caption=None if words.caption in names else words.caption,
        creator=None if words.creator in names else words.creator,
        copyright=None if words.copyright in names else words.copyright,
    )


def _header(container: Container) -> Header:
    tags, format_ = container.tags, container.format
    size = (container.width_px, container.height_px)
    exif = exif_tags.exif_from(tags, format_, *size, is_turned=format_ == HEIF)
    rights = exif_tags.rights_from(tags)
    in_exif = Words(
        caption=exif_tags.description_from(tags),
        keywords=exif_tags.keywords_from(tags),
        creator=rights.creator,
        copyright=rights.copyright,
    )
    words = best_of((words_from_xmp(container.xmp), words_from_iptc(container.iptc), _without_camera(in_exif, exif)))
    return Header(
        format=format_,
        width_px=exif.width or size[0],
        height_px=exif.height or size[1],
        exif=exif,
        rights=Rights(words.creator, words.copyright),
        caption=words.caption,
        alt_text=words.alt_text,
        keywords=words.keywords,
        extra=_extra(tags, words),
    )


def _extra(tags: Tags, words: Words) -> HeaderExtra:
    north, east = exif_tags.coordinates_from(tags) or (None, None)
    return HeaderExtra(exif_tags.bias_from(tags), north, east, words.stars)
