"""How much of an uncompressed TIFF is zero bytes at its end: they may be black pixels, or lost ones."""

from __future__ import annotations

from pathlib import Path

from lightgate.adapters.metadata.containers.tiff import DAMAGE, Directory, read_tags

_COMPRESSION, _NONE = 259, 1
_OFFSETS, _COUNTS = (273, 324), (279, 325)
_PIECE_BYTES = 1 << 20
#: not the whole of a large black picture is read for one sentence
_MOST_BYTES = 64 << 20


def strips_of(tags: Directory, file_bytes: int) -> list[tuple[int, int]]:
    """List where strips or tiles begin and end in a file."""
    offsets, counts = (next(filter(None, map(tags.numbers, each)), ()) for each in (_OFFSETS, _COUNTS))
    places = zip(offsets, counts, strict=False)
    return [(start, min(start + count, file_bytes)) for start, count in places if start < file_bytes]


def share_of_zeros_at_end(original: Path) -> float:
    """Give the share of a TIFF's pixel bytes, 0 to 1, that are zero up to the last one; 0 for a compressed one.

    Raises:
        OSError: it cannot be read.
    """
    with original.open("rb") as stream:
        try:
            tags = read_tags(stream).ifd0
        except DAMAGE:
            return 0.0
        if tags.get(_COMPRESSION) not in {_NONE, None}:
            return 0.0
        strips = strips_of(tags, stream.seek(0, 2))
        whole, zeros = sum(end - start for start, end in strips), 0
        pieces = (
            (max(start, stop - _PIECE_BYTES), stop)
            for start, end in reversed(strips)
            for stop in range(end, start, -_PIECE_BYTES)
        )
        for start, end in pieces:
            stream.seek(start)
            piece = stream.read(end - start)
            zeros += len(piece) - len(piece.rstrip(b"\0"))
            if piece.strip(b"\0") or zeros >= _MOST_BYTES:
                break
        return zeros / whole if whole else 0.0
