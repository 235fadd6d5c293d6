"""What the pictures say: judgements, series, likeness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lightgate.domain.keywords.subject import HintedPhoto
from lightgate.domain.photo import Series
from lightgate.domain.series.rank import Place
from lightgate.domain.series.shot import Shot


@dataclass(frozen=True, slots=True)
class Judged:
    """A photo that CLIP rated, with what a person thinks of it."""

    id: int
    embedding: bytes
    #: ``Scores.model`` and ``Scores.metrics_version``
    model: str
    metrics_version: str
    #: scores of 0 to 100 by part
    marks: Mapping[str, float]
    #: the computed rating, 0 to 10
    qr: float
    #: stars, or 1 for approved and 0 for rejected; only its order counts
    judgement: float = 0.0


class Pictures(Protocol):
    """What pictures have in common."""

    def starred(self) -> Sequence[Judged]:
        """List photos whose file carries stars (1 to 5, -1 for rejected), by id."""

    def decided(self) -> Sequence[Judged]:
        """List photos that a person approved or rejected, by id."""

    def undecided(self, steps: Sequence[str]) -> Sequence[Judged]:
        """List photos at these steps that no person decided on or rated."""

    def hinted(self, set_id: int) -> Sequence[HintedPhoto]:
        """List a set's photos that wait for a decision, each by the likeliest thing a model believes it shows."""

    def sets_without_series(self, steps: Sequence[str]) -> Sequence[int]:
        """List sets with photos at these steps that were rated since their series were looked for, oldest first."""

    def shots(self, set_id: int, series_key: str | None = None) -> Sequence[Shot]:
        """Give what the search for series asks of a set's photos that were rated, or of those of one series.

        Rejected ones are left out.
        """

    def of_series(self, set_id: int, series_key: str) -> Sequence[int]:
        """List the photos of one series of a set, by id."""

    def put_series(self, set_id: int, found: Mapping[int, Series]) -> None:
        """Write every rated photo's place by its id; one that has none stands alone."""

    def put_ranks(self, found: Mapping[int, Place]) -> None:
        """Write rank and reasons inside their series by photo id; a photo that stands alone is left as it is."""

    def similar(self, photo_id: int, limit: int = 20) -> Sequence[tuple[int, float]]:
        """Find the photos that the model sees as most alike, with the cosine, best first; none without a model."""
