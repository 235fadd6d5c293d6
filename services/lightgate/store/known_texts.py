"""Texts that stand somewhere already, so that nothing is written twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lightgate.domain.photo import Text


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another text that says the same, or nearly."""

    #: None for a row of the website's catalogue
    photo_id: int | None
    #: published name, else the original's
    name: str
    #: shared words, 0 to 1
    likeness: float
    #: the series its photo stands in
    series: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueText:
    """Caption and alt text of a published photo that is none of the queue's."""

    file_name: str
    language: str
    caption: str
    alt_text: str


class KnownTexts(Protocol):
    """Captions and alt texts that were written before, found by likeness in far less time than reading all."""

    def alike(
        self, text: Text, *, before: int | None, file_name: str | None = None, limit: int = 3
    ) -> Sequence[Likeness]:
        """Find texts alike enough, the nearest first, in the same language and field; rejected photos do not count.

        Args:
            before: only photos with a lower id, so that of two the first stays; None: all.
            file_name: the photo's own row in the catalogue, which is no other's text.
        """

    def put(self, photo_id: int, text: Text) -> None:
        """Know a photo's text; the old one is forgotten. ``photos.put_text`` does this by itself."""

    def put_missing(self, limit: int = 500) -> int:
        """Know texts that were written before this index was; give how many."""

    def put_catalogue(self, texts: Iterable[CatalogueText]) -> None:
        """Know texts of the website's catalogue."""

    def catalogue_names(self) -> frozenset[str]:
        """Give the file names whose catalogue texts are known."""

    def forget_catalogue(self, file_names: Iterable[str]) -> None:
        """Forget texts that are no longer in the catalogue."""
