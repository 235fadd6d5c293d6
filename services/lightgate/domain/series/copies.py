"""Copies: one picture in several files, saved again or in other sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from lightgate.domain.photo import SeriesKind
from lightgate.domain.series.shot import Shot

#: bits of 64 that may differ after another compression
_COPY_PERCEPTUAL, _COPY_DIFFERENCE = 6, 8
#: width to height may differ by so much after resizing, and by half a pixel of the shortest side, which is rounded
_COPY_ASPECT, _ROUNDED_PX = 0.01, 0.5
#: neighbours in a table of hashes that one photo is compared with
_IN_BUCKET = 32
#: two hashes that differ in at most six bits agree in one of seven parts
_PARTS = _COPY_PERCEPTUAL + 1


def copies_among(shots: Sequence[Shot]) -> Iterator[tuple[Shot, Shot, SeriesKind]]:
    """Find the same content, and the same picture saved again."""
    contents: dict[str, Shot] = {}
    buckets: dict[tuple[int, int], list[Shot]] = defaultdict(list)
    for shot in shots:
        twin = contents.setdefault(shot.content_hash, shot)
        if twin is not shot:
            yield twin, shot, SeriesKind.EXACT
        if shot.perceptual_hash is not None:
            for part in range(_PARTS):
                buckets[part, (shot.perceptual_hash >> (64 * part // _PARTS)) & 0x1FF].append(shot)
    for bucket in buckets.values():
        alike = sorted(bucket, key=lambda shot: (shot.perceptual_hash or 0, shot.id))
        for at, one in enumerate(alike):
            for other in alike[at + 1 : at + 1 + _IN_BUCKET]:
                if is_copy(one, other):
                    yield one, other, SeriesKind.COPY


def is_copy(one: Shot, other: Shot) -> bool:
    """Are these one picture by their hashes, perhaps of another size? A crop is not."""
    return (
        differing(one.perceptual_hash, other.perceptual_hash) <= _COPY_PERCEPTUAL
        and differing(one.difference_hash, other.difference_hash) <= _COPY_DIFFERENCE
        and abs(one.aspect / other.aspect - 1)
        <= _COPY_ASPECT + _ROUNDED_PX / max(1, min(one.width, one.height, other.width, other.height))
    )


def differing(one: int | None, other: int | None) -> int:
    """Count the bits in which two hashes differ; all where one is not known."""
    return 64 if one is None or other is None else (one ^ other).bit_count()


def larger_copies(members: Sequence[Shot]) -> dict[int, list[Shot]]:
    """Give, by photo id, the copies of it with more pixels, the largest first; nothing for one that has none."""
    families: dict[int, list[Shot]] = {shot.id: [shot] for shot in members}
    for one, other, _ in copies_among(members):
        family, joining = families[one.id], families[other.id]
        if family is not joining:
            family += joining
            families.update({shot.id: family for shot in joining})
    found = {}
    for shot in members:
        # most families are frames of one size
        if len({each.pixels for each in families[shot.id]}) > 1:
            larger = [each for each in families[shot.id] if each.pixels > shot.pixels]
            found[shot.id] = sorted(larger, key=lambda each: (-each.pixels, each.id))
    return {photo_id: larger for photo_id, larger in found.items() if larger}
