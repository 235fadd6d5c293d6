"""The fields of the photo page: what stands in them, and what a person changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lightgate.domain.keywords.line import keywords_in
from lightgate.domain.language.tokens import UNSPACED, primary
from lightgate.domain.photo import Field, Issue, Photo, Text
from lightgate.errors import InputInvalid
from lightgate.steps.review import Changes, Mending, TextChange

_LABELS = {Field.CAPTION: "Caption", Field.ALT_TEXT: "Alt text", Field.KEYWORDS: "Keywords"}
_UNITS = {Field.CAPTION: "words", Field.ALT_TEXT: "alt", Field.KEYWORDS: "keywords"}
_ROWS = {Field.CAPTION: 3, Field.ALT_TEXT: 3, Field.KEYWORDS: 2}
_IDENTITY = {
    "subject": ("Subject", "Until its first publication the file name follows subject, location and folder."),
    "location": ("Location", ""),
    "folder": ("Folder", "Where it stands on the website."),
    "file_name": ("File name", "Free to change until the first publication."),
    "qr": ("Rating", "1 to 10; empty: the computed one."),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form."""

    name: str
    label: str
    value: str
    #: digest of what the person was shown, so that only what the person changed is changed
    was: str
    language: str | None = None
    text: Text | None = None
    issues: tuple[Issue, ...] = ()
    rows: int = 1
    unit: str = ""
    hint: str = ""
    is_fixed: bool = False
    #: what is stored by now, where somebody else changed it
    theirs: str | None = None
    #: what a repair would make of it
    mending: Mending | None = None

    @property
    def is_typed(self) -> bool:
        """Does the field hold something that is not stored?"""
        return digest(self.value) != self.was


@dataclass(frozen=True, slots=True)
class LanguageGroup:
    language: str
    is_first: bool
    #: ``entries`` rather than ``fields``: templates read them one by one
    entries: tuple[Entry, ...]


def language_groups(
    photo: Photo, issues: Sequence[Issue], mendings: Sequence[Mending], typed: Mapping[str, str]
) -> list[LanguageGroup]:
    """Lay out the texts, language by language."""
    offered = {(each.before.language, each.before.field): each for each in mendings}
    return [
        LanguageGroup(
            language,
            language == photo.languages[0],
            tuple(
                replace(_text_entry(photo, language, field, issues, typed), mending=offered.get((language, field)))
                for field in Field
            ),
        )
        for language in photo.languages
    ]


def identity_entries(photo: Photo, is_name_fixed: bool, typed: Mapping[str, str]) -> list[Entry]:
    """Lay out subject, location, folder, file name and rating."""
    stored = _identity(photo)
    return [
        Entry(
            name=name,
            label=label,
            value=_typed(typed, name, stored[name]),
            was=digest(stored[name]),
            hint="Published: the name stays." if name == "file_name" and is_name_fixed else hint,
            is_fixed=name == "file_name" and is_name_fixed,
            theirs=_theirs(typed, name, stored[name]),
        )
        for name, (label, hint) in _IDENTITY.items()
        if name in stored
    ]


def changes_from(form: Mapping[str, str], photo: Photo) -> Changes:
    """Read what a person changed, against what the person was shown.

    Raises:
        InputInvalid: a rating that is no number.
    """
    given = {name: _normal(form[name]) for name in form if f"was.{name}" in form}
    changed = {name: value for name, value in given.items() if digest(value) != form[f"was.{name}"]}
    texts = [
        TextChange(language, field, _text_value(field, changed[_name(language, field)]))
        for language in photo.languages
        for field in Field
        if _name(language, field) in changed
    ]
    qr = changed.get("qr")
    return Changes(
        subject=changed.get("subject"),
        location=changed.get("location"),
        folder=changed.get("folder"),
        file_name=changed.get("file_name"),
        texts=tuple(texts),
        qr=_rating(qr) if qr else None,
        clear_qr=qr == "",
    )


def is_any_text_unseen(form: Mapping[str, str], photo: Photo) -> bool:
    """Does a text stand there that the form did not show, and the person did not replace? Workers raise no version."""
    stored = {
        _name(*key): shown(photo.text(*key)) for key in ((each, field) for each in photo.languages for field in Field)
    }
    return any(
        digest(form.get(name, "")) == form[f"was.{name}"] != digest(value)
        for name, value in stored.items()
        if f"was.{name}" in form
    )


def digest(value: str) -> str:
    """Give a short digest of a field's content."""
    return hashlib.sha256(_normal(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def shown(text: Text | None) -> str:
    """Write a text as it stands in its field."""
    return "" if text is None else text.line


def _text_entry(photo: Photo, language: str, field: Field, issues: Sequence[Issue], typed: Mapping[str, str]) -> Entry:
    text = photo.text(language, field)
    name = _name(language, field)
    stored = shown(text)
    return Entry(
        name=name,
        label=_LABELS[field],
        value=_typed(typed, name, stored),
        was=digest(stored),
        language=language,
        text=text,
        issues=tuple(issue for issue in issues if issue.field is field and issue.language == language),
        rows=_ROWS[field],
        unit="pairs" if field is Field.CAPTION and primary(language) in UNSPACED else _UNITS[field],
        theirs=_theirs(typed, name, stored),
    )


def _typed(typed: Mapping[str, str], name: str, stored: str) -> str:
    """What the person typed stays; what was left alone shows what is stored."""
    if name not in typed or digest(typed[name]) == typed.get(f"was.{name}"):
        return stored
    return typed[name]


def _theirs(typed: Mapping[str, str], name: str, stored: str) -> str | None:
    is_changed_by_both = _typed(typed, name, stored) != stored and digest(stored) != typed.get(f"was.{name}")
    return stored if is_changed_by_both else None


def _identity(photo: Photo) -> dict[str, str]:
    known = {"subject": photo.subject, "location": photo.location, "folder": photo.folder}
    if photo.file_name is not None:
        known["file_name"] = photo.file_name
    return {**known, "qr": "" if photo.qr_by_person is None else f"{photo.qr_by_person:g}"}


def _name(language: str, field: Field) -> str:
    return f"{field.value}.{language}"


def _text_value(field: Field, value: str) -> str | tuple[str, ...]:
    return keywords_in(value) if field is Field.KEYWORDS else value


def _rating(value: str) -> float:
    try:
        return float(value.replace(",", "."))
    except ValueError as error:
        raise InputInvalid(reason="The rating must be a number from 1 to 10.") from error


def _normal(value: str) -> str:
    """A form sends every line break as CR LF."""
    return value.replace("\r\n", "\n").strip()
