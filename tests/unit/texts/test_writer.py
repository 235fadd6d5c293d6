"""The writer: repair first, then so many corrections by the model as are allowed, and the better of both stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.keywords.keyword_file import read_keywords
from lightgate.domain.keywords.vocabulary import TermState
from lightgate.domain.photo import Field, Photo, QualityFacts, Scores, Series, SeriesKind, Source
from lightgate.domain.proof.proof import NOTE
from lightgate.errors import LightgateError, ModelAnswerBad, ModelServerDown
from lightgate.ports.captions import CaptionDraft, CaptionRequest
from lightgate.texts.proofreader import Proofreader
from lightgate.texts.writer import Writer
from support.stores import NOON, add_photos, bring_to, make_store

GOOD = "A small red boat lies on the wet sand below a white lighthouse."
ALT = "Red rowing boat on a beach, a white tower behind it."
BAD = "Perhaps a boat that seems to be on wet sand near a tower."
KEYWORDS = ("vessel", "beach", "tower", "sand", "coast")


@dataclass
class Model:
    """Answers with the given captions, one after the other."""

    answers: list[str | LightgateError]
    keywords: tuple[str, ...] = KEYWORDS
    requests: list[CaptionRequest] = field(default_factory=list)

    def why_not_ready(self) -> str | None:
        return None

    def describe(self, picture: bytes, request: CaptionRequest) -> CaptionDraft:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, LightgateError):
            raise answer
        return CaptionDraft(answer, ALT, self.keywords, Source.MODEL, model="m", prompt_hash="p")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def photo(store: SqliteStore) -> Photo:
    return bring_to(store, add_photos(store, 1)[0], "caption")


def writer(
    store: SqliteStore, model: Model, rewrites: int = 2, *, has_time: bool = True, keeps: bool = False
) -> Writer:
    return Writer(
        store,
        model,
        Proofreader(word_lists),
        rewrites=rewrites,
        has_time=lambda: has_time,
        keeps_unknown=keeps,
    )


def captions(written: object) -> list[str]:
    return [str(text.value) for text in written.texts if text.field is Field.CAPTION]  # type: ignore[attr-defined]


def test_good_texts_are_asked_for_once(store: SqliteStore, photo: Photo) -> None:
    model = Model([GOOD])
    written = writer(store, model).write(photo, "en", b"", tuple(Field))
    assert (len(model.requests), written.rewrites, written.repairs) == (1, 0, ())


def test_the_model_is_told_what_was_wrong_and_its_better_answer_stays(store: SqliteStore, photo: Photo) -> None:
    model = Model([BAD, GOOD])
    written = writer(store, model).write(photo, "en", b"", tuple(Field))
    assert captions(written) == [GOOD]
    assert (written.rewrites, captions_before(written)) == (1, [BAD])
    assert any("Perhaps" in fault for fault in model.requests[1].faults)
    assert (Field.CAPTION, BAD) in model.requests[1].refused
    assert model.requests[1].variation == 1


def captions_before(written: object) -> list[str]:
    return [str(text.value) for text in written.before if text.field is Field.CAPTION]  # type: ignore[attr-defined]


def test_a_worse_second_answer_is_not_taken_and_no_third_is_asked_for(store: SqliteStore, photo: Photo) -> None:
    model = Model([BAD, f"This is a stunning photo. {BAD}", GOOD])
    written = writer(store, model).write(photo, "en", b"", tuple(Field))
    assert captions(written) == [BAD]
    assert len(model.requests) == 2


@pytest.mark.parametrize("error", [ModelAnswerBad(reason="it was empty"), ModelServerDown(host="h")])
def test_a_correction_that_fails_keeps_what_is_there(store: SqliteStore, photo: Photo, error: LightgateError) -> None:
    written = writer(store, Model([BAD, error])).write(photo, "en", b"", tuple(Field))
    assert captions(written) == [BAD]


def test_no_correction_is_asked_for_without_time_or_leave(store: SqliteStore, photo: Photo) -> None:
    for allowed in (writer(store, Model([BAD]), 0), writer(store, Model([BAD]), has_time=False)):
        assert captions(allowed.write(photo, "en", b"", tuple(Field))) == [BAD]


def test_frames_of_one_series_may_share_their_words_and_cost_one_answer_each(store: SqliteStore) -> None:
    first, second = (bring_to(store, photo_id, "caption").id for photo_id in add_photos(store, 2))
    series = {
        photo_id: Series("ser_1", SeriesKind.BURST, place, 2, 1.0) for place, photo_id in enumerate((first, second), 1)
    }
    model = Model([GOOD, GOOD])
    with store.writing() as tx:
        for photo_id in series:
            tx.photos.write_facts(photo_id, QualityFacts(Scores(), 3, 2, perceptual_hash="0f" * 8), NOON)
        tx.pictures.put_series(tx.photos.get(first).set_id, series)
    with store.reading() as tx:
        frames = tx.photos.many([first, second])
    for frame in frames:
        written = writer(store, model).write(frame, "en", b"", tuple(Field))
        with store.writing() as tx:
            for text in written.texts:
                tx.photos.put_text(frame.id, text, NOON)
    with store.reading() as tx:
        issues = Proofreader(word_lists).issues(tx, tx.photos.get(second))
    assert len(model.requests) == len(frames)
    assert [request.avoid for request in model.requests] == [(), ()]
    assert {issue.code: issue.severity for issue in issues} == {"duplicate_caption": NOTE, "duplicate_alt_text": NOTE}
    assert "of the same series" in issues[0].message


def test_keywords_are_held_against_the_vocabulary_and_unknown_ones_wait_for_a_person(
    store: SqliteStore, photo: Photo
) -> None:
    with store.writing() as tx:
        tx.vocabulary.add("en", read_keywords("boat\n\t{vessel}\nBeach\ntower\nsand\ncoast\n").terms, NOON)
    model = Model([GOOD], keywords=("vessel", "beach", "tower", "sand", "coast", "drone"))
    written = writer(store, model).write(photo, "en", b"", tuple(Field))
    [keywords] = [text.value for text in written.texts if text.field is Field.KEYWORDS]
    assert keywords == ("boat", "Beach", "tower", "sand", "coast")
    with store.reading() as tx:
        assert [each.name for each in tx.vocabulary.entries(TermState.PROPOSED)] == ["drone"]


def test_unknown_keywords_stay_where_the_settings_say_so(store: SqliteStore, photo: Photo) -> None:
    with store.writing() as tx:
        tx.vocabulary.add("en", read_keywords("beach\ntower\n").terms, NOON)
    written = writer(store, Model([GOOD]), keeps=True).write(photo, "en", b"", [Field.KEYWORDS])
    assert written.texts[0].value == ("beach", "tower", "vessel", "sand", "coast")


def test_without_a_vocabulary_only_what_is_banned_goes(store: SqliteStore, photo: Photo) -> None:
    with store.writing() as tx:
        tx.vocabulary.propose("en", ["coast"], NOON)
        tx.vocabulary.decide(tx.vocabulary.entries(TermState.PROPOSED)[0].id, TermState.BANNED, NOON)
    written = writer(store, Model([GOOD] * 3)).write(photo, "en", b"", [Field.KEYWORDS])
    assert written.texts[0].value == ("vessel", "beach", "tower", "sand")
