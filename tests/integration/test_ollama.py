"""The real client against a server that speaks Ollama's protocol, and misbehaves as real servers were seen to."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from lightgate.adapters.breaker import Breaker
from lightgate.adapters.captions.answer import SCHEMA
from lightgate.adapters.captions.ollama import OllamaCaptioner
from lightgate.demo.fake_ollama.server import FakeOllama, Fault
from lightgate.domain.photo import Exif, Source
from lightgate.errors import ModelAnswerBad, ModelServerDown, SettingInvalid
from lightgate.ports.captions import CaptionDraft, CaptionRequest
from lightgate.settings import Ollama
from support.pictures import jpeg_bytes

pytestmark = pytest.mark.integration

MODEL = "qwen2.5vl:3b"
RED, GREEN = (230, 60, 60), (60, 200, 60)

#: faults of the server, which another try at once does not mend
LASTING = {Fault.OUT_OF_MEMORY, Fault.BUSY, Fault.DIE, Fault.MODEL_GONE}
#: answers that never end and never pause; only the hard limit ends them
SLOW = {Fault.TRICKLE, Fault.GROWS_SLOW}
#: answers that are odd and can be read
READABLE = {Fault.CONTROL_CHARACTERS, Fault.TORN, Fault.WRAPPED, Fault.THINK_TAGS}


ASKED = CaptionRequest("en", "Harbour", "Hoorn", "Ships", "", Exif())


class Clock:
    """Seconds that a test moves by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as started:
        yield started


def captioner(server: FakeOllama, **settings: object) -> OllamaCaptioner:
    patience = {"idle_timeout_s": 0.4, "hard_timeout_s": 5, **settings}
    return OllamaCaptioner(Ollama(host=server.url, **patience))


def describe(captioner: OllamaCaptioner, colour: tuple[int, int, int] = RED, language: str = "en") -> CaptionDraft:
    request = CaptionRequest(language, "Harbour", "Hoorn", "Ships", "", Exif())
    return captioner.describe(jpeg_bytes(colour), request)


class TestAsking:
    def test_this_picture_went_in_and_its_description_came_out(self, server: FakeOllama) -> None:
        draft = describe(captioner(server))
        assert draft.caption.startswith("Red tones fill a wide scene")
        assert (draft.source, draft.model, draft.confidence, draft.attempts) == (Source.MODEL, MODEL, 80, 1)
        assert describe(captioner(server), GREEN).caption.startswith("Green")

    def test_the_request_has_the_shape_that_keeps_models_in_hand(self, server: FakeOllama) -> None:
        describe(captioner(server, num_ctx=8192, num_predict=300, seed=7, temperature=0.2, keep_alive="5m"))
        [asked] = server.questions
        body = asked.body
        assert asked.path == "/api/chat"
        assert (body["stream"], body["think"], body["keep_alive"], body["format"]) == (True, False, "5m", SCHEMA)
        assert list(body["format"]["properties"]) == list(SCHEMA["properties"])
        assert body["options"] | {"num_ctx": 8192, "num_predict": 300, "seed": 7, "temperature": 0.2} == body["options"]
        with Image.open(BytesIO(base64.b64decode(body["messages"][0]["images"][0]))) as picture:
            assert picture.format == "JPEG"

    def test_the_context_never_changes_since_that_reloads_the_model(self, server: FakeOllama) -> None:
        server.faults.extend([Fault.PROSE, Fault.CUT_OFF])
        one = captioner(server)
        one.runtime_line()
        describe(one)
        contexts = {asked.body["options"]["num_ctx"] for asked in server.requests if asked.path == "/api/chat"}
        assert contexts == {4096}

    def test_pictures_take_no_way_around_over_a_proxy(
        self, server: FakeOllama, free_port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
        assert describe(captioner(server)).attempts == 1

    def test_another_language_is_asked_for_and_comes(self, server: FakeOllama) -> None:
        assert describe(captioner(server), language="de").caption.startswith("Die Farbe rot")


class TestBadAnswers:
    @pytest.mark.parametrize("fault", sorted(set(Fault) - LASTING - SLOW))
    def test_one_bad_answer_is_made_good_by_another_try(self, server: FakeOllama, fault: Fault) -> None:
        server.faults.append(fault)
        draft = describe(captioner(server))
        assert draft.caption.startswith("Red tones")
        assert draft.attempts == (1 if fault in READABLE else 2)

    @pytest.mark.parametrize("fault", sorted(SLOW))
    def test_an_answer_that_only_crawls_leaves_time_for_another_try(self, server: FakeOllama, fault: Fault) -> None:
        server.faults.append(fault)
        assert describe(captioner(server, hard_timeout_s=3)).attempts == 2

    def test_further_tries_are_simpler_warmer_and_have_another_seed(self, server: FakeOllama) -> None:
        server.faults.extend([Fault.PROSE, Fault.PROSE])
        describe(captioner(server))
        bodies = [asked.body for asked in server.questions]
        assert len({body["messages"][0]["content"] for body in bodies}) == 2
        assert len({body["options"]["seed"] for body in bodies}) == 3
        assert [body["options"]["temperature"] for body in bodies] == sorted(
            {body["options"]["temperature"] for body in bodies}
        )
        assert "format" not in bodies[2]

    def test_after_an_answer_that_was_cut_off_more_is_allowed(self, server: FakeOllama) -> None:
        server.faults.append(Fault.CUT_OFF)
        describe(captioner(server, num_predict=200))
        assert [asked.body["options"]["num_predict"] for asked in server.questions] == [200, 400]

    def test_the_fallback_model_comes_last_and_is_named(self, server: FakeOllama) -> None:
        server.models.append("moondream:latest")
        server.faults.extend([Fault.PROSE, Fault.EMPTY])
        draft = describe(captioner(server, fallback_model="moondream"))
        assert (draft.model, draft.fallback_used, draft.attempts) == ("moondream", True, 3)

    def test_a_fallback_that_is_not_installed_charges_the_answers(self, server: FakeOllama) -> None:
        server.always = Fault.PROSE
        with pytest.raises(ModelAnswerBad, match="not JSON"):
            describe(captioner(server, fallback_model="moondream"))

    def test_when_no_try_helps_every_reason_is_told_once(self, server: FakeOllama) -> None:
        server.faults.extend([Fault.PROSE, Fault.EMPTY, Fault.PROSE])
        with pytest.raises(ModelAnswerBad, match=r"it was not JSON; then it was empty\.$"):
            describe(captioner(server))

    def test_a_trickle_ends_at_the_hard_limit(self, server: FakeOllama) -> None:
        server.always = Fault.TRICKLE
        began = time.perf_counter()
        with pytest.raises(ModelAnswerBad, match="took too long"):
            describe(captioner(server, hard_timeout_s=0.6))
        assert 0.5 < time.perf_counter() - began < 3

    def test_a_flood_is_broken_off_and_the_server_feels_it(self, server: FakeOllama) -> None:
        server.faults.append(Fault.REPETITION)
        # the fake has one slot: were the first exchange still going on, the second could not be answered
        assert describe(captioner(server)).attempts == 2


class TestServerTrouble:
    @pytest.mark.parametrize(("fault", "words"), [(Fault.BUSY, "takes no work now"), (Fault.OUT_OF_MEMORY, "smaller")])
    def test_a_server_that_cannot_is_no_fault_of_the_photo(self, server: FakeOllama, fault: Fault, words: str) -> None:
        server.faults.append(fault)
        with pytest.raises(ModelServerDown, match=words) as caught:
            describe(captioner(server))
        assert not caught.value.is_charged

    def test_after_trouble_the_next_claim_waits_and_then_looks_again(self, server: FakeOllama) -> None:
        clock = Clock()
        one = OllamaCaptioner(Ollama(host=server.url), clock=clock)
        server.faults.append(Fault.OUT_OF_MEMORY)
        with pytest.raises(ModelServerDown):
            describe(one)
        assert "smaller" in str(one.why_not_ready())
        clock.now = 20
        assert one.why_not_ready() is None

    def test_nobody_listening_is_said_with_the_address(self, free_port: int) -> None:
        one = OllamaCaptioner(Ollama(host=f"http://127.0.0.1:{free_port}"))
        assert f"127.0.0.1:{free_port}" in str(one.why_not_ready())
        with pytest.raises(ModelServerDown, match="does not answer"):
            describe(one)

    def test_a_server_that_comes_back_is_noticed(self, server: FakeOllama) -> None:
        clock = Clock()
        one = OllamaCaptioner(Ollama(host=server.url), clock=clock)
        server.stop()
        assert one.why_not_ready() is not None
        server.start()
        clock.now = 20
        assert one.why_not_ready() is None
        assert describe(one).attempts == 1

    def test_asking_whether_it_is_ready_is_cheap(self, server: FakeOllama) -> None:
        one = OllamaCaptioner(Ollama(host=server.url), clock=Clock())
        for _ in range(50):
            assert one.why_not_ready() is None
        assert len(server.requests) == 2

    def test_a_missing_model_is_said_with_the_command_that_gets_it(self, server: FakeOllama) -> None:
        server.models[:] = ["llama3:latest"]
        one = captioner(server)
        assert str(one.why_not_ready()).endswith("run `ollama pull qwen2.5vl:3b`.")
        with pytest.raises(ModelServerDown, match="ollama pull"):
            describe(one)

    def test_a_model_without_a_tag_is_the_latest(self, server: FakeOllama) -> None:
        server.models[:] = ["Moondream:latest"]
        assert captioner(server, model="moondream").why_not_ready() is None

    def test_a_model_that_cannot_see_is_refused(self, server: FakeOllama) -> None:
        server.capabilities = ("completion",)
        assert "cannot see pictures" in str(captioner(server).why_not_ready())

    def test_failures_of_the_server_in_a_row_open_the_breaker(self, server: FakeOllama) -> None:
        clock = Clock()
        breaker = Breaker(failures=2, cool_down_s=30, clock=clock)
        one = OllamaCaptioner(Ollama(host=server.url), breaker=breaker, clock=clock)
        server.always = Fault.ERROR_500
        for _ in range(2):
            with pytest.raises(ModelAnswerBad, match="unexpectedly stopped"):
                describe(one)
        assert "several times in a row" in str(one.why_not_ready())
        server.always, clock.now = None, 31
        assert one.why_not_ready() is None
        assert describe(one).attempts == 1

    def test_bad_answers_alone_leave_the_breaker_closed(self, server: FakeOllama) -> None:
        one = OllamaCaptioner(Ollama(host=server.url), breaker=Breaker(failures=1))
        server.always = Fault.PROSE
        with pytest.raises(ModelAnswerBad):
            describe(one)
        assert one.why_not_ready() is None

    def test_a_server_that_dies_under_a_photo_is_forgiven_once(self, server: FakeOllama) -> None:
        one = captioner(server)
        for error in (ModelServerDown, ModelAnswerBad):
            server.faults.append(Fault.DIE)
            with pytest.raises(error):
                describe(one)
            server.start()
        assert describe(one, GREEN).attempts == 1

    def test_something_else_at_the_address_is_named_so(self, server: FakeOllama) -> None:
        one = OllamaCaptioner(Ollama(host=f"{server.url}/somewhere"))
        assert "is not Ollama" in str(one.why_not_ready())

    def test_a_password_in_the_address_is_not_shown(self, free_port: int) -> None:
        one = OllamaCaptioner(Ollama(host=f"http://me:secret@127.0.0.1:{free_port}"))
        assert "secret" not in str(one.why_not_ready())

    def test_an_impossible_address_is_a_wrong_setting(self) -> None:
        with pytest.raises(SettingInvalid, match=r"ollama\.host"):
            OllamaCaptioner(Ollama(host="http://gpu:99999"))


class TestRuntimeLine:
    @pytest.mark.parametrize(
        ("size_gib", "vram_gib", "words"),
        [(4, 4, "100% GPU"), (4, 0, "100% CPU"), (4, 3, "25%/75% CPU/GPU"), (4, 5, "processor unknown")],
    )
    def test_it_loads_the_model_and_says_what_it_runs_on(
        self, server: FakeOllama, size_gib: int, vram_gib: int, words: str
    ) -> None:
        server.size_bytes, server.vram_bytes = size_gib * 2**30, vram_gib * 2**30
        line = captioner(server, num_ctx=8192).runtime_line()
        assert line == f"{MODEL}, {words}, context 8192, {vram_gib}.0 GiB VRAM"

    def test_a_model_that_cannot_be_loaded_charges_no_photo(self, server: FakeOllama) -> None:
        server.models.clear()
        with pytest.raises(ModelServerDown, match="could not be loaded"):
            captioner(server).runtime_line()


class TestWaysOut:
    """What is tried after a crash or a silence, against real sockets."""

    def test_after_a_crash_a_smaller_picture_is_shown(self, server: FakeOllama) -> None:
        server.faults.append(Fault.ERROR_500)
        captioner(server).describe(jpeg_bytes(RED, (1024, 683)), ASKED)
        sizes = [Image.open(BytesIO(question.pictures[0])).size for question in server.questions]
        assert sizes == [(1024, 683), (768, 512)]

    @pytest.mark.parametrize("size", [
        (1024, 26), (26, 1024), (1024, 1), (1, 1024), (27, 27), (10, 8), (1, 1), (28, 27),
    ])  # fmt: skip
    def test_a_picture_with_a_side_that_the_model_refuses_is_padded_and_asked_about_once(
        self, server: FakeOllama, size: tuple[int, int]
    ) -> None:
        draft = captioner(server).describe(jpeg_bytes(RED, size), ASKED)
        [question] = server.questions
        shown = Image.open(BytesIO(question.pictures[0])).convert("RGB")
        assert shown.size == (max(28, size[0]), max(28, size[1]))
        red, green, blue = shown.getpixel((shown.width // 2, shown.height // 2))
        # one line of pixels keeps less of its colour in a JPEG
        assert red > max(green, blue) + (10 if min(size) == 1 and max(size) > 28 else 60)
        assert draft.attempts == 1

    def test_a_picture_that_the_model_takes_is_shown_byte_by_byte(self, server: FakeOllama) -> None:
        picture = jpeg_bytes(RED, (1024, 28))
        captioner(server).describe(picture, ASKED)
        assert server.questions[0].pictures == (picture,)

    def test_a_smaller_picture_after_a_crash_has_sides_that_the_model_takes(self, server: FakeOllama) -> None:
        server.faults.append(Fault.ERROR_500)
        captioner(server).describe(jpeg_bytes(RED, (1024, 30)), ASKED)
        sizes = [Image.open(BytesIO(question.pictures[0])).size for question in server.questions]
        assert sizes == [(1024, 30), (768, 28)]

    def test_another_model_may_need_a_longer_side(self, server: FakeOllama) -> None:
        server.least_side_px = 32
        captioner(server, min_edge_px=32).describe(jpeg_bytes(RED, (640, 28)), ASKED)
        assert [Image.open(BytesIO(question.pictures[0])).size for question in server.questions] == [(640, 32)]

    def test_a_model_that_falls_silent_leaves_its_time_to_the_fallback(self, server: FakeOllama) -> None:
        server.models.append("moondream:1.8b")
        server.faults.append(Fault.STALL)
        draft = captioner(server, fallback_model="moondream:1.8b").describe(jpeg_bytes(), ASKED)
        assert draft.fallback_used
        assert [question.body["model"] for question in server.questions] == ["qwen2.5vl:3b", "moondream:1.8b"]

    def test_a_model_that_trickles_leaves_time_for_the_others(self, server: FakeOllama) -> None:
        server.faults.append(Fault.TRICKLE)
        draft = captioner(server, idle_timeout_s=30, hard_timeout_s=4).describe(jpeg_bytes(), ASKED)
        assert draft.attempts == 2

    def test_a_model_is_loaded_ahead_and_a_failure_of_that_breaks_nothing(self, server: FakeOllama) -> None:
        model = captioner(server)
        model.load()
        assert model.runtime_line().startswith("qwen2.5vl:3b, 100% GPU")
        server.stop()
        model.load()
        assert model.why_not_ready() is not None

    def test_an_unloaded_model_is_out_of_memory(self, server: FakeOllama) -> None:
        ready = captioner(server)
        ready.runtime_line()
        assert server.loaded
        ready.unload()
        assert not server.loaded
