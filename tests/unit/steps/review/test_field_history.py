"""Keywords in the history are read back as they were, those of older versions too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightgate.domain.photo import Field, Source, Text
from lightgate.steps.review.field_history import changes_to, stands
from lightgate.store import Actor, Event, EventKind
from support.published import BARE
from support.stores import NOON

PLACES = ("Paris, France", "lake")
PHOTO = replace(BARE, texts=(Text("en", Field.KEYWORDS, PLACES, Source.PERSON),))


@pytest.mark.parametrize(
    ("before", "keywords"),
    [
        ('"Paris, France", lake', PLACES),
        ("boat, lake", ("boat", "lake")),
        # as older versions wrote a keyword with a comma in it
        ("1,5 t, lake", ("1,5 t", "lake")),
        ("", ()),
    ],
)
def test_the_keywords_before_are_read(before: str, keywords: tuple[str, ...]) -> None:
    event = Event(1, 1, NOON, Actor.PERSON, "ann", EventKind.FIELD, "keywords.en", before, "other")
    [change] = changes_to([event], lambda each: each.old).texts
    assert change.value == keywords


def test_a_line_of_either_form_stands() -> None:
    assert stands(PHOTO, "keywords.en", '"Paris, France", lake')
    assert stands(PHOTO, "keywords.en", "Paris, France, lake")
    assert not stands(PHOTO, "keywords.en", "Paris, lake")
    assert not stands(PHOTO, "keywords.de", "lake")
    assert stands(PHOTO, "keywords.de", None)
