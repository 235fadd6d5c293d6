"""What bears out a text: everything that was told about a photo, and when it was taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lightgate.domain.language.tokens import words_of
from lightgate.domain.photo import HUMAN_SOURCES, Photo
from lightgate.domain.proof.daylight import Sun, sun_of

#: share of the probability from which on a label of CLIP's bears a species out
SURE_SHARE = 0.55
#: ``HH:MM`` in ``YYYY:MM:DD HH:MM:SS``
_CLOCK = slice(11, 16)
_HOURS, _MINUTES = 24, 60
#: endings between a word and its plural, in the languages that lists are shipped for
_ENDINGS = ("'s", "s", "es", "e", "n", "en", "er", "se", "sche", "ische", "ischen", "ischer", "isches")
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one photo beside its picture."""

    #: every word that was told, lower case
    told: frozenset[str] = frozenset()
    #: the category's parts, lower case words each; without those that are told as a place
    categories: tuple[tuple[str, ...], ...] = ()
    #: words of the original file's name that no text should hold
    file_words: frozenset[str] = frozenset()
    #: hours and parts of them since midnight, by the camera's clock
    hour: float | None = None
    #: None where time or position is not known
    sun: Sun | None = None

    def bears_out(self, said: str) -> bool:
        """Was every word of this told, in the singular or plural?"""
        words = [word.folded for word in words_of(said)]
        return all(any(form in self.told for form in _forms(word)) for word in words)


def evidence_of(photo: Photo) -> Evidence:
    """Gather what was told about a photo, and what CLIP saw in it surely enough to count."""
    hints = [hint.label for hint in photo.hints if hint.share >= SURE_SHARE]
    human = [text.value for text in photo.texts if text.source in HUMAN_SOURCES]
    written = [value if isinstance(value, str) else " ".join(value) for value in human]
    named = [photo.subject, photo.location, photo.brief, photo.rights.creator or "", *written, *hints]
    told = {part for text in named for part in _parts(text)}
    # an underscore stands for a blank in what is typed for a file name
    return Evidence(
        frozenset(told | set(_parts(photo.folder))),
        tuple(_categories(photo, told)),
        frozenset(_file_words(photo.original_file_name, told)),
        _hour(photo.exif.date_time),
        sun_of(photo),
    )


def _parts(text: str) -> Iterator[str]:
    for word in words_of(text.replace("_", " ")):
        yield word.folded
        yield from word.folded.replace("'", "-").split("-")


def _forms(word: str) -> Iterator[str]:
    yield word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            yield word.removesuffix(ending)
        yield word + ending


def _categories(photo: Photo, told: set[str]) -> Iterator[tuple[str, ...]]:
    for part in photo.folder.replace("\\", "/").split("/"):
        words = tuple(word.folded for word in words_of(part.replace("_", " ").replace("-", " ")))
        if words and not told.issuperset(words):
            yield words


def _file_words(name: str, told: set[str]) -> Iterator[str]:
    stem = name.rpartition("/")[2].rpartition(".")[0]
    for word in words_of(stem.replace("_", " ")):
        if any(c.isdigit() for c in word.folded) and len(word.folded) > _SHORTEST and word.folded not in told:
            yield word.folded


def _hour(date_time: str | None) -> float | None:
    hours, _, minutes = (date_time or "")[_CLOCK].partition(":")
    if not (hours.isdecimal() and minutes.isdecimal()) or int(hours) >= _HOURS or int(minutes) >= _MINUTES:
        return None
    return int(hours) + int(minutes) / _MINUTES
