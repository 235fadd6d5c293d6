"""A subject that the hints of a set agree on: a proposal, which a person confirms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lightgate.domain.language.tokens import words_of
from lightgate.domain.language.word_lists import WordLists
from lightgate.domain.photo import Hint

#: share of the probability that a label needs; a species more than a plain word
PLAIN_SHARE, SPECIES_SHARE = 0.40, 0.55
_LEAST_PHOTOS = 2
#: of the photos with hints, for one subject of the whole set
_AGREEING = 0.5


@dataclass(frozen=True, slots=True)
class SubjectSuggestion:
    """What the pictures of a set seem to show."""

    #: one subject for all; None where the pictures differ
    common: str | None
    #: how many photos it fits
    agreeing: int
    #: photos with a hint at all
    hinted: int
    #: a subject for each photo that has a sure one, by id
    by_photo: dict[int, str]


class Hinted(Protocol):
    """What is asked of a photo."""

    @property
    def id(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def hints(self) -> tuple[Hint, ...]: ...


@dataclass(frozen=True, slots=True)
class HintedPhoto:
    """A photo by what a model believes it shows, and nothing else."""

    id: int
    subject: str
    hints: tuple[Hint, ...]


def suggest_subject(photos: Sequence[Hinted], lists: WordLists, language: str = "en") -> SubjectSuggestion | None:
    """Suggest a subject from the hints; None where nothing is sure, or everything is called so already."""
    sure = {photo.id: label for photo in photos if (label := _sure_label(photo, lists, language))}
    if not sure:
        return None
    label, agreeing = Counter(sure.values()).most_common(1)[0]
    hinted = sum(bool(photo.hints) for photo in photos)
    is_common = agreeing >= _LEAST_PHOTOS and agreeing >= _AGREEING * hinted
    by_id = {photo.id: photo for photo in photos}
    new = {photo_id: each for photo_id, each in sure.items() if by_id[photo_id].subject.casefold() != each.casefold()}
    if not new:
        return None
    common = label.capitalize() if is_common and label in new.values() else None
    return SubjectSuggestion(common, agreeing, hinted, {each: name.capitalize() for each, name in new.items()})


def _sure_label(photo: Hinted, lists: WordLists, language: str) -> str | None:
    if not photo.hints:
        return None
    best = max(photo.hints, key=lambda hint: hint.share)
    is_species = any(lists.find("species", language, words_of(best.label), best.label))
    return best.label if best.share >= (SPECIES_SHARE if is_species else PLAIN_SHARE) else None
