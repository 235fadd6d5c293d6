"""Which photo of a series is the best, and in what the others fall behind it."""

from __future__ import annotations

from collections.abc import Sequence

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


def ranked(members: Sequence[Shot]) -> dict[int, tuple[int, str]]:
    """Give rank, from 1, and reason by photo id. The rating decides, then sharpness, then who came first."""
    order = sorted(
        range(len(members)),
        key=lambda at: (-_rating(members[at]), -members[at].marks.get("sharpness", 0.0), at),
    )
    best = members[order[0]]
    second = members[order[1]] if len(order) > 1 else None
    found = {best.id: (1, _why_best(best, second, len(members)))}
    for rank, at in enumerate(order[1:], 2):
        found[members[at].id] = (rank, _why_behind(members[at], best))
    return found


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
