"""Changes that differ from photo to photo: keywords added and taken away, words found and replaced."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lightgate.domain.photo import Field, Photo, one_line
from lightgate.errors import InputInvalid
from lightgate.steps.review.editing import Changes, TextChange

MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class KeywordEdit:
    """What becomes of keywords, in every language that has them; compared without regard to case."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def changes(self, photo: Photo) -> Changes:
        """Work out what that means for one photo."""
        gone = {each.casefold() for each in self.remove}
        texts = []
        for language in photo.languages:
            text = photo.text(language, Field.KEYWORDS)
            old = tuple(text.value) if text is not None else ()
            kept = [each for each in old if each.casefold() not in gone]
            known = {each.casefold() for each in kept}
            new = (*kept, *(each for each in self.add if each.casefold() not in known))
            # what is added is in the set's first language
            wanted = new if language == photo.languages[0] else tuple(kept)
            if wanted != old:
                texts.append(TextChange(language, Field.KEYWORDS, wanted))
        return Changes(texts=tuple(texts))


@dataclass(frozen=True, slots=True)
class Replacement:
    """Words that others take the place of, in captions, alt texts and keywords."""

    find: str
    put: str
    fields: tuple[Field, ...] = tuple(Field)
    #: case counts, and only whole words are found
    is_exact: bool = False

    def __post_init__(self) -> None:
        if not self.find.strip() or max(len(self.find), len(self.put)) > MAX_WORDS:
            raise InputInvalid(reason=f"Say what to find: 1 to {MAX_WORDS} characters.")

    def changes(self, photo: Photo) -> Changes:
        """Work out what that means for one photo."""
        texts = []
        for text in photo.texts:
            if text.field not in self.fields:
                continue
            new = self._new(text.value) if isinstance(text.value, str) else self._keywords(text.value)
            if new != text.value:
                texts.append(TextChange(text.language, text.field, new))
        return Changes(texts=tuple(texts))

    def _new(self, value: str) -> str:
        pattern = re.escape(self.find)
        if self.is_exact:
            return re.sub(rf"(?<!\w){pattern}(?!\w)", lambda _: self.put, value)
        return re.sub(pattern, lambda _: self.put, value, flags=re.IGNORECASE)

    def _keywords(self, values: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(new for each in values if (new := self._new(each).strip())))


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One text as it would become."""

    photo: Photo
    change: TextChange
    old: str

    @property
    def new(self) -> str:
        """The text that would stand there."""
        return one_line(self.change.value)


def previewed(photos: Iterable[Photo], replacement: Replacement) -> list[Rewritten]:
    """List what a replacement would change, writing nothing."""
    return [
        Rewritten(photo, change, _shown(photo, change))
        for photo in photos
        for change in replacement.changes(photo).texts
    ]


def keyword_counts(photos: Iterable[Photo]) -> Mapping[str, int]:
    """Count in how many photos each keyword of the set's first language stands, the most frequent first."""
    counts = Counter[str]()
    for photo in photos:
        text = photo.text(photo.languages[0], Field.KEYWORDS)
        counts.update(dict.fromkeys(text.value, 1) if text is not None else {})
    return dict(counts.most_common())


def _shown(photo: Photo, change: TextChange) -> str:
    text = photo.text(change.language, change.field)
    return text.line if text else ""
