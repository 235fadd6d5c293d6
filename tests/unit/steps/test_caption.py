"""The caption stage over a real store: who writes, what is kept, what waits, and what reaches review anyway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from lightgate.adapters.captions.draft import DraftWriter
from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.photo import CaptionFacts, Claim, Field, Photo, Source, Text
from lightgate.domain.proof.proof import blocking, needs_work
from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import LightgateError, ModelAnswerBad, ModelServerDown, OriginalMissing, UnreadableImage
from lightgate.files.data_folder import DataFolder
from lightgate.settings import Ollama
from lightgate.steps.caption import LAST_START_S, STAGE, CaptionWork, ModelAtWork, Pictures
from lightgate.testing.fakes import FakeCaptioner, FakeLock
from support.stores import NOON, add_photos, add_set, bring_to, make_store

AWAY = "Nothing answers."


class House:
    """A caption work with everything around it in reach of the test."""

    def __init__(self, store: SqliteStore, mode: str = "auto", clock: list[float] | None = None) -> None:
        self.store = store
        self.model = FakeCaptioner()
        self.lock = FakeLock()
        self.pictures: dict[int, bytes | LightgateError] = {}
        self.loaded = 0
        self.work = CaptionWork(
            store,
            ModelAtWork(self.model, self.lock, self._runtime_line, load=self._load),
            DraftWriter(),
            self._picture,
            mode,
            clock=clock.pop if clock else lambda: 0.0,
        )

    def _picture(self, photo: Photo) -> bytes:
        found = self.pictures.get(photo.id, b"jpeg")
        if isinstance(found, LightgateError):
            raise found
        return found

    def _runtime_line(self) -> str:
        self.loaded += 1
        return "fake, 100% GPU"

    def _load(self) -> None:
        assert self.lock.is_held
        self.loaded += 1

    def note(self, key: str = "caption.status") -> str | None:
        with self.store.reading() as tx:
            return tx.notes.get(key)

    def see_once(self) -> None:
        """Let the model answer once, then be gone."""
        assert self.work.why_not_ready() is None
        self.model.reason = AWAY

    def caption(self, photo: Photo, attempt: int = 1) -> CaptionFacts:
        [finding] = self.work.do([claimed(photo, attempt)])
        assert isinstance(finding, CaptionFacts), finding
        return finding


def claimed(photo: Photo, attempt: int = 1) -> Claim:
    return Claim(replace(photo, position=Position("caption", Status.RUNNING, attempt)), 1, "me")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def photo(store: SqliteStore) -> Photo:
    return bring_to(store, add_photos(store, 1)[0], "caption")


def person(field: Field, value: str, language: str = "en", **more: bool) -> Text:
    return Text(language, field, value, Source.PERSON, **more)


class TestLoading:
    def test_the_model_is_loaded_while_photos_are_looked_at(self, store: SqliteStore) -> None:
        bring_to(store, add_photos(store, 1)[0], "quality")
        house = House(store)
        house.work.why_not_ready()
        house.work.close()
        assert house.loaded == 1
        assert not house.lock.is_held

    def test_it_is_not_loaded_for_nobody_nor_from_a_server_that_is_away(self, store: SqliteStore) -> None:
        photo = add_photos(store, 1)[0]
        house = House(store)
        house.work.why_not_ready()
        house.work.close()
        bring_to(store, photo, "quality")
        house.model.reason = AWAY
        house.work.why_not_ready()
        house.work.close()
        assert house.loaded == 0


class TestWaiting:
    def test_draft_mode_never_waits_and_leaves_the_gpu_alone(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store, "draft")
        house.lock.others, house.model.reason = True, AWAY
        assert house.work.why_not_ready() is None
        assert {text.source for text in house.caption(photo).texts} == {Source.DRAFT}

    def test_a_model_never_seen_holds_nobody_up(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.model.reason = AWAY
        assert house.work.why_not_ready() is None
        facts = house.caption(photo)
        assert [issue.code for issue in facts.issues] == ["caption_too_short", "draft"]
        assert needs_work(facts.issues)
        assert not blocking(facts.issues)
        assert house.note() == f"{AWAY} Until a model answers, photos get a draft that says so."

    def test_a_model_seen_once_is_waited_for(self, store: SqliteStore) -> None:
        house = House(store)
        house.see_once()
        assert house.work.why_not_ready() == AWAY
        assert house.note() == AWAY

    def test_it_is_waited_for_by_a_new_process_too(self, store: SqliteStore) -> None:
        House(store).see_once()
        later = House(store)
        later.model.reason = AWAY
        assert later.work.why_not_ready() == AWAY

    def test_with_the_model_demanded_photos_wait_from_the_start(self, store: SqliteStore) -> None:
        house = House(store, "ollama")
        house.model.reason = AWAY
        assert house.work.why_not_ready() == AWAY

    def test_the_note_goes_when_the_model_is_back(self, store: SqliteStore) -> None:
        house = House(store)
        house.see_once()
        house.work.why_not_ready()
        house.model.reason = None
        assert house.work.why_not_ready() is None
        assert house.note() is None

    def test_a_gpu_in_use_is_waited_for_and_said(self, store: SqliteStore) -> None:
        house = House(store)
        house.lock.others = True
        assert house.work.why_not_ready() == house.note() == "The GPU is used by another worker; captions wait for it."

    def test_the_gpu_is_free_after_each_drain(self, store: SqliteStore) -> None:
        house = House(store)
        house.work.why_not_ready()
        assert house.lock.is_held
        house.work.close()
        assert not house.lock.is_held

    def test_a_busy_database_costs_the_note_only(self, store: SqliteStore) -> None:
        impatient = SqliteStore(store.path, durable=False, busy_timeout_s=0.01)
        house = House(impatient)
        with store.writing() as tx:
            tx.notes.put("other", "work", NOON)
            assert house.work.why_not_ready() is None
        impatient.close()
        assert house.note("ollama.seen") is None
        house.work.why_not_ready()
        assert house.note("ollama.seen") == "yes"


class TestWriting:
    def test_what_the_model_runs_on_is_noted_once(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.work.why_not_ready()
        house.caption(photo)
        house.caption(photo)
        assert house.loaded == 1
        assert house.note("caption.runtime") == "fake, 100% GPU"

    def test_good_texts_of_a_model_need_no_work(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.work.why_not_ready()
        facts = house.caption(photo)
        assert (facts.issues, facts.score, facts.confidence) == ((), 100, 90)
        assert {(text.source, text.model, text.prompt_hash) for text in facts.texts} == {
            (Source.MODEL, "fake", "0" * 12)
        }

    def test_a_persons_words_stay_and_are_told_to_the_model(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.work.why_not_ready()
        written = person(Field.CAPTION, "Our boat.")
        facts = house.caption(replace(photo, texts=(written,)))
        assert [text.field for text in facts.texts] == [Field.ALT_TEXT, Field.KEYWORDS]
        assert house.model.requests[0].written == ((Field.CAPTION, "Our boat."),)
        assert [issue.code for issue in facts.issues] == ["caption_too_short"]

    def test_a_locked_text_stays_whoever_wrote_it(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.work.why_not_ready()
        locked = Text("en", Field.ALT_TEXT, "A boat on sand, held by two ropes.", Source.MODEL, locked=True)
        assert Field.ALT_TEXT not in {text.field for text in house.caption(replace(photo, texts=(locked,))).texts}

    def test_a_language_that_is_all_written_is_not_asked_for(self, store: SqliteStore) -> None:
        photo_set = add_set(store, languages=("en", "de"))
        photo = bring_to(store, add_photos(store, 1, photo_set)[0], "caption")
        texts = (
            person(Field.CAPTION, "Boats lie on the sand below a white lighthouse."),
            person(Field.ALT_TEXT, "Boats on wet sand, a white tower behind."),
            Text("en", Field.KEYWORDS, ("a", "b", "c", "d", "e"), Source.FILE),
        )
        house = House(store)
        house.work.why_not_ready()
        facts = house.caption(replace(photo, texts=texts))
        assert [request.language for request in house.model.requests] == ["de"]
        assert {text.language for text in facts.texts} == {"de"}

    def test_earlier_captions_of_the_set_are_to_be_avoided(self, store: SqliteStore) -> None:
        add_photos(store, 2, label="other")
        ids = add_photos(store, 14, add_set(store, "Second"), label="b")
        with store.writing() as tx:
            for photo_id in ids[:-1]:
                tx.photos.put_text(photo_id, Text("en", Field.CAPTION, f"Boat {photo_id}.", Source.MODEL), NOON)
        house = House(store)
        house.work.why_not_ready()
        house.caption(bring_to(store, ids[12], "caption"))
        assert house.model.requests[0].avoid == tuple(f"Boat {photo_id}." for photo_id in ids[2:12])


class TestFailing:
    def test_a_bad_answer_is_tried_again(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.work.why_not_ready()
        house.model.errors.append(ModelAnswerBad(reason="it was empty"))
        [finding] = house.work.do([claimed(photo)])
        assert isinstance(finding, ModelAnswerBad)

    def test_after_the_last_attempt_a_draft_reaches_review_with_the_reason(
        self, store: SqliteStore, photo: Photo
    ) -> None:
        house = House(store)
        house.work.why_not_ready()
        house.model.errors.append(ModelAnswerBad(reason="it was empty"))
        facts = house.caption(photo, attempt=STAGE.step.max_attempts)
        assert {text.source for text in facts.texts} == {Source.DRAFT}
        assert [issue.code for issue in facts.issues] == ["caption_too_short", "draft", "model_failed"]
        assert "it was empty" in facts.issues[-1].message
        assert not blocking(facts.issues)

    def test_a_server_that_is_down_is_no_charge_to_the_photo(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.work.why_not_ready()
        house.model.errors.append(ModelServerDown(host="http://127.0.0.1:1"))
        [finding] = house.work.do([claimed(photo, STAGE.step.max_attempts)])
        assert isinstance(finding, ModelServerDown)
        assert not finding.is_charged

    def test_a_picture_that_cannot_be_read_is_the_photos_fault(self, store: SqliteStore, photo: Photo) -> None:
        house = House(store)
        house.work.why_not_ready()
        house.pictures[photo.id] = OriginalMissing()
        [finding] = house.work.do([claimed(photo)])
        assert isinstance(finding, OriginalMissing)

    def test_too_many_languages_for_a_slow_model_end_before_the_worker_is_killed(self, store: SqliteStore) -> None:
        photo_set = add_set(store, languages=("en", "de", "nl"))
        photo = bring_to(store, add_photos(store, 1, photo_set)[0], "caption")
        house = House(store, clock=[LAST_START_S + 1.0, 600.0, 0.0])
        house.work.why_not_ready()
        [finding] = house.work.do([claimed(photo)])
        assert isinstance(finding, ModelAnswerBad)
        assert "too slow" in finding.message

    def test_the_stages_limits_lie_above_what_the_settings_allow(self) -> None:
        [limit] = [rule.le for rule in Ollama.model_fields["hard_timeout_s"].metadata if hasattr(rule, "le")]
        assert LAST_START_S + limit < STAGE.soft_limit_s < STAGE.hard_limit_s


#: of an empty file
PROVEN = {"proxy": sha256(b"").hexdigest()}


class TestPictures:
    def pictures(self, tmp_path: Path, broken: tuple[str, ...] = ()) -> Pictures:
        def read(file: Path, edge_px: int, quality: int, turn: int) -> bytes:
            if file.name in broken:
                raise UnreadableImage(reason="cut off")
            if not file.is_file():
                raise OriginalMissing
            return (f"{file.name} at {edge_px}" + f" turned by {turn}" * bool(turn)).encode()

        return Pictures(DataFolder(tmp_path), 1024, read)

    def put(self, file: Path) -> str:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        return file.name

    def test_the_model_is_shown_the_proxy(self, tmp_path: Path, photo: Photo) -> None:
        name = self.put(DataFolder(tmp_path).proxy_files(photo.content_hash).proxy)
        assert self.pictures(tmp_path).of(replace(photo, pictures=PROVEN)) == f"{name} at 1024".encode()

    @pytest.mark.parametrize("hashes", [{}, {"proxy": "0" * 64}])
    def test_a_proxy_that_is_not_the_rows_is_not_described(
        self, tmp_path: Path, photo: Photo, hashes: dict[str, str]
    ) -> None:
        original = self.put(DataFolder(tmp_path).original(photo.content_hash, photo.suffix))
        self.put(DataFolder(tmp_path).proxy_files(photo.content_hash).proxy)
        assert self.pictures(tmp_path).of(replace(photo, pictures=hashes)) == f"{original} at 1024".encode()

    def test_without_a_proxy_or_with_a_damaged_one_it_is_shown_the_original(self, tmp_path: Path, photo: Photo) -> None:
        original = self.put(DataFolder(tmp_path).original(photo.content_hash, photo.suffix))
        assert self.pictures(tmp_path).of(photo) == f"{original} at 1024".encode()
        proxy = self.put(DataFolder(tmp_path).proxy_files(photo.content_hash).proxy)
        photo = replace(photo, pictures=PROVEN)
        assert self.pictures(tmp_path, (proxy,)).of(photo) == f"{original} at 1024".encode()

    def test_a_photo_that_was_turned_is_shown_as_it_stands_now(self, tmp_path: Path, photo: Photo) -> None:
        original = self.put(DataFolder(tmp_path).original(photo.content_hash, photo.suffix))
        proxy = self.put(DataFolder(tmp_path).proxy_files(photo.content_hash).proxy)
        photo = replace(photo, pictures=PROVEN, turn=1)
        assert self.pictures(tmp_path).of(photo) == f"{original} at 1024 turned by 1".encode()
        assert self.pictures(tmp_path).of(replace(photo, pictures_turn=1)) == f"{proxy} at 1024".encode()

    def test_with_neither_the_photo_is_refused(self, tmp_path: Path, photo: Photo) -> None:
        with pytest.raises(OriginalMissing):
            self.pictures(tmp_path).of(photo)
