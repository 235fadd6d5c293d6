"""Headers of photographs, read with Pillow and pillow-heif without decoding a pixel."""

from __future__ import annotations

import io
import stat
from dataclasses import replace
from pathlib import Path
from typing import IO

import pillow_heif
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from lightgate.adapters.metadata.containers import raw
from lightgate.adapters.metadata.containers.container import Container
from lightgate.adapters.metadata.containers.heif import orientation_left
from lightgate.adapters.metadata.containers.jpeg import without_rubbish
from lightgate.adapters.metadata.containers.photoshop import SEGMENT_MARK, digest_in, iptc_in
from lightgate.adapters.metadata.containers.png import chunks_of
from lightgate.adapters.metadata.containers.tiff import DAMAGE, Tags, quietly, read_tags
from lightgate.adapters.metadata.formats import AVIF, HEAD_BYTES, HEIF, JPEG, KINDS, PNG, RAW, TIFF, WEBP, format_of
from lightgate.adapters.metadata.header import header_of
from lightgate.errors import FileTooLarge, TooManyPixels, UnreadableImage
from lightgate.files.by_name import function_at
from lightgate.ports.pictures import Header

#: in a JPEG 64 KB; more elsewhere, with a preview inside. Larger blocks are not read
_EXIF_LIMIT_BYTES = 16_000_000

_WIDTH, _HEIGHT, _XMP, _IPTC, _PHOTOSHOP = 256, 257, 700, 33723, 34377


class PillowHeaders:
    """``ports.pictures.HeaderReader``. Formats go by content; limits are checked before anything is decoded."""

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
        found: Container = function_at(KINDS[format_].reads)(stream, self._max_megapixels)
        return found

    def _read(self, stream: IO[bytes]) -> Header:
        container = self.contents(stream)
        megapixels = container.width_px * container.height_px / 1e6
        if megapixels > self._max_megapixels:
            raise TooManyPixels(pixels=round(megapixels), limit=f"{self._max_megapixels:g}")
        return header_of(container)


def jpeg_container(stream: IO[bytes], max_megapixels: float) -> Container:
    """Read a JPEG's; what other programs put into it and nobody needs may be damaged."""
    try:
        return _opened(stream, JPEG, JpegImageFile, max_megapixels)
    except UnreadableImage:
        stream.seek(0)
        return _opened(without_rubbish(stream), JPEG, JpegImageFile, max_megapixels)


def webp_container(stream: IO[bytes], max_megapixels: float) -> Container:
    """Read a WebP's."""
    return _opened(stream, WEBP, WebPImageFile, max_megapixels)


def heif_container(stream: IO[bytes], _max_megapixels: float) -> Container:
    """Read an HEIF's; its size is that of the decoded picture."""
    content = stream.read()
    try:
        # unlike Pillow's plug-in for it, this leaves the orientation in the EXIF block
        picture = pillow_heif.open_heif(content, convert_hdr_to_8bit=True)
        (width, height), told = picture.size, picture.info
    except DAMAGE as error:
        raise UnreadableImage(reason=_damaged(HEIF)) from error
    block = _exif_block(_bytes(told.get("exif")))
    tags = _tags_of(block)
    orientation = orientation_left(content, block, tags, width, height)
    return Container(HEIF, width, height, tags, _bytes(told.get("xmp")), orientation=orientation)


def avif_container(stream: IO[bytes], max_megapixels: float) -> Container:
    """Read an AVIF's, which is an HEIF's around other pixels."""
    # libheif turns the pixels as the file's own properties ask
    return replace(_opened(stream, AVIF, HeifImageFile, max_megapixels), orientation=1)


def _opened(stream: IO[bytes], format_: str, reader: type[ImageFile], max_megapixels: float) -> Container:
    """Open by class, not by ``Image.open``, whose pixel limit is one for the whole process."""
    try:
        with quietly():
            image = reader(stream)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(pixels="too many", limit=f"{max_megapixels:g}") from error
    except DAMAGE as error:
        raise UnreadableImage(reason=_damaged(format_)) from error
    packet, resources = _bytes(image.info.get("xmp")), _jpeg_resources(image)
    tags = _block_tags(_bytes(image.info.get("exif")))
    return Container(format_, *image.size, tags, packet, iptc_in(resources), digest_in(resources))


def raw_container(stream: IO[bytes], max_megapixels: float) -> Container:
    """Read a camera's raw file's."""
    raw.require_reader()
    if (preview := raw.jpeg_in_raf(stream)) is not None:
        return replace(jpeg_container(preview, max_megapixels), format=RAW)
    return _raw_container(raw.tags_of_raw(stream))


def _plain(error: OSError) -> str:
    return f"the file cannot be opened ({error.strerror})" if error.strerror else "the file cannot be read"


def _damaged(format_: str) -> str:
    return f"the beginning of this {format_} file is damaged or missing"


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else b""


def _exif_block(block: bytes) -> bytes:
    """Take the mark off an EXIF block; one that is too large is none."""
    while block.startswith(b"Exif\0\0"):
        block = block[6:]
    return block if len(block) <= _EXIF_LIMIT_BYTES else b""


def _block_tags(block: bytes) -> Tags:
    return _tags_of(_exif_block(block))


def _tags_of(block: bytes) -> Tags:
    if not block:
        return Tags()
    try:
        return read_tags(io.BytesIO(block))
    except DAMAGE:
        return Tags()


def _jpeg_resources(image: ImageFile) -> bytes:
    if not isinstance(image, JpegImageFile):
        return b""
    segments = (content for name, content in image.applist if name == "APP13")
    return b"".join(each[len(SEGMENT_MARK) :] for each in segments if each.startswith(SEGMENT_MARK))


def png_container(stream: IO[bytes], max_megapixels: float) -> Container:
    """Read a PNG's."""
    try:
        found = chunks_of(stream)
    except ValueError as error:
        raise UnreadableImage(reason=_damaged(PNG)) from error
    tags = _block_tags(found.exif)
    return Container(PNG, found.width_px, found.height_px, tags, found.xmp, found.iptc, found.iptc_digest, found.texts)


def tiff_container(stream: IO[bytes], max_megapixels: float) -> Container:
    """Read a TIFF by its first directory alone: Pillow's own reader refuses pixel kinds that libvips decodes."""
    try:
        tags = read_tags(stream)
    except DAMAGE as error:
        raise UnreadableImage(reason=_damaged(TIFF)) from error
    first = tags.ifd0
    if raw.is_raw(tags):
        raw.require_reader()
        return _raw_container(tags)
    width, height = first.get(_WIDTH), first.get(_HEIGHT)
    if not isinstance(width, int) or not isinstance(height, int) or width <= 0 or height <= 0:
        raise UnreadableImage(reason=_damaged(TIFF))
    return Container(TIFF, width, height, tags, first.raw(_XMP), *_tiff_iptc(tags))


def _raw_container(tags: Tags) -> Container:
    """Take the size as it is named for the developed picture; how large the preview is shows when it is decoded."""
    return Container(RAW, *raw.size_of(tags), tags, tags.ifd0.raw(_XMP), *_tiff_iptc(tags))


def _tiff_iptc(tags: Tags) -> tuple[bytes, bytes]:
    resources = tags.ifd0.raw(_PHOTOSHOP)
    return tags.ifd0.raw(_IPTC) or iptc_in(resources), digest_in(resources)
