"""A rating fitted to one person's own judgements: a linear function of what was measured and what the model saw."""

from __future__ import annotations

import operator
import struct
from collections.abc import Mapping
from dataclasses import dataclass

#: parts that a judge looks at, in this order; one that was not measured counts as middling
PARTS = ("sharpness", "exposure", "noise", "contrast", "colour")
_MIDDLING = 50.0


@dataclass(frozen=True, slots=True)
class FittedRating:
    """What was fitted, and to what it may be applied: scores of another model or version are not comparable."""

    #: ``Scores.model`` and ``Scores.metrics_version`` of the photos it was fitted to
    model: str
    metrics_version: str
    #: one weight for each number of the embedding, then one for each of ``PARTS``
    weights: tuple[float, ...]
    bias: float
    #: (judgement, QR), rising: puts judgements on the scale of the default ratings
    scale: tuple[tuple[float, float], ...]

    def fits(self, model: str | None, metrics_version: str | None) -> bool:
        """May it judge a photo that was scored so?"""
        return (model, metrics_version) == (self.model, self.metrics_version)

    def rate(self, embedding: bytes, marks: Mapping[str, float]) -> float:
        """Give QR, 0 to 10."""
        given = features(embedding, marks)
        return round(_on_scale(sum(map(operator.mul, self.weights, given)) + self.bias, self.scale), 2)


def features(embedding: bytes, marks: Mapping[str, float]) -> tuple[float, ...]:
    """Give what a judge sees of a photo: the embedding, and the marks as shares of 1."""
    vector = struct.unpack(f"<{len(embedding) // 2}e", embedding)
    return (*vector, *(marks.get(part, _MIDDLING) / 100 for part in PARTS))


def _on_scale(value: float, scale: tuple[tuple[float, float], ...]) -> float:
    below, above = scale[0], scale[-1]
    for point in scale:
        if point[0] <= value:
            below = point
        else:
            above = point
            break
    if value <= scale[0][0] or above[0] <= below[0]:
        return below[1] if value > scale[0][0] else scale[0][1]
    share = (min(value, above[0]) - below[0]) / (above[0] - below[0])
    return below[1] + share * (above[1] - below[1])
