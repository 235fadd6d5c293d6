"""Thirty photos and a model server that fails in an order nobody chose: no photo is lost, none pays for the server."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.adapters.breaker import Breaker
from lightgate.adapters.captions.draft import DraftWriter
from lightgate.adapters.captions.ollama import OllamaCaptioner
from lightgate.adapters.captions.word_lists import word_lists
from lightgate.demo.fake_ollama.server import FakeOllama, Fault
from lightgate.domain.photo import Photo, Source
from lightgate.domain.route.pipeline import Position, Status
from lightgate.engine.context import RunnerContext
from lightgate.engine.runner import drain
from lightgate.settings import Ollama
from lightgate.steps.caption import STAGE, CaptionWork, ModelAtWork, Proofing
from lightgate.testing.fakes import FakeLock
from lightgate.texts.proofreader import Proofreader
from support.pictures import jpeg_bytes
from support.stores import ROUTE, Clock, Sent, add_photos, bring_to, make_store

pytestmark = pytest.mark.integration

PHOTOS = 30
FEW = 4
#: between two looks at the queue, as ``reconcile`` has them; above a photo's longest wait
PAUSE_S = 61.0
MOST_ROUNDS = 400
#: what says nothing of the photo: no attempt may be charged for it
INNOCENT = (Fault.DIE, Fault.BUSY, Fault.OUT_OF_MEMORY, Fault.MODEL_GONE)


class House:
    """Photos at the caption stage, with one clock for the queue, the breaker and the probes."""

    def __init__(self, home: Path, server: FakeOllama, photos: int = PHOTOS) -> None:
        self.server = server
        self.store = make_store(home)
        self.clock = Clock()
        self.context = RunnerContext(self.store, ROUTE, Sent(), self.clock)
        self.ids = [bring_to(self.store, photo_id, "caption").id for photo_id in add_photos(self.store, photos)]
        settings = Ollama(host=server.url, idle_timeout_s=0.3, hard_timeout_s=1.5)
        breaker = Breaker(clock=self._monotonic)
        model = OllamaCaptioner(settings, breaker=breaker, clock=self._monotonic)
        self.work = CaptionWork(
            self.store,
            ModelAtWork(model, FakeLock(), model.runtime_line, load=model.load),
            DraftWriter(),
            lambda photo: jpeg_bytes((photo.id * 7 % 256, photo.id * 31 % 256, 90)),
            "auto",
            Proofing(Proofreader(word_lists)),
        )

    def _monotonic(self) -> float:
        return self.clock().timestamp()

    def photos(self) -> list[Photo]:
        with self.store.reading() as tx:
            return list(tx.photos.many(self.ids))

    def run(self) -> None:
        """Drain again and again, with the server back on its feet each time, until no photo is left at the stage."""
        for _ in range(MOST_ROUNDS):
            if all(
                photo.position.step != STAGE.name or photo.position.status is Status.FAILED for photo in self.photos()
            ):
                return
            if self.server.is_down:
                self.server.start()
            drain(self.context, STAGE, self.work, "me")
            self.clock.forward(PAUSE_S)
        raise AssertionError([photo.position for photo in self.photos()])


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as started:
        yield started


@pytest.fixture
def house(tmp_path: Path, server: FakeOllama) -> Iterator[House]:
    made = House(tmp_path, server)
    assert made.work.why_not_ready() is None
    yield made
    made.store.close()


@pytest.fixture
def few(tmp_path: Path, server: FakeOllama) -> Iterator[House]:
    made = House(tmp_path, server, FEW)
    assert made.work.why_not_ready() is None
    yield made
    made.store.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_photo_ends_where_a_person_finds_it_with_a_reason(house: House, server: FakeOllama, seed: int) -> None:
    chance = random.Random(seed)
    server.faults.extend(chance.choices(list(Fault), k=2 * PHOTOS))
    house.run()
    for photo in house.photos():
        assert photo.position == Position("review", Status.WAITING) or photo.error is not None
        assert {text.source for text in photo.texts} <= {Source.MODEL, Source.DRAFT}
        assert photo.needs_work or all(text.source is Source.MODEL for text in photo.texts)
    assert not server.faults
    by_model = [photo for photo in house.photos() if all(text.source is Source.MODEL for text in photo.texts)]
    assert len(by_model) >= PHOTOS - PHOTOS // 5


@pytest.mark.parametrize("fault", INNOCENT)
def test_a_server_in_trouble_costs_no_photo_an_attempt(few: House, server: FakeOllama, fault: Fault) -> None:
    server.faults.extend([fault] * 3)
    drain(few.context, STAGE, few.work, "me")
    assert {photo.position.attempt for photo in few.photos() if photo.position.step == STAGE.name} == {0}
    few.run()
    assert {photo.position for photo in few.photos()} == {Position("review", Status.WAITING)}
    assert all(text.source is Source.MODEL for photo in few.photos() for text in photo.texts)


@pytest.mark.parametrize("fault", [each for each in Fault if each not in INNOCENT])
def test_after_any_fault_the_good_photos_go_on(few: House, server: FakeOllama, fault: Fault) -> None:
    server.faults.append(fault)
    few.run()
    assert {photo.position for photo in few.photos()} == {Position("review", Status.WAITING)}
    assert all(text.source is Source.MODEL for photo in few.photos() for text in photo.texts)
