"""How an HEIF file's pixels still have to be turned once its decoder has obeyed the file's own properties.

Those properties alone count (ISO/IEC 23008-12 §6.5.10 ``irot``, §6.5.12 ``imir``), and EXIF's orientation is only a
description (annex A there; MIAF, ISO/IEC 23000-22 §7.3.9). But some cameras and converters write EXIF's orientation and
no property. Such a file is turned where all that it tells of its size says that the pixels were stored as the camera
held them, see decision 0040; where nothing tells, they are left as every viewer shows them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from lightgate.adapters.metadata.containers import values
from lightgate.adapters.metadata.containers.boxes import (
    MOST_ITEMS,
    Content,
    Span,
    boxes,
    meta_of,
    number,
    primary_in,
    references,
    with_parts,
)
from lightgate.adapters.metadata.containers.tiff import DAMAGE, Directory, Tags, quietly, thumbnail_in

_ORIENTATION, _PIXELS_ACROSS, _PIXELS_DOWN = 0x0112, 0xA002, 0xA003
#: what some phones write instead, or besides
_WIDTH, _LENGTH = 0x0100, 0x0101
#: EXIF orientations from 5 on lie on their side: of the others no size tells whether they were turned
_ON_ITS_SIDE = 5
_TURNS = frozenset({b"irot", b"imir"})
#: sizes that differ by less than this have one shape: encoders round to whole blocks
_ALIKE = 0.02

_Size = tuple[int, int]


@dataclass(slots=True)
class _Properties:
    """What is said of one item."""

    names: set[bytes] = field(default_factory=set)
    size: _Size = (0, 0)
    #: ``irot``, in quarter turns
    turns: int = 0

    @property
    def shown(self) -> _Size:
        """Its size once it is turned."""
        return (self.size[1], self.size[0]) if self.turns % 2 else self.size


def orientation_left(content: Content, block: bytes, tags: Tags, width_px: int, height_px: int) -> int:
    """Give the EXIF orientation that the decoded pixels still have to be turned by, 1 to 8.

    Args:
        block: the file's EXIF, which ``tags`` were read from, without its mark.
        width_px: as decoded.
        height_px: as decoded.
    """
    said = values.orientation(tags.ifd0.get(_ORIENTATION))
    if said < _ON_ITS_SIDE:
        return 1
    try:
        meta = meta_of(content)
        primary, items = primary_in(content, meta), _properties(content, meta)
        thumbs = [item for item, of in references(content, meta, b"thmb").items() if primary in of]
        shown = with_parts(primary, references(content, meta, b"dimg"))
    except (ValueError, IndexError, OverflowError):
        return 1
    if primary not in items or any(items[each].names & _TURNS for each in shown if each in items):
        return 1
    evidence = list(_evidence(block, tags, [items[each] for each in thumbs if each in items], (width_px, height_px)))
    return said if evidence and all(evidence) else 1


def _evidence(block: bytes, tags: Tags, thumbs: list[_Properties], decoded: _Size) -> Iterator[bool]:
    """Say of each size that the file tells whether it asks for the turn; what tells nothing is left out."""
    turned = (decoded[1], decoded[0])
    if _is_alike(decoded, turned):
        return
    # what the camera exposed: the same as the pixels where nobody turned them
    for told in (_size(tags.exif, _PIXELS_ACROSS, _PIXELS_DOWN), _size(tags.ifd0, _WIDTH, _LENGTH)):
        for shape, asks in ((decoded, True), (turned, False)):
            if min(told) > 0 and _is_alike(told, shape):
                yield asks
    # DCF has it lie as the camera exposed it, often with bars that fill it up to 4 : 3
    preview = _preview_size(block)
    if _is_wide(preview) is not None:
        yield _is_wide(preview) == _is_wide(decoded)
    # it is shown by properties of its own, so it may stand where the picture beside it still lies
    yield from (True for each in thumbs if _is_wide(each.shown) not in {None, _is_wide(decoded)})


def _size(directory: Directory, across: int, down: int) -> _Size:
    return values.integer(directory.get(across)) or 0, values.integer(directory.get(down)) or 0


def _is_alike(one: _Size, other: _Size) -> bool:
    across, down = one[0] * other[1], one[1] * other[0]
    return abs(across - down) <= _ALIKE * max(across, down)


def _is_wide(size: _Size) -> bool | None:
    """Is it wider than high? None: it is neither."""
    return None if min(size) <= 0 or _is_alike(size, (size[1], size[0])) else size[0] > size[1]


def _preview_size(block: bytes) -> _Size:
    """Give the size of the JPEG that EXIF holds; nothing where there is none."""
    try:
        jpeg = thumbnail_in(io.BytesIO(block))
        with quietly():
            width, height = JpegImageFile(io.BytesIO(jpeg)).size if jpeg else (0, 0)
    except (*DAMAGE, Image.DecompressionBombError):
        return 0, 0
    return width, height


def _properties(content: Content, meta: Mapping[bytes, Span]) -> dict[int, _Properties]:
    """Read what is said of items (ISO/IEC 23008-12 §9.3)."""
    found: dict[int, _Properties] = {}
    inside = list(boxes(content, *meta[b"iprp"])) if b"iprp" in meta else []
    known = [each for name, *span in inside if name == b"ipco" for each in boxes(content, span[0], span[1])]
    for name, at, end in inside:
        if name != b"ipma":
            continue
        for item, index in _associations(content, at, end):
            if 0 < index <= len(known):
                _tell(content, *known[index - 1], found.setdefault(item, _Properties()))
    return found


def _associations(content: Content, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Walk through items and the numbers, from 1, of their properties (§9.3.1)."""
    id_size, size = 4 if content[at] else 2, 2 if content[at + 3] & 1 else 1
    entries, at = number(content, at + 4, 4), at + 8
    for _ in range(min(entries, MOST_ITEMS)):
        if at >= end:
            return
        item, count = number(content, at, id_size), number(content, at + id_size, 1)
        at += id_size + 1
        for each in range(count):
            # the highest bit says that a reader must know the property
            yield item, number(content, at + size * each, size) & (0x7FFF if size == 2 else 0x7F)
        at += size * count


def _tell(content: Content, name: bytes, at: int, end: int, told: _Properties) -> None:
    told.names.add(name)
    if name == b"ispe" and end - at >= 12:
        told.size = number(content, at + 4, 4), number(content, at + 8, 4)
    if name == b"irot" and end > at:
        told.turns = content[at] & 3
