"""Headers of cameras' raw files, read without decoding anything and without the makers' libraries.

Most are TIFF files, some with a maker's mark in place of TIFF's own; Fujifilm puts a whole JPEG in front, Canon's CR3
puts TIFF blocks into an ISO container. Source: LibRaw's and ExifTool's descriptions of the containers.
"""

from __future__ import annotations

import importlib.util
import io
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lightgate.adapters.metadata.containers.tiff import DAMAGE, Directory, Tags, read_tags
from lightgate.adapters.metadata.formats import HEAD_BYTES, RAW, TIFF, format_of
from lightgate.errors import RawReaderMissing

#: the package that reads previews
READER = "rawpy"

_WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 256, 257, 259, 262
_SUB_IFDS, _SUBFILE_TYPE, _DNG_VERSION = 330, 254, 50706
_PICTURE_WIDTH, _PICTURE_HEIGHT = 0xA002, 0xA003
#: Nikon, Sony, Pentax and lossy DNG compression; colour filter array and linear raw pixels
_RAW_COMPRESSIONS = frozenset({34713, 32767, 65535, 34892})
_RAW_PHOTOMETRICS = frozenset({32803, 34892})

#: what Olympus and Panasonic write in place of TIFF's mark, by byte order
_MARKS = {b"II": b"II*\0", b"MM": b"MM\0*"}
_RAF = b"FUJIFILMCCD-RAW"
#: where a RAF file tells offset and length of its JPEG
_RAF_JPEG_AT = 84
#: larger blocks are not read: Canon's have some kilobytes, a full-size JPEG has some megabytes
_MOST_BLOCK_BYTES, _MOST_JPEG_BYTES = 1_000_000, 100_000_000
_MINOLTA, _SIGMA = b"\0MRM", b"FOVb"
_EXIF_MARK, _MOST_SEGMENT_BYTES = b"Exif\0\0", 65536
#: Canon's box of metadata blocks
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_MOST_BOXES = 64


def format_in(file: Path) -> str:
    """Name the container, telling raw files that look like TIFF from pictures in TIFF.

    Raises:
        UnreadableImage, UnsupportedFormat: see ``formats.format_of``.
    """
    with file.open("rb") as stream:
        format_ = format_of(stream.read(HEAD_BYTES))
        if format_ != TIFF:
            return format_
        stream.seek(0)
        try:
            return RAW if is_raw(read_tags(stream)) else TIFF
        except DAMAGE:
            return TIFF


def require_reader() -> None:
    """Look for the package that reads previews, without importing it.

    Raises:
        RawReaderMissing: it is not installed.
    """
    if importlib.util.find_spec(READER) is None:
        raise RawReaderMissing


def is_raw(tags: Tags) -> bool:
    """Is this TIFF a camera's raw file, with a small preview in front?"""
    first = tags.ifd0
    is_preview = first.get(_SUBFILE_TYPE) == 1 and first.get(_SUB_IFDS) is not None
    return (
        first.get(_DNG_VERSION) is not None
        or is_preview
        or first.get(_COMPRESSION) in _RAW_COMPRESSIONS
        or first.get(_PHOTOMETRIC) in _RAW_PHOTOMETRICS
    )


def size_of(tags: Tags) -> tuple[int, int]:
    """Give width and height as the header names them; (0, 0) where it does not."""
    named = ((tags.exif, _PICTURE_WIDTH, _PICTURE_HEIGHT), (tags.ifd0, _WIDTH, _HEIGHT))
    for directory, *numbers in named:
        width, height = (directory.get(number) for number in numbers)
        if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
            return width, height
    return 0, 0


def jpeg_in_raf(stream: IO[bytes]) -> IO[bytes] | None:
    """Give the JPEG in front of a Fujifilm file, with the whole EXIF in it; None for other files."""
    head = stream.read(_RAF_JPEG_AT + 8)
    stream.seek(0)
    if not head.startswith(_RAF):
        return None
    at, length = (int.from_bytes(head[start : start + 4], "big") for start in (_RAF_JPEG_AT, _RAF_JPEG_AT + 4))
    stream.seek(at)
    return io.BytesIO(stream.read(min(length, _MOST_JPEG_BYTES)))


def tags_of_raw(stream: IO[bytes]) -> Tags:
    """Read the directories of any raw file but Fujifilm's; what cannot be read is missing, as nothing decodes it."""
    head = stream.read(8)
    stream.seek(0)
    try:
        if head[4:8] == b"ftyp":
            return _tags_of_cr3(stream)
        if head[:4] == _MINOLTA:
            return _tags_of_minolta(stream)
        if head[:4] == _SIGMA:
            return _tags_inside(stream)
        return read_tags(stream, _MARKS[head[:2]] + head[4:]) if head[:2] in _MARKS else Tags()
    except DAMAGE:
        return Tags()


def _tags_of_minolta(stream: IO[bytes]) -> Tags:
    """Read the block that holds a whole TIFF structure: name and length in front of each."""
    stream.seek(8)
    for _ in range(_MOST_BOXES):
        head = stream.read(8)
        length = int.from_bytes(head[4:], "big")
        if head[:4] == b"\0TTW":
            return read_tags(io.BytesIO(stream.read(min(length, _MOST_BLOCK_BYTES))))
        stream.seek(length, io.SEEK_CUR)
    return Tags()


def _tags_inside(stream: IO[bytes]) -> Tags:
    """Read the EXIF of the JPEG that lies somewhere in the file."""
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(_EXIF_MARK)
        block = content[at + len(_EXIF_MARK) : at + _MOST_SEGMENT_BYTES] if at >= 0 else b""
    return read_tags(io.BytesIO(block))


def _tags_of_cr3(stream: IO[bytes]) -> Tags:
    blocks = dict(_canon_blocks(stream))
    first, exif, gps = (_directory(blocks.get(name)) for name in (b"CMT1", b"CMT2", b"CMT4"))
    return Tags(first, exif, gps)


def _directory(block: bytes | None) -> Directory:
    return Tags().ifd0 if block is None else read_tags(io.BytesIO(block)).ifd0


def _canon_blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for kind, at, end in _boxes(stream, 0, stream.seek(0, io.SEEK_END)):
        if kind != b"moov":
            continue
        for inner, inner_at, inner_end in _boxes(stream, at, end):
            stream.seek(inner_at)
            if inner == b"uuid" and stream.read(len(_CANON)) == _CANON:
                for name, block_at, block_end in _boxes(stream, inner_at + len(_CANON), inner_end):
                    stream.seek(block_at)
                    yield name, stream.read(min(block_end - block_at, _MOST_BLOCK_BYTES))


def _boxes(stream: IO[bytes], at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, begin and end of the boxes in a row (ISO/IEC 14496-12 §4.2)."""
    for _ in range(_MOST_BOXES):
        stream.seek(at)
        head = stream.read(8)
        length = int.from_bytes(head[:4], "big")
        begin = at + 8
        if length == 1:
            length, begin = int.from_bytes(stream.read(8), "big"), at + 16
        if len(head) < 8 or length < begin - at or at + length > end:
            return
        yield head[4:], begin, at + length
        at += length
