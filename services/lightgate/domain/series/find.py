"""Which photos of a set belong together, as what, and which of them is the best.

Photos are compared with a fixed number of neighbours, in time or in a table of hashes, never all with all: the cost
grows with the set, not with its square. Brackets and panoramas are one picture in parts, so they are not ranked.
"""

from __future__ import annotations

import hashlib
import operator
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lightgate.domain.photo import Series, SeriesKind
from lightgate.domain.series.brackets import brackets, in_time, panoramas
from lightgate.domain.series.copies import copies_among, differing, is_copy
from lightgate.domain.series.rank import UNRANKED, Place, ranked
from lightgate.domain.series.shot import Shift, Shot

#: bits of 64 that may differ within a burst
_BURST_PERCEPTUAL = 12
_BURST_S = 2.0
_BURST_COSINE, _SCENE_COSINE = 0.95, 0.90
#: a longer pause ends a shoot
_SHOOT_S = 1800.0
#: neighbours that one photo is compared with
_NEIGHBOURS = 8


@dataclass(slots=True)
class _Group:
    kind: SeriesKind
    members: list[Shot] = field(default_factory=list)


def find_series(shots: Iterable[Shot], shifts: Mapping[tuple[int, int], Shift] | None = None) -> dict[int, Series]:
    """Give every photo that is part of a series its place in it, by photo id.

    Args:
        shifts: by the ids of two neighbours, how far the second picture is moved against the first.
    """
    ordered = in_time(shots)
    groups = [_Group(SeriesKind.BRACKET, run) for run in brackets(ordered)]
    free = _without(ordered, groups)
    groups += [_Group(SeriesKind.PANORAMA, run) for run in panoramas(free, shifts or {})]
    free = _without(free, groups)
    groups += _scenes(_close_groups(free))
    return {
        photo_id: place for group in groups if len(group.members) > 1 for photo_id, place in _placed(group, ordered)
    }


def _without(shots: Sequence[Shot], groups: Iterable[_Group]) -> list[Shot]:
    taken = {shot.id for group in groups for shot in group.members}
    return [shot for shot in shots if shot.id not in taken]


def _close_groups(ordered: Sequence[Shot]) -> list[_Group]:
    """Put copies and bursts together; a photo that is alone is a group of one."""
    parents = {shot.id: shot.id for shot in ordered}
    kinds: dict[int, SeriesKind] = {}

    def root(photo_id: int) -> int:
        while parents[photo_id] != photo_id:
            parents[photo_id] = parents[parents[photo_id]]
            photo_id = parents[photo_id]
        return photo_id

    for one, other, kind in (*copies_among(ordered), *_bursts(ordered)):
        first, second = sorted((root(one.id), root(other.id)))
        parents[second] = first
        kinds[first] = max(kind, kinds.get(first, kind), kinds.get(second, kind), key=_looseness)
    groups: dict[int, _Group] = {}
    for shot in ordered:
        at = root(shot.id)
        groups.setdefault(at, _Group(kinds.get(at, SeriesKind.SCENE))).members.append(shot)
    return list(groups.values())


def _looseness(kind: SeriesKind) -> int:
    return (SeriesKind.EXACT, SeriesKind.COPY, SeriesKind.BURST, SeriesKind.SCENE).index(kind)


def _bursts(ordered: Sequence[Shot]) -> Iterator[tuple[Shot, Shot, SeriesKind]]:
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 : at + 1 + _NEIGHBOURS]:
            if one.camera != other.camera or one.seconds_to(other) > _BURST_S:
                break
            is_alike = differing(one.perceptual_hash, other.perceptual_hash) <= _BURST_PERCEPTUAL
            if not _is_saved_again(one, other) and (is_alike or _cosine(one, other) >= _BURST_COSINE):
                yield one, other, SeriesKind.BURST


def _is_saved_again(one: Shot, other: Shot) -> bool:
    """Is this the same moment twice? Whole seconds alone do not tell a copy from the next frame."""
    is_one_moment = one.taken_s == other.taken_s and bool((one.taken_s or 0.0) % 1 or one.width != other.width)
    return is_one_moment and is_copy(one, other)


def _scenes(groups: Sequence[_Group]) -> list[_Group]:
    """Join groups whose first photos show the same scene within one shoot; against the first, so nothing drifts."""
    joined: list[_Group] = []
    for group in groups:
        first = group.members[0]
        scene = next((each for each in reversed(joined[-_NEIGHBOURS:]) if _is_scene(each.members[0], first)), None)
        if scene is None:
            joined.append(group)
        else:
            scene.members += group.members
            scene.kind = SeriesKind.SCENE
    return joined


def _is_scene(one: Shot, other: Shot) -> bool:
    pause_s = abs(one.seconds_to(other))
    is_one_shoot = pause_s <= _SHOOT_S or (one.taken_s is None and other.taken_s is None)
    return is_one_shoot and _cosine(one, other) >= _SCENE_COSINE


def _cosine(one: Shot, other: Shot) -> float:
    """Give the likeness of two embeddings; of two models they say nothing about each other."""
    if not one.embedding or not other.embedding or one.model != other.model:
        return -1.0
    return float(sum(map(operator.mul, _vector(one.embedding), _vector(other.embedding))))


def _vector(embedding: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(embedding) // 2}e", embedding)


def _placed(group: _Group, ordered: Sequence[Shot]) -> Iterator[tuple[int, Series]]:
    wanted = {shot.id for shot in group.members}
    members = [shot for shot in ordered if shot.id in wanted] if len(wanted) > 1 else group.members
    key = "ser_" + hashlib.sha256(members[0].content_hash.encode()).hexdigest()[:14]
    is_ranked = group.kind not in UNRANKED
    places = ranked(members) if is_ranked else {}
    for position, shot in enumerate(members, 1):
        place = places.get(shot.id) or Place(None, UNRANKED.get(group.kind, ""))
        alike = _similarity(members[0], shot)
        told = (place.rank, place.reason, place.rejection)
        yield shot.id, Series(key, group.kind, position, len(members), alike, *told)


def _similarity(first: Shot, shot: Shot) -> float:
    """Give 1 for the same picture, by the embeddings or else by the hashes."""
    cosine = _cosine(first, shot)
    likeness = cosine if cosine >= 0 else 1 - differing(first.perceptual_hash, shot.perceptual_hash) / 64
    return round(min(1.0, max(0.0, likeness)), 4)
