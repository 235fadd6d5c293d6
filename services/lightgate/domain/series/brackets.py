"""Brackets and panoramas: several exposures that were made to become one picture."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lightgate.domain.series.shot import Shift, Shot

#: pause between two exposures of a bracket, beside the exposure itself
_BRACKET_PAUSE_S = 3.0
#: stops between two exposures, and between the darkest and the brightest
_STEP, _SPAN = 0.3, 0.9
_MOST_BRACKETED = 9
#: pause between two frames of a panorama
_PANORAMA_PAUSE_S = 15.0
#: shares of the frame by which the next is moved along, and to the side at most
_LEAST_MOVE, _MOST_MOVE, _MOST_DRIFT = 0.12, 0.9, 0.2
_FEWEST = 3


def in_time(shots: Iterable[Shot]) -> list[Shot]:
    """Order by camera and its clock; what has no time comes last, by path."""
    return sorted(shots, key=lambda s: (s.camera or "", s.taken_s is None, s.taken_s or 0.0, s.path, s.id))


def brackets(ordered: Sequence[Shot]) -> list[list[Shot]]:
    """Find runs whose light differs from frame to frame by plan, not by weather.

    The bias tells it; where a camera writes none, the exposures themselves must step evenly around a middle.
    """
    return [found for run in _runs(ordered) for found in _bracketed(run)]


def _is_bracket_pause(one: Shot, other: Shot) -> bool:
    return one.seconds_to(other) <= _BRACKET_PAUSE_S + (one.exposure_s or 0) and _is_same_frame(one, other)


def _bracketed(run: Sequence[Shot]) -> Iterator[list[Shot]]:
    at = 0
    while at <= len(run) - _FEWEST:
        sizes = range(min(_MOST_BRACKETED, len(run) - at), _FEWEST - 1, -1)
        length = next((size for size in sizes if _is_bracket(run[at : at + size])), 0)
        if length:
            yield list(run[at : at + length])
        at += length or 1


def _is_bracket(frames: Sequence[Shot]) -> bool:
    biases = [frame.bias for frame in frames]
    if all(bias is not None for bias in biases):
        return _is_stepped([bias for bias in biases if bias is not None])
    lights = [frame.light for frame in frames]
    known = [light for light in lights if light is not None]
    return len(known) == len(frames) and _is_stepped(known) and _is_even(known)


def _is_stepped(stops: Sequence[float]) -> bool:
    ordered = sorted(stops)
    return ordered[-1] - ordered[0] >= _SPAN and all(b - a >= _STEP for a, b in itertools.pairwise(ordered))


def _is_even(stops: Sequence[float]) -> bool:
    steps = [b - a for a, b in itertools.pairwise(sorted(stops))]
    return max(steps) - min(steps) <= _STEP


def panoramas(ordered: Sequence[Shot], shifts: Mapping[tuple[int, int], Shift]) -> list[list[Shot]]:
    """Find runs of frames that move one way by about the same share of the frame."""
    found: list[list[Shot]] = []
    run: list[Shot] = []
    direction: Shift | None = None
    for one, other in itertools.pairwise(ordered):
        shift = shifts.get((one.id, other.id)) if may_be_panorama(one, other) else None
        goes_on = shift is not None and _is_move(shift) and (direction is None or _is_onward(direction, shift))
        if goes_on and run and run[-1] is one:
            run.append(other)
        else:
            found.append(run)
            run = [one, other] if shift is not None and _is_move(shift) else []
        direction = shift if run else None
    found.append(run)
    return [each for each in found if len(each) >= _FEWEST]


def may_be_panorama(one: Shot, other: Shot) -> bool:
    """Were two neighbours taken with the same camera, frame and exposure, one soon after the other?"""
    return (
        one.seconds_to(other) <= _PANORAMA_PAUSE_S
        and _is_same_frame(one, other)
        and one.focal_length_mm == other.focal_length_mm
        and _is_same_light(one, other)
    )


def _is_same_frame(one: Shot, other: Shot) -> bool:
    return one.camera == other.camera and (one.width, one.height) == (other.width, other.height)


def _is_same_light(one: Shot, other: Shot) -> bool:
    return one.light is None or other.light is None or abs(one.light - other.light) <= 1.0


def _is_move(shift: Shift) -> bool:
    along, aside = sorted((abs(shift.across), abs(shift.down)), reverse=True)
    return _LEAST_MOVE <= along <= _MOST_MOVE and aside <= _MOST_DRIFT


def _is_onward(before: Shift, after: Shift) -> bool:
    """Is the direction kept, within a third of a right angle?"""
    product = before.across * after.across + before.down * after.down
    lengths = math.hypot(before.across, before.down) * math.hypot(after.across, after.down)
    return product >= lengths * math.cos(math.radians(30))


def _runs(ordered: Sequence[Shot]) -> Iterator[list[Shot]]:
    run: list[Shot] = []
    for shot in ordered:
        if run and not _is_bracket_pause(run[-1], shot):
            yield run
            run = []
        run.append(shot)
    if run:
        yield run
