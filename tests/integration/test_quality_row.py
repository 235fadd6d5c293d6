"""What the website's proof table is told of how texts came about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.domain.photo import CaptionFacts, Field, Issue, Source, Text
from lightgate.ports.website import QualityRow
from lightgate.website.quality_row import quality_row
from support.site import House, house_in
from support.stores import NOON


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path)
    yield made
    made.close()


def row(house: House, photo_id: int) -> QualityRow:
    with house.store.reading() as tx:
        return quality_row(tx, tx.photos.get(photo_id))


def test_a_model_s_texts_that_were_mended_are_told_with_what_they_were(house: House) -> None:
    photo_id = house.take_in()
    subject = house.photo(photo_id).subject
    facts = CaptionFacts(
        texts=(
            Text("en", Field.CAPTION, "A crane lifts a boat.", Source.MODEL),
            Text("en", Field.ALT_TEXT, "A crane and a boat.", Source.MODEL),
            Text("en", Field.KEYWORDS, ("crane", "boat"), Source.MODEL),
        ),
        issues=(Issue("praise", "warn", "Say what is there.", "en", Field.CAPTION),),
        score=82.0,
        before=(
            Text("en", Field.CAPTION, "A stunning crane.", Source.MODEL),
            Text("en", Field.KEYWORDS, ("crane", "stunning"), Source.MODEL),
        ),
        repairs=("took out praise",),
        fallback_used=True,
    )
    with house.store.writing() as tx:
        tx.photos.write_facts(photo_id, facts, NOON)
    told = row(house, photo_id)
    assert (told.current_caption, told.current_keywords) == ("A stunning crane.", "crane, stunning")
    assert (told.overall_quality_score, told.overall_quality_issues) == (82.0, "praise")
    assert (told.generation_mode, told.repair_attempts, told.fallback_used) == ("proof_repair", 1, 1)
    assert (told.final_subject, told.part_of_serie) == (subject, 0)


def test_a_person_s_word_counts_as_written_by_hand(house: House) -> None:
    photo_id = house.take_in()
    with house.store.writing() as tx:
        tx.photos.put_text(photo_id, Text("en", Field.CAPTION, "By hand.", Source.PERSON), NOON)
    assert row(house, photo_id).generation_mode == "manual_editor"
