"""Captions end to end below the broker: claims, the built stage, real pictures, and a server that comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from lightgate.adapters.host.gpu_lock import GpuLock, gpu_lock_file
from lightgate.demo.fake_ollama.server import FakeOllama, Fault
from lightgate.domain.photo import Field, Issue, Photo, Source
from lightgate.domain.route.pipeline import Position, Status
from lightgate.engine.context import GIVEN_BACK_S, RunnerContext
from lightgate.engine.runner import DrainReport, drain
from lightgate.engine.stage import Work
from lightgate.files.data_folder import DataFolder
from lightgate.settings import Ollama, Settings
from lightgate.steps.caption import STAGE
from lightgate.store import TextQuality
from support.stores import ROUTE, Clock, Sent, add_photos, add_set, bring_to, make_store, write_row

pytestmark = pytest.mark.integration


#: what the fake model calls them, so that no two photos get the same caption
COLOURS = {"Blue": (60, 60, 230), "Red": (230, 60, 60), "Green": (60, 230, 60)}


class House:
    """One installation with photos waiting at the caption stage."""

    def __init__(self, home: Path, server: FakeOllama, languages: tuple[str, ...] = ("en",)) -> None:
        self.home = home
        self.server = server
        self.store = make_store(home)
        self.clock = Clock()
        self.context = RunnerContext(self.store, ROUTE, Sent(), self.clock)
        self.ids = [
            bring_to(self.store, photo_id, "caption").id
            for photo_id in add_photos(self.store, 3, add_set(self.store, languages=languages))
        ]
        for photo, colour in zip(self.photos(), COLOURS.values(), strict=True):
            self.keep_picture(photo, colour)
        self.work = self.build()

    def build(self) -> Work:
        ollama = Ollama(host=self.server.url, idle_timeout_s=0.4, hard_timeout_s=3)
        return STAGE.build(Settings(home=self.home, ollama=ollama), self.store)

    def keep_picture(self, photo: Photo, colour: tuple[int, int, int]) -> None:
        """Lay down a tall original with a sideways pixel matrix, and no proxy."""
        file = DataFolder(self.home).original(photo.content_hash, photo.suffix)
        file.parent.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.new("RGB", (1500, 1000), colour).save(file, "JPEG", exif=exif)

    def photos(self) -> list[Photo]:
        with self.store.reading() as tx:
            return [tx.photos.get(photo_id) for photo_id in self.ids]

    def issues(self, photo: Photo) -> list[Issue]:
        with self.store.reading() as tx:
            return list(tx.photos.issues(photo.id))

    def quality(self, photo: Photo) -> TextQuality:
        with self.store.reading() as tx:
            found = tx.photos.quality(photo.id)
        assert found is not None
        return found

    def note(self, key: str) -> str | None:
        with self.store.reading() as tx:
            return tx.notes.get(key)

    def drain(self) -> DrainReport:
        return drain(self.context, STAGE, self.work, "me")


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as started:
        yield started


@pytest.fixture
def house(tmp_path: Path, server: FakeOllama) -> Iterator[House]:
    made = House(tmp_path, server)
    yield made
    made.store.close()


def test_every_photo_is_captioned_from_an_upright_picture_of_at_most_1024_px(house: House) -> None:
    assert sorted(house.drain().done) == sorted(house.ids)
    for photo, colour in zip(house.photos(), COLOURS, strict=True):
        assert photo.position == Position("review", Status.WAITING)
        caption = photo.text("en", Field.CAPTION)
        assert caption is not None
        assert str(caption.value).startswith(f"{colour} tones fill a tall scene")
        assert (caption.source, caption.model) == (Source.MODEL, "qwen2.5vl:3b")
        assert not photo.needs_work
    assert house.note("caption.runtime") == "qwen2.5vl:3b, 100% GPU, context 4096, 3.2 GiB VRAM"
    with Image.open(_written(house.home / "seen.jpg", house.server.questions[0].pictures[0])) as seen:
        assert seen.size == (683, 1024)
        assert not seen.getexif()


def _written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def test_without_a_server_every_photo_reaches_review_as_a_draft(house: House) -> None:
    house.server.stop()
    assert len(house.drain().done) == 3
    for photo in house.photos():
        assert photo.position.step == "review"
        assert photo.needs_work
        assert {text.source for text in photo.texts} == {Source.DRAFT}
    assert "photos get a draft" in str(house.note("caption.status"))


def test_a_server_that_goes_is_waited_for_without_charge_and_work_resumes(house: House) -> None:
    house.server.faults.append(Fault.DIE)
    report = house.drain()
    assert [failed.code for failed in report.failed] == ["model_server_down"]
    assert report.why_not_ready is not None
    assert {photo.position for photo in house.photos()} == {Position("caption", Status.QUEUED, 0)}
    assert house.note("caption.status") == report.why_not_ready
    house.server.start()
    house.clock.forward(GIVEN_BACK_S + 1)
    house.work = house.build()
    assert sorted(house.drain().done) == sorted(house.ids)
    assert house.note("caption.status") is None


def test_a_photo_no_answer_comes_for_reaches_review_and_the_others_are_done(house: House) -> None:
    for photo_id in house.ids:
        with house.store.writing() as tx:
            write_row(tx, photo_id, {"attempt": STAGE.step.max_attempts - 1 if photo_id == house.ids[0] else 0})
    house.server.faults.extend([Fault.PROSE, Fault.EMPTY, Fault.WHITESPACE])
    house.drain()
    failed, *others = house.photos()
    assert failed.needs_work
    with house.store.reading() as tx:
        assert {issue.code for issue in tx.photos.issues(failed.id)} >= {"draft", "model_failed"}
    assert {photo.position.step for photo in (failed, *others)} == {"review"}
    assert not any(photo.needs_work for photo in others)


def test_frames_that_look_alike_are_written_anew_and_the_rest_is_said(house: House) -> None:
    for photo in house.photos():
        house.keep_picture(photo, COLOURS["Blue"])
    house.drain()
    first, second, third = house.photos()
    assert not first.needs_work
    assert not second.needs_work
    assert {issue.code for issue in house.issues(third)} >= {"duplicate_caption", "duplicate_alt_text"}
    assert [house.quality(photo).verdict for photo in (first, second)] == ["written", "rewritten"]
    asked = [question.body["messages"][-1]["content"] for question in house.server.questions]
    assert any("Photo 1 (" in each and "has the same caption" in each for each in asked)


def test_a_fault_the_repair_can_mend_costs_no_second_answer(house: House) -> None:
    house.server.told = {"caption": "This image shows blue tones that fill a tall and very soft scene"}
    house.drain()
    quality = house.quality(house.photos()[0])
    assert quality.after["caption.en"] == "Blue tones that fill a tall and very soft scene."
    assert quality.before["caption.en"] == "This image shows blue tones that fill a tall and very soft scene"
    assert quality.repairs == ("opening_removed", "punctuated")


def test_every_language_of_a_set_gets_its_own_texts_and_proof(tmp_path: Path, server: FakeOllama) -> None:
    house = House(tmp_path, server, languages=("en", "de", "nl"))
    house.drain()
    for photo in house.photos():
        captions = [str(found.value) for tag in photo.languages if (found := photo.text(tag, Field.CAPTION))]
        assert [caption.split()[0] for caption in captions][1:] == ["Die", "De"]
        assert not photo.needs_work
        assert set(house.quality(photo).field_scores) == {
            f"{field}.{tag}" for field in Field for tag in ("en", "de", "nl")
        }
    house.store.close()


def test_a_second_caption_worker_waits_for_the_gpu(house: House) -> None:
    other = GpuLock(gpu_lock_file(DataFolder(house.home).locks, house.server.url))
    assert other.acquire()
    report = house.drain()
    assert "The GPU is used by process" in str(report.why_not_ready)
    assert not report.done
    other.release()
    assert len(house.drain().done) == 3
    assert other.acquire()
    other.release()
