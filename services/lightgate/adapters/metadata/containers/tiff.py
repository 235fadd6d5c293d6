"""The tags of an EXIF block or a TIFF file, by directory.

Pillow reads the directories and decodes a tag only when it is asked for, so that a file with a million hostile
tags costs no more than the few that we want. The directories are never merged: a GPS tag and an interoperability tag
may have the same number.
"""

from __future__ import annotations

import struct
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from PIL.TiffImagePlugin import ImageFileDirectory_v2

#: everything that Pillow and pillow-heif have been seen to raise on damaged files
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)

#: bytes of a tag of numbers; larger ones are not decoded, since none of ours is
_MOST_BYTES = 4096
_AS_BYTES = frozenset({1, 2, 7})
#: by TIFF's type: SHORT, LONG, IFD, LONG8
_WHOLE_NUMBERS = {3: "H", 4: "L", 13: "L", 16: "Q"}

_EXIF, _GPS, _INTEROPERABILITY = 0x8769, 0x8825, 0xA005
_THUMBNAIL_PLACE, _THUMBNAIL_BYTES = 0x0201, 0x0202
#: lengths of what is read of a directory besides its values: count, entry, next; those of BigTIFF are twice as long
_PARTS = {False: frozenset({2, 4, 12}), True: frozenset({8, 20})}


#: a maker's own notes have some ten kilobytes
_MOST_MISSING_BYTES = 1_000_000


class Directory:
    """One directory of tags; asking for a damaged one gives None."""

    def __init__(self, tags: ImageFileDirectory_v2) -> None:
        self._tags = tags

    def get(self, tag: int) -> object:
        """Decode one tag."""
        with quietly():
            try:
                return self._tags[tag] if self._is_small(tag) else None
            except DAMAGE:
                return None

    def raw(self, tag: int) -> bytes:
        """Give one tag's bytes as they stand in the file."""
        # Pillow's public side shows a value only decoded, and swaps the bytes of IPTC declared as numbers
        return self._tags._tagdata.get(tag, b"")

    def numbers(self, tag: int) -> Sequence[int]:
        """Give one tag's whole numbers, however many there are; none for other types."""
        code = _WHOLE_NUMBERS.get(self._tags.tagtype.get(tag, 0))
        if code is None:
            return ()
        told = self.raw(tag)
        return struct.unpack_from(f"{self._tags._endian}{len(told) // struct.calcsize('=' + code)}{code}", told)

    def _is_small(self, tag: int) -> bool:
        return self._tags.tagtype[tag] in _AS_BYTES or len(self.raw(tag)) <= _MOST_BYTES


class Either:
    """Two directories, of which the first one counts where both know a tag."""

    def __init__(self, first: Directory, second: Directory) -> None:
        self._first, self._second = first, second

    def get(self, tag: int) -> object:
        """Decode one tag."""
        found = self._first.get(tag)
        return self._second.get(tag) if found is None else found


_NO_TAGS = Directory(ImageFileDirectory_v2())


@dataclass(frozen=True, slots=True)
class Tags:
    """The directories that say something about the photograph."""

    ifd0: Directory = _NO_TAGS
    exif: Directory = _NO_TAGS
    gps: Directory = _NO_TAGS
    #: which rules of DCF a camera followed, in one tag
    interoperability: Directory = _NO_TAGS

    @property
    def taking(self) -> Either:
        """How it was taken; TIFF/EP puts that into the first directory, and some cameras follow it in JPEG files."""
        return Either(self.exif, self.ifd0)


def read_tags(block: IO[bytes], head: bytes = b"") -> Tags:
    """Read the directories of a TIFF structure: a whole file, or an EXIF block without its ``Exif`` mark.

    ``head`` takes the place of the first eight bytes, where a maker has its own mark in them.

    Raises:
        SyntaxError and others of ``DAMAGE``: there is no TIFF structure.
    """
    with quietly():
        head = head or block.read(8)
        if b"+" in head[2:4]:
            head += block.read(8)
        first = _directory(head)
        _load(first, block, first.next)
    ifd0 = Directory(first)
    exif = _linked(block, head, ifd0, _EXIF)
    gps, interoperability = _linked(block, head, ifd0, _GPS), _linked(block, head, exif, _INTEROPERABILITY)
    return Tags(ifd0, exif, gps, interoperability)


def thumbnail_in(block: IO[bytes]) -> bytes:
    """Give the JPEG that an EXIF block has in its second directory; empty where it has none (EXIF 2.32 §4.5.5).

    Raises:
        SyntaxError and others of ``DAMAGE``: there is no TIFF structure.
    """
    head = block.read(8)
    with quietly():
        first, second = _directory(head), _directory(head)
        _load(first, block, first.next)
        if not first.next:
            return b""
        _load(second, block, first.next)
    thumbnail = Directory(second)
    place, size = thumbnail.get(_THUMBNAIL_PLACE), thumbnail.get(_THUMBNAIL_BYTES)
    if not isinstance(place, int) or not isinstance(size, int) or not 0 < size <= _MOST_MISSING_BYTES:
        return b""
    block.seek(place)
    return block.read(size)


def _linked(block: IO[bytes], head: bytes, ifd0: Directory, tag: int) -> Directory:
    place = ifd0.get(tag)
    if not isinstance(place, int) or place <= 0:
        return _NO_TAGS
    with quietly():
        try:
            tags = _directory(head, tag)
            _load(tags, block, place)
        except DAMAGE:
            return _NO_TAGS
    return Directory(tags)


def _directory(head: bytes, group: int | None = None) -> ImageFileDirectory_v2:
    if head[:4] != b"MM\0+":
        return ImageFileDirectory_v2(head, group=group)
    # Pillow looks for BigTIFF's mark where only the other byte order has it
    tags = ImageFileDirectory_v2(head[:8], group=group)
    tags._bigtiff, tags.next = True, int.from_bytes(head[8:16], "big")
    return tags


def _load(tags: ImageFileDirectory_v2, block: IO[bytes], place: int) -> None:
    block.seek(place)
    tags.load(cast("IO[bytes]", _Forgiving(block, _PARTS[tags._bigtiff])))


class _Forgiving:
    """Gives zeros for a value that lies behind the end, of which nothing comes: Pillow would drop all further tags."""

    def __init__(self, block: IO[bytes], parts: frozenset[int]) -> None:
        self._block, self._parts = block, parts
        self.seek, self.tell = block.seek, block.tell

    def read(self, size: int) -> bytes:
        found = self._block.read(size)
        is_value = size not in self._parts and size <= _MOST_MISSING_BYTES
        return bytes(size) if is_value and len(found) < size else found


#: Python's warning filters are one for all threads, and intake reads headers in several
_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def quietly() -> Iterator[None]:
    """Silence what Pillow says about damaged files: we see it by what is missing."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
