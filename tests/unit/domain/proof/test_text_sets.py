"""The proof over many texts: everything bad is found, nothing good is blocked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.photo import Exif, Field, Issue, Photo, Source, Text
from lightgate.domain.proof.evidence import evidence_of
from lightgate.domain.proof.proof import Context, blocking, proof
from lightgate.domain.route.pipeline import Position, Status

DATA = Path(__file__).parents[3] / "data"
LEAST = 150

DEFAULTS = {
    "en": (
        "Three fishing boats rest on the wet sand below a white lighthouse.",
        "Wooden boats lie on a beach, a tower behind them.",
        ("vessel", "beach", "coast", "tide", "rope"),
    ),
    "de": (
        "Drei Boote liegen auf dem nassen Sand unter einem weißen Leuchtturm.",
        "Holzboote liegen am Strand, dahinter ein heller Turm.",
        ("Schiff", "Strand", "Küste", "Tau", "Ebbe"),
    ),
    "nl": (
        "Drie boten liggen op het natte zand onder een witte vuurtoren.",
        "Houten boten op een strand met een lichte toren erachter.",
        ("schip", "strand", "kust", "touw", "eb"),
    ),
}
PLACES = {
    "subject": "Harbour",
    "location": "Rotterdam",
    "folder": "city",
    "brief": "The old harbour in May",
    "taken": "2024:05:01 12:00:00",
}


@dataclass(frozen=True)
class Case:
    """One text of the data files, with what it must raise."""

    field: Field
    texts: tuple[Text, ...]
    language: str
    known: Mapping[str, str]
    codes: frozenset[str]

    def issues(self) -> tuple[Issue, ...]:
        context = Context(word_lists(), evidence_of(photo(self.known)))
        return proof(self.texts, self.language, context)

    def __str__(self) -> str:
        return str(next(text.value for text in self.texts if text.field is self.field))[:60]


def photo(known: Mapping[str, str]) -> Photo:
    told = {**PLACES, **known}
    return Photo(
        1, 1, "harbour", Position("review", Status.WAITING), 1, "IMG_2041.JPG", "IMG_2041.JPG", "0" * 64, 1, ".jpg",
        told["subject"], told["location"], told["folder"], told["brief"], exif=Exif(date_time=told["taken"]),
    )  # fmt: skip


def read(name: str) -> list[Case]:
    groups = tomllib.loads((DATA / name).read_text("utf-8"))["group"]
    return [case for group in groups for case in cases(group)]


def cases(group: Mapping[str, Any]) -> Iterator[Case]:
    language = group.get("language", "en")
    own = DEFAULTS.get(language, ("", "", ()))

    def case(field: Field, caption: str, alt: str, keywords: tuple[str, ...]) -> Case:
        values = {Field.CAPTION: caption, Field.ALT_TEXT: alt, Field.KEYWORDS: keywords}
        texts = tuple(Text(language, each, value, Source.MODEL) for each, value in values.items())
        return Case(field, texts, language, group.get("known", {}), frozenset(group.get("codes", ())))

    for caption in group.get("captions", ()):
        yield case(Field.CAPTION, caption, own[1], own[2])
    for alt in group.get("alt_texts", ()):
        yield case(Field.ALT_TEXT, own[0], alt, own[2])
    for keywords in group.get("keywords", ()):
        yield case(Field.KEYWORDS, own[0], own[1], tuple(keywords))
    for caption, alt in group.get("pairs", ()):
        yield case(Field.ALT_TEXT, caption, alt, own[2])
    for listed in group.get("listed", ()):
        yield case(Field.KEYWORDS, listed["caption"], own[1], tuple(listed["keywords"]))


BAD, GOOD = read("texts_bad.toml"), read("texts_good.toml")


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_text_raises_every_one_of_its_codes(case: Case) -> None:
    found = {issue.code for issue in case.issues() if issue.field is case.field}
    assert found >= case.codes


@pytest.mark.parametrize("case", GOOD, ids=str)
def test_a_good_text_raises_nothing(case: Case) -> None:
    issues = [issue for issue in case.issues() if issue.field is case.field]
    assert not blocking(issues)
    assert issues == []


def test_the_sets_are_large_enough() -> None:
    assert len(BAD) >= LEAST
    assert len(GOOD) >= LEAST
