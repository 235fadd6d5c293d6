"""Which photo of a series is the best, and in what the others fall behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lightgate.domain.photo import SeriesKind
from lightgate.domain.series.copies import larger_copies
from lightgate.domain.series.shot import Shot

#: part: (the better one is, the other is); in the order in which they count
_WORDS = {
    "sharpness": ("sharper", "less sharp"),
    "aesthetic": ("more attractive to the model", "less attractive to the model"),
    "exposure": ("better exposed", "worse exposed"),
    "noise": ("cleaner", "noisier"),
    "contrast": ("richer in contrast", "flatter"),
    "colour": ("more colourful", "paler"),
}
#: marks of 100 that are too near to speak of
_NOTABLE = 3.0


#: a copy whose longer side is below this share of the largest one's is proposed for rejection
_SMALL_COPY = 0.5
#: why photos of these kinds have no rank
UNRANKED = {
    SeriesKind.BRACKET: "One of a bracket: the same picture with more and with less light.",
    SeriesKind.PANORAMA: "One part of a panorama.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo stands in its series, and why."""

    #: from 1, the best; None where parts of one picture are not ranked
    rank: int | None
    #: a sentence
    reason: str
    #: why it is proposed for rejection, a sentence; empty where it is not
    rejection: str = ""


def ranked(members: Sequence[Shot]) -> dict[int, Place]:
    """Rank by photo id. The rating decides, then sharpness, then who came first.

    Among copies of one picture more pixels go first: making a picture smaller makes it sharper and cleaner to every
    measure, so no copy counts for more than the least of those that are larger. What a person rated counts as rated.
    """
    larger = larger_copies(members)
    counted = _counted(members, larger)
    order = sorted(
        range(len(members)),
        key=lambda at: (
            -counted[members[at].id],
            len(larger.get(members[at].id, ())),
            -members[at].marks.get("sharpness", 0.0),
            at,
        ),
    )
    best = members[order[0]]
    second = members[order[1]] if len(order) > 1 else None
    if second is not None and best in larger.get(second.id, ()) and not best.is_rated_by_person:
        why = f"The best of {len(members)}: {_size(best)} pixels, more than its copy {second.file_name or 'beside it'}."
    else:
        why = _why_best(best, second, len(members))
    found = {best.id: Place(1, why)}
    for rank, at in enumerate(order[1:], 2):
        shot = members[at]
        largest = next(iter(larger.get(shot.id, ())), None)
        reason = _why_behind(shot, best) if largest is None or shot.is_rated_by_person else _why_smaller(shot, largest)
        found[shot.id] = Place(rank, reason, _why_rejected(shot, largest))
    return found


def _counted(members: Sequence[Shot], larger: Mapping[int, Sequence[Shot]]) -> dict[int, float]:
    """Give the rating that each photo is ranked by."""
    counted: dict[int, float] = {}
    for shot in sorted(members, key=lambda each: -each.pixels):
        limit = min((counted[each.id] for each in larger.get(shot.id, ())), default=_rating(shot))
        counted[shot.id] = _rating(shot) if shot.is_rated_by_person else min(_rating(shot), limit)
    return counted


def _size(shot: Shot) -> str:
    return f"{shot.width} \u00d7 {shot.height}"


def _why_smaller(shot: Shot, largest: Shot) -> str:
    return f"A smaller copy of {largest.file_name or 'another'}: {_size(shot)} pixels of {_size(largest)}."


def _why_rejected(shot: Shot, largest: Shot | None) -> str:
    # the preview of a RAW file is small, the file is not; and a person has said what this copy is worth
    if largest is None or shot.is_preview or shot.is_rated_by_person:
        return ""
    is_small = max(shot.width, shot.height) < _SMALL_COPY * max(largest.width, largest.height)
    return f"{_why_smaller(shot, largest)[:-1]}, less than half its size." if is_small else ""


def _rating(shot: Shot) -> float:
    return -1.0 if shot.qr is None else shot.qr


def _why_best(best: Shot, second: Shot | None, count: int) -> str:
    if best.is_rated_by_person:
        return f"The best of {count}: a person rated it so."
    words = [] if second is None else [better for better, _ in _differences(best, second)]
    why = f": {' and '.join(words[:2])} than the next" if words else ""
    return f"The best of {count}{why}."


def _why_behind(shot: Shot, best: Shot) -> str:
    named = best.file_name or "the best"
    if shot.qr != best.qr and (best.is_rated_by_person or shot.is_rated_by_person):
        return f"A person rated {named} higher." if best.is_rated_by_person else f"A person rated it below {named}."
    words = [worse for _, worse in _differences(best, shot)]
    if not words:
        return f"As good as {named}, which was taken first." if shot.qr == best.qr else f"Rated below {named}."
    said = " and ".join(words[:2])
    return f"{said[0].upper()}{said[1:]} than {named}."


def _differences(better: Shot, other: Shot) -> list[tuple[str, str]]:
    """List where the better one is notably ahead, the largest lead first."""
    leads = {
        part: better.marks[part] - other.marks[part] for part in _WORDS if part in better.marks and part in other.marks
    }
    notable = sorted((part for part in leads if leads[part] >= _NOTABLE), key=lambda part: -leads[part])
    return [_WORDS[part] for part in notable]
