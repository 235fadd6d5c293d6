"""A TIFF as libtiff should see it: its first picture, with the tags that say how its pixels are kept, and nothing else.

libtiff refuses a whole file for a directory behind the picture that is damaged, and for a program's own tag that is.
Nobody sees either of them. Source: TIFF 6.0 §2, and BigTIFF's design notes for the wider fields.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import IO

from lightgate.adapters.metadata.containers.tiff import read_tags

#: TIFF 6.0: kind, size, samples, compression, strips and tiles, colours; and the colour profile
_KEPT = frozenset((
    *range(254, 260), 262, 266, 273, 274, *range(277, 285), 292, 293, 296, 317, 318, 319, *range(320, 326),
    332, 333, 334, *range(336, 342), 347, *range(512, 522), *range(529, 533), 34675,
))  # fmt: skip
_MOST_TAGS = 4096
_BITS, _COMPRESSION = 258, 259
#: that libvips reads
_DEPTHS = frozenset({1, 2, 4, 8, 16, 32})
#: that libtiff may have been built without
_COMPRESSIONS = {
    6: "the JPEG of before 1995", 34661: "JBIG", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA", 50000: "ZSTD",
    50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL", 34892: "lossy DNG",
}  # fmt: skip


def why_not_read(content: bytes) -> str | None:
    """Say which kind of sound TIFF this is that is not read; None where it is one that is."""
    tags = read_tags(io.BytesIO(content)).ifd0
    if depths := sorted(set(tags.numbers(_BITS)) - _DEPTHS):
        return f"{depths[0]} bits a sample are not read"
    told = tags.numbers(_COMPRESSION)
    return f"its compression, {_COMPRESSIONS[told[0]]}, is not read" if told and told[0] in _COMPRESSIONS else None


def first_picture(original: Path) -> bytes:
    """Give a TIFF's bytes without what is not needed for its first picture.

    Raises:
        OSError, struct.error, ValueError: there is no directory.
    """
    with original.open("rb") as stream:
        place, written = _without_the_rest(stream)
        stream.seek(0)
        content = stream.read()
    return content[:place] + written + content[place + len(written) :]


def _without_the_rest(stream: IO[bytes]) -> tuple[int, bytes]:
    """Write the first directory anew, in its place: where it stands, and its bytes."""
    head = stream.read(16)
    order = "<" if head[:2] == b"II" else ">"
    is_big = struct.unpack_from(f"{order}H", head, 2)[0] == 43
    place = struct.unpack_from(f"{order}{'Q' if is_big else 'L'}", head, 8 if is_big else 4)[0]
    number, size = ("Q", 20) if is_big else ("H", 12)
    wide = struct.calcsize(f"={number}")
    stream.seek(place)
    (count,) = struct.unpack(f"{order}{number}", stream.read(wide))
    if not 0 < count <= _MOST_TAGS:
        raise ValueError(f"{count} tags")
    entries: dict[int, bytes] = {}
    for _ in range(count):
        entry = stream.read(size)
        if len(entry) == size:
            tag = struct.unpack_from(f"{order}H", entry)[0]
            if tag in _KEPT:
                entries.setdefault(tag, entry)
    kept = [entries[tag] for tag in sorted(entries)]
    end = bytes(struct.calcsize("=Q" if is_big else "=L"))
    return place, struct.pack(f"{order}{number}", len(kept)) + b"".join(kept) + end
