"""The suggested subject: from hints that are sure enough, and only as a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.bootstrap import House
from lightgate.domain.keywords.subject import suggest_subject
from lightgate.domain.photo import Hint, Photo, QualityFacts, Scores
from lightgate.domain.route.pipeline import Position, Status
from support.gallery import add_person, hang, photo_of, site_house
from support.site_client import Visitor
from support.stores import NOON


def photo(number: int, *hints: tuple[str, float], subject: str = "Card 12") -> Photo:
    return Photo(
        number, 1, "s", Position("review", Status.WAITING), 1, f"{number}.jpg", "", "0", 1, ".jpg", subject,
        "Rotterdam", "city", hints=tuple(Hint(*each) for each in hints),
    )  # fmt: skip


def test_a_set_that_shows_one_thing_gets_one_subject() -> None:
    photos = [photo(1, ("boat", 0.6)), photo(2, ("boat", 0.5), ("canal", 0.3)), photo(3, ("bridge", 0.7))]
    found = suggest_subject(photos, word_lists())
    assert found is not None
    assert (found.common, found.agreeing, found.hinted) == ("Boat", 2, 3)
    assert found.by_photo == {1: "Boat", 2: "Boat", 3: "Bridge"}


def test_pictures_that_differ_get_a_subject_each() -> None:
    found = suggest_subject([photo(1, ("boat", 0.6)), photo(2, ("bridge", 0.5)), photo(3, ("cat", 0.6))], word_lists())
    assert found is not None
    assert found.common is None


@pytest.mark.parametrize(
    ("label", "share", "is_sure"),
    [("boat", 0.40, True), ("boat", 0.39, False), ("grey heron", 0.54, False), ("grey heron", 0.55, True)],
)
def test_a_species_must_be_surer_than_a_plain_word(label: str, share: float, is_sure: bool) -> None:
    assert (suggest_subject([photo(1, (label, share))], word_lists()) is not None) is is_sure


def test_what_is_called_so_already_is_not_suggested() -> None:
    assert suggest_subject([photo(1, ("boat", 0.6), subject="boat")], word_lists()) is None
    assert suggest_subject([photo(1)], word_lists()) is None


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = site_house(tmp_path)
    add_person(made)
    for photo_id in hang(made):
        facts = QualityFacts(Scores(), 60, 40, hints=(Hint("boat", 0.7),))
        with made.store.writing() as tx:
            tx.photos.write_facts(photo_id, facts, NOON)
    yield made
    made.close()


def test_a_person_confirms_the_suggestion_on_the_sets_page(house: House, ann: Visitor) -> None:
    before = photo_of(house, 1).subject
    assert '<strong dir="auto">Boat</strong>' in ann.get("/sets/harbour-festival").text
    assert photo_of(house, 1).subject == before
    assert ann.post("/sets/harbour-festival/subject", {"which": "common", "subject": "Boat"}).status_code == 303
    assert {photo_of(house, photo_id).subject for photo_id in (1, 2, 3)} == {"Boat"}
    assert "subject-suggestion" not in ann.get("/sets/harbour-festival").text


def test_a_suggestion_that_changed_is_not_taken(ann: Visitor) -> None:
    assert ann.post("/sets/harbour-festival/subject", {"which": "common", "subject": "Cat"}).status_code == 422
