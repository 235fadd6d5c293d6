"""Fields of a photo as its history writes them: from what stands there, and back into changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from lightgate.domain.keywords.line import JOIN, keywords_in
from lightgate.domain.photo import Field, Photo, Source, one_line
from lightgate.steps.review.editing import Changes, TextChange, number_shown, turn_from, turn_shown
from lightgate.store import Event, TextQuality

_IDENTITY = ("subject", "location", "folder")
#: verdicts of texts that a model wrote
_BY_MODEL = frozenset({"written", "repaired", "rewritten"})


def stands(photo: Photo, name: str, value: str | None) -> bool:
    """Does a field hold this value now?"""
    return (value or "") in {_now(photo, name) or "", _bare(photo, name)}


def by_hand(fields: Sequence[Event]) -> list[Event]:
    """Leave out a file name that followed subject, location or folder by itself."""
    is_following = any(event.name in _IDENTITY for event in fields)
    return [event for event in fields if event.name != "file_name" or not is_following]


def changes_to(
    events: Sequence[Event], wanted: Callable[[Event], str | None], quality: TextQuality | None = None
) -> Changes:
    """Say as changes what events of one photo tell: the values before them, or after.

    Args:
        quality: what a model wrote; a text that is the model's again says so.
    """
    # a name follows subject, location and folder, unless it was itself what changed
    values = {event.name: wanted(event) for event in by_hand(events)}
    rating = values.get("qr")
    return Changes(
        subject=values.get("subject"),
        location=values.get("location"),
        folder=values.get("folder"),
        file_name=values.get("file_name"),
        texts=tuple(_texts(values, quality)),
        qr=float(rating) if rating else None,
        clear_qr="qr" in values and rating is None,
        turn=turn_from(values.get("turn")),
    )


def _now(photo: Photo, name: str) -> str | None:
    if name in _IDENTITY:
        return str(getattr(photo, name))
    if name == "file_name":
        return photo.file_name
    if name == "qr":
        return number_shown(photo.qr_by_person)
    if name == "turn":
        return turn_shown(photo.turn)
    field, _, language = name.partition(".")
    text = photo.text(language, Field(field))
    return None if text is None else text.line


def _bare(photo: Photo, name: str) -> str:
    """Write keywords as older versions did, which is in their history."""
    field, _, language = name.partition(".")
    text = photo.text(language, Field.KEYWORDS) if field == Field.KEYWORDS else None
    return (_now(photo, name) or "") if text is None else JOIN.join(text.value)


def _texts(values: Mapping[str, str | None], quality: TextQuality | None) -> Iterator[TextChange]:
    for name, value in values.items():
        field, _, language = name.partition(".")
        if language:
            new = _keywords(value or "") if field == Field.KEYWORDS else value or ""
            yield TextChange(language, Field(field), new, *_writer(name, value, quality))


def _writer(name: str, value: str | None, quality: TextQuality | None) -> tuple[Source, str | None, str | None]:
    was_written = quality is not None and quality.verdict in _BY_MODEL and name in quality.after
    if quality is None or not was_written or one_line(quality.after[name]) != value:
        return Source.PERSON, None, None
    return Source.MODEL, quality.model, quality.prompt_hash


def _keywords(line: str) -> tuple[str, ...]:
    # older versions wrote a keyword with a comma in it bare, and a blank behind the commas between keywords alone
    return keywords_in(line) if '"' in line else tuple(each for each in line.split(JOIN) if each)
