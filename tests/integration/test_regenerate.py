"""New texts end to end below the broker: asked for by a person, written after the photos, taken or left."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.demo.fake_ollama.server import FakeOllama, Fault
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Claim, Field, Photo, Source, Text
from lightgate.domain.route.pipeline import Position, Status
from lightgate.engine.claims import lapse
from lightgate.engine.context import GIVEN_BACK_S, RunnerContext
from lightgate.engine.reconcile import reconcile
from lightgate.engine.runner import DrainReport, drain
from lightgate.engine.stage import Finding, Work
from lightgate.engine.text_requests import MOST_ATTEMPTS
from lightgate.errors import AlreadyRequested, Conflict, IllegalMove, InputInvalid
from lightgate.files.data_folder import DataFolder
from lightgate.settings import Ollama, Settings
from lightgate.steps.caption import STAGE
from lightgate.steps.review import (
    Changes,
    Lock,
    ReviewDesk,
    TextChange,
    approve,
    bulk,
    edit,
    leave,
    regenerate,
    reject,
    take,
)
from lightgate.store import RequestStatus, TextRequest
from lightgate.texts.proofreader import Proofreader
from support.stores import ROUTE, Clock, Sent, add_photos, add_set, bring_to, make_store

pytestmark = pytest.mark.integration


class House:
    """One installation with a photo under review, in two languages."""

    def __init__(self, home: Path, server: FakeOllama) -> None:
        self.home = home
        self.server = server
        self.store = make_store(home)
        self.clock = Clock()
        self.sent = Sent()
        self.context = RunnerContext(self.store, ROUTE, self.sent, self.clock)
        reader = Proofreader(word_lists)
        self.desk = ReviewDesk(
            self.store, ROUTE, self.sent, DataFolder(home), Rule(), self.clock, b"k" * 32, proofreader=reader
        )
        [self.id] = add_photos(self.store, 1, add_set(self.store, languages=("en", "de")))
        bring_to(self.store, self.id, "review")
        file = DataFolder(home).original(self.photo.content_hash, ".jpg")
        file.parent.mkdir(parents=True)
        Image.new("RGB", (300, 200), (230, 60, 60)).save(file, "JPEG")
        self.work = self.build()

    def build(self, mode: str = "auto") -> Work:
        ollama = Ollama(host=self.server.url, idle_timeout_s=0.4, hard_timeout_s=3)
        return STAGE.build(Settings(home=self.home, ollama=ollama, captioner=mode), self.store)

    @property
    def photo(self) -> Photo:
        with self.store.reading() as tx:
            return tx.photos.get(self.id)

    def ask(self, *fields: Field, hint: str = "") -> TextRequest:
        return regenerate(self.desk, self.id, self.photo.version, "ann", fields=fields, languages=["en"], hint=hint)[0]

    def request(self, request_id: int) -> TextRequest:
        with self.store.reading() as tx:
            return tx.requests.get(request_id)

    def drain(self) -> DrainReport:
        return drain(self.context, STAGE, self.work, "me")

    def prompt(self) -> str:
        return str(self.server.questions[-1].body["messages"][-1]["content"])


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as started:
        yield started


@pytest.fixture
def house(tmp_path: Path, server: FakeOllama) -> Iterator[House]:
    made = House(tmp_path, server)
    yield made
    made.store.close()


def person(house: House, value: str = "Our own boat lies in the harbour of our town.") -> None:
    changes = Changes(texts=(TextChange("en", Field.CAPTION, value),))
    edit(house.desk, house.id, house.photo.version, changes, "ann")


def test_a_wish_becomes_a_proposal_and_the_photo_stays_as_it_is(house: House) -> None:
    before = house.photo
    asked = house.ask(Field.CAPTION, hint="name the ship, it is the Johanna")
    assert house.sent.steps[-1] == "caption"
    assert house.drain().answered == [asked.id]
    found = house.request(asked.id)
    assert found.status is RequestStatus.PROPOSED
    assert [text.field for text in found.texts] == [Field.CAPTION]
    assert house.photo == before
    assert "Wish for this photograph: name the ship, it is the Johanna" in house.prompt()
    assert "Two red cranes stand above moored boats" in house.prompt()


def test_what_is_taken_stays_the_models_and_sends_an_approval_back(house: House) -> None:
    approve(house.desk, house.id, 1, "ann", "German is missing")
    asked = house.ask()
    house.drain()
    proposed = house.request(asked.id).proposal(Field.CAPTION)
    taken = take(house.desk, asked.id, house.photo.version, "ann", [Field.CAPTION])
    text = taken.text("en", Field.CAPTION)
    assert text is not None
    assert text == proposed
    assert (text.source, text.model) == (Source.MODEL, "qwen2.5vl:3b")
    assert taken.position == Position("review", Status.WAITING)
    assert house.request(asked.id).status is RequestStatus.PROPOSED
    leave(house.desk, asked.id, "ann")
    assert house.request(asked.id).status is RequestStatus.DECIDED
    with pytest.raises(InputInvalid):
        take(house.desk, asked.id, house.photo.version, "ann")


def test_asking_does_not_take_an_approval_away(house: House) -> None:
    approved = approve(house.desk, house.id, 1, "ann", "German is missing")
    asked = house.ask()
    house.drain()
    leave(house.desk, asked.id, "ann")
    assert house.photo == approved


def test_what_a_person_wrote_is_neither_asked_for_nor_replaced(house: House) -> None:
    asked = house.ask()
    house.drain()
    person(house)
    with pytest.raises(InputInvalid, match="since"):
        take(house.desk, asked.id, house.photo.version, "ann", [Field.CAPTION])
    with pytest.raises(InputInvalid, match="caption"):
        house.ask(Field.CAPTION)
    again = house.ask()
    assert again.fields == (Field.ALT_TEXT, Field.KEYWORDS)


def test_what_a_person_writes_while_the_model_is_asked_is_left_out(house: House) -> None:
    asked = house.ask(Field.CAPTION)
    person(house)
    house.drain()
    found = house.request(asked.id)
    assert found.status is RequestStatus.FAILED
    assert "A person has written these texts" in str(found.error_message)
    assert not house.server.questions


def test_a_locked_text_is_not_asked_for(house: House) -> None:
    locks = tuple(Lock("en", field, True) for field in Field)
    edit(house.desk, house.id, 1, Changes(locks=locks), "ann")
    with pytest.raises(InputInvalid):
        house.ask()


def test_a_second_click_asks_nothing_twice(house: House) -> None:
    house.ask()
    with pytest.raises(AlreadyRequested):
        house.ask()
    [outcome] = bulk(house.desk, [house.id], "regenerate", "ann")
    assert isinstance(outcome.error, AlreadyRequested)


def test_many_are_asked_for_at_once_in_every_language(house: House) -> None:
    [outcome] = bulk(house.desk, [house.id], "regenerate", "ann", reason="shorter")
    assert outcome.error is None
    assert len(house.drain().answered) == 2
    with house.store.reading() as tx:
        assert [request.language for request in tx.requests.of_photo(house.id)] == ["en", "de"]


def test_a_rejected_photo_or_an_old_page_gets_no_new_texts(house: House) -> None:
    with pytest.raises(Conflict):
        regenerate(house.desk, house.id, 9, "ann")
    reject(house.desk, house.id, 1, "ann", "blurred")
    with pytest.raises(IllegalMove):
        house.ask()


def test_without_a_server_a_wish_waits_without_charge(house: House) -> None:
    asked = house.ask()
    house.server.stop()
    house.drain()
    assert house.request(asked.id).status is RequestStatus.QUEUED
    assert house.request(asked.id).attempt == 0
    house.server.start()
    house.work = house.build()
    assert house.drain().answered == [asked.id]


def test_a_server_that_dies_on_the_way_hands_the_wish_back(house: House) -> None:
    asked = house.ask()
    house.server.faults.append(Fault.DIE)
    house.drain()
    assert (house.request(asked.id).status, house.request(asked.id).attempt) == (RequestStatus.QUEUED, 0)
    house.server.start()
    house.clock.forward(GIVEN_BACK_S + 1)
    house.work = house.build()
    assert house.drain().answered == [asked.id]


def test_a_model_that_never_answers_well_ends_the_wish_with_its_reason(house: House) -> None:
    asked = house.ask()
    house.server.always = Fault.PROSE
    for _ in range(3):
        house.drain()
        house.clock.forward(60)
    found = house.request(asked.id)
    assert found.status is RequestStatus.FAILED
    assert "no usable answer" in str(found.error_message)


def test_photos_come_before_wishes(house: House) -> None:
    asked = house.ask()
    [other] = add_photos(house.store, 1, label="b")
    waiting = bring_to(house.store, other, "caption")
    file = DataFolder(house.home).original(waiting.content_hash, ".jpg")
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (200, 300), (60, 60, 230)).save(file, "JPEG")
    report = house.drain()
    assert (report.done, report.answered) == ([other], [asked.id])
    first, second = (question.body["messages"][-1]["content"] for question in house.server.questions[:2])
    assert "Two red cranes" not in first
    assert "Two red cranes" in second


def test_a_lost_worker_costs_the_wish_one_attempt(house: House) -> None:
    asked = house.ask()
    with house.store.writing() as tx:
        tx.requests.claim("dead", house.clock(), house.clock())
    lapse(house.context, "dead")
    assert (house.request(asked.id).status, house.request(asked.id).attempt) == (RequestStatus.QUEUED, 1)


def test_reconcile_takes_lost_wishes_back_and_wakes_their_worker(house: House) -> None:
    asked = house.ask()
    with house.store.writing() as tx:
        tx.requests.claim("dead", house.clock(), house.clock())
    house.clock.forward(61)
    house.sent.steps.clear()
    reconcile(house.context)
    assert house.request(asked.id).status is RequestStatus.QUEUED
    assert house.sent.steps == ["caption"]


def test_drafts_answer_no_wish(house: House) -> None:
    asked = house.ask()
    house.work = house.build("draft")
    assert house.drain().answered == []
    assert house.request(asked.id).status is RequestStatus.QUEUED


def test_a_request_that_makes_its_stage_exit_is_given_up_after_its_attempts(house: House) -> None:
    class Exiting:
        def why_not_ready(self) -> str | None:
            return None

        def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
            raise AssertionError("no photo is ready")

        def close(self) -> None:
            return

        def can_write(self) -> bool:
            return True

        def propose(self, photo: Photo, request: TextRequest) -> Sequence[Text]:
            sys.exit(3)

    asked = house.ask(Field.CAPTION)
    for _ in range(MOST_ATTEMPTS + 1):
        drain(house.context, STAGE, Exiting(), "me")
        house.clock.forward(60)
    given_up = house.request(asked.id)
    assert given_up.status is RequestStatus.FAILED
    assert given_up.attempt == MOST_ATTEMPTS
