"""The stand-in for Ollama answers as the real server does, so that what passes against it means something."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator

import httpx
import ollama
import pytest

from lightgate.demo.fake_ollama.server import FakeOllama, Fault
from support.pictures import jpeg_bytes

pytestmark = pytest.mark.integration

MODEL = "qwen2.5vl:3b"


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as started:
        yield started


@pytest.fixture
def client(server: FakeOllama) -> Iterator[ollama.Client]:
    with ollama.Client(server.url, timeout=5) as made:
        yield made


@pytest.fixture
def wire(server: FakeOllama) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=5, trust_env=False) as made:
        yield made


def test_it_says_that_it_runs(wire: httpx.Client) -> None:
    assert wire.get("/").text == "Ollama is running"
    assert wire.head("/").status_code == 200
    assert "version" in wire.get("/api/version").json()


def test_generate_answers_in_one_piece_or_many(client: ollama.Client) -> None:
    picture = jpeg_bytes((230, 60, 60))
    whole = client.generate(MODEL, "Describe it as JSON", images=[picture], format="json")
    parts = list(client.generate(MODEL, "Describe it as JSON", images=[picture], format="json", stream=True))
    assert whole.response == "".join(part.response for part in parts)
    assert "Red tones" in whole.response
    assert (parts[-1].done, parts[-1].done_reason, whole.done_reason) == (True, "stop", "stop")
    assert len(parts) > 3


def test_the_picture_counts_as_tokens_of_the_prompt(client: ollama.Client) -> None:
    def tokens(size: tuple[int, int]) -> int:
        return client.generate(MODEL, "Look", images=[jpeg_bytes(size=size)]).prompt_eval_count or 0

    assert tokens((1024, 683)) - tokens((280, 280)) == 37 * 24 - 100


def test_a_limit_of_tokens_cuts_the_answer_off(client: ollama.Client) -> None:
    found = client.chat(
        MODEL, [{"role": "user", "content": "Look", "images": [jpeg_bytes()]}], options={"num_predict": 4}
    )
    assert found.done_reason == "length"


def test_models_are_loaded_and_unloaded_without_a_question(client: ollama.Client) -> None:
    assert client.chat(MODEL, []).done_reason == "load"
    [loaded] = client.ps().models
    assert (loaded.model, loaded.context_length) == (MODEL, 4096)
    assert client.generate(MODEL, keep_alive=0).done_reason == "unload"
    assert not client.ps().models


@pytest.mark.parametrize(
    ("path", "content", "status", "words"),
    [
        ("/api/chat", b"", 400, "missing request body"),
        ("/api/chat", b"{", 400, "invalid"),
        ("/api/chat", b"{}", 400, "model is required"),
        ("/api/chat", b'{"model": "x"}', 404, "model 'x' not found"),
        ("/api/show", b'{"model": "x"}', 404, "not found"),
        ("/api/chat", b'{"model": "qwen2.5vl:3b", "format": "xml"}', 400, "format"),
        ("/api/chat", b'{"model": "qwen2.5vl:3b", "think": true}', 400, "thinking"),
        ("/api/generate", b'{"model": "qwen2.5vl:3b", "prompt": "x", "images": ["%"]}', 400, "base64"),
        ("/api/generate", b'{"model": "qwen2.5vl:3b", "prompt": "x", "images": ["AAAA"]}', 500, "load image"),
        ("/api/pull", b"{}", 404, "not found"),
    ],
)
def test_what_is_wrong_with_a_request_has_its_status(
    wire: httpx.Client, path: str, content: bytes, status: int, words: str
) -> None:
    reply = wire.post(path, content=content)
    assert reply.status_code == status
    assert words in reply.text


def test_a_full_queue_is_refused() -> None:
    with FakeOllama(max_queue=0) as server, httpx.Client(base_url=server.url, timeout=5, trust_env=False) as wire:
        server.faults.append(Fault.STALL_MIDWAY)
        body = {"model": MODEL, "prompt": "Look", "images": [base64.b64encode(jpeg_bytes()).decode()]}
        is_asked = threading.Event()

        def occupy() -> None:
            with wire.stream("POST", "/api/generate", json=body) as reply:
                # held on to: a discarded iterator would close the connection
                lines = reply.iter_lines()
                next(lines)
                is_asked.set()
                server.stopping.wait(5)

        busy = threading.Thread(target=occupy)
        busy.start()
        assert is_asked.wait(5)
        assert wire.post("/api/generate", json=body).status_code == 503
        server.stopping.set()
        busy.join()
