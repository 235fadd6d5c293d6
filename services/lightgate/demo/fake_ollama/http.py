"""The fake Ollama's requests and replies: routes, refusals and status codes as the real server has them."""

from __future__ import annotations

import base64
import binascii
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lightgate.demo.fake_ollama.exchange import Exchange, timestamp
from lightgate.demo.fake_ollama.eyes import look
from lightgate.demo.fake_ollama.faults import Fault, play

VERSION = "0.32.1"
GIB = 2**30
_KEEP_S = 300
_POSTS = {"/api/chat", "/api/generate", "/api/show"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server got it."""

    path: str
    body: dict[str, Any]
    pictures: tuple[bytes, ...] = ()


@dataclass
class OllamaState:
    """What the server has, does and remembers."""

    models: list[str] = field(default_factory=lambda: ["qwen2.5vl:3b"])
    #: taken one by one, each by one question to a model
    faults: deque[Fault] = field(default_factory=deque)
    #: for every question once ``faults`` is empty
    always: Fault | None = None
    capabilities: tuple[str, ...] = ("completion", "vision")
    size_bytes: int = int(3.2 * GIB)
    vram_bytes: int = int(3.2 * GIB)
    #: between two tokens
    delay_s: float = 0.0
    #: what it says instead of what it sees, by the field's name
    told: dict[str, Any] = field(default_factory=dict)
    #: a picture with a shorter side crashes the model, as Qwen2.5-VL's does
    least_side_px: int = 28
    #: questions at a time, and how many more may wait
    parallel: int = 1
    max_queue: int = 512
    requests: list[Asked] = field(default_factory=list)
    #: name to (context, end of its stay)
    loaded: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    port: int = 0
    #: the address it listens on
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.slots = threading.BoundedSemaphore(self.parallel)
        self.waiting = 0

    def stop(self) -> None:
        """Stop listening."""
        raise NotImplementedError

    def next_fault(self) -> Fault | None:
        """Take the fault of the next question."""
        with self.lock:
            return self.faults.popleft() if self.faults else self.always


class OllamaHttp(ThreadingHTTPServer):
    daemon_threads = True
    # a handler that holds its client must not hold the test
    block_on_close = False

    def __init__(self, fake: OllamaState) -> None:
        self.fake = fake
        super().__init__((fake.host, fake.port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that leave early are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OllamaHttp

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Say nothing."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self._remember({})
        answers: dict[str, Callable[[], object]] = {
            "/": lambda: "Ollama is running",
            "/api/version": lambda: {"version": VERSION},
            "/api/tags": lambda: {"models": [self._listed(name) for name in self.fake.models]},
            "/api/ps": lambda: {"models": [self._running(name) for name in list(self.fake.loaded)]},
        }
        if self.path in answers:
            self.send(200, answers[self.path]())
        else:
            self.send(405 if self.path in _POSTS else 404, "404 page not found")

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path not in _POSTS:
            return self.send(404, "404 page not found")
        try:
            body = json.loads(content)
        except ValueError:
            reason = "invalid character in JSON" if content else "missing request body"
            return self.send(400, {"error": reason})
        if not body.get("model"):
            return self.send(400, {"error": "model is required"})
        if _tagged(body["model"]) not in map(_tagged, self.fake.models):
            return self.send(404, {"error": f"model '{body['model']}' not found"})
        if self.path == "/api/show":
            self._remember(body)
            return self.send(200, {**self._details(), "capabilities": list(self.fake.capabilities)})
        return self._question(body)

    @property
    def fake(self) -> OllamaState:
        return self.server.fake

    @property
    def stopping(self) -> threading.Event:
        return self.fake.stopping

    def stop(self) -> None:
        self.fake.stop()

    @property
    def delay_s(self) -> float:
        return self.fake.delay_s

    @property
    def told(self) -> dict[str, Any]:
        return self.fake.told

    def _question(self, body: dict[str, Any]) -> None:
        refused = _refused(body, self.fake.capabilities)
        if refused:
            return self.send(400, {"error": refused})
        try:
            pictures = tuple(base64.b64decode(image, validate=True) for image in _images(body))
        except binascii.Error:
            return self.send(400, {"error": "illegal base64 data at input byte 0"})
        self._remember(body, pictures)
        with self.fake.lock:
            self.fake.waiting += 1
            is_full = self.fake.waiting > self.fake.parallel + self.fake.max_queue
        try:
            if is_full:
                return self.send(503, {"error": "server busy, please try again.  maximum pending requests exceeded"})
            with self.fake.slots:
                return self._answer(body, pictures)
        finally:
            with self.fake.lock:
                self.fake.waiting -= 1

    def _answer(self, body: dict[str, Any], pictures: tuple[bytes, ...]) -> None:
        prompt = _prompt(body)
        if not prompt and not pictures:
            return self.send(200, {**self._load(body), "done": True})
        try:
            sights = [look(picture) for picture in pictures]
        except OSError:
            return self.send(500, {"error": "Failed to load image or audio file"})
        if any(min(sight.width_px, sight.height_px) < self.fake.least_side_px for sight in sights):
            least = self.fake.least_side_px
            return self.send(500, {"error": f"height or width must be larger than factor:{least}"})
        self._load(body)
        exchange = Exchange(self, body, prompt, sights)
        fault = self.fake.next_fault()
        if fault is not None:
            play(fault, exchange)
        else:
            exchange.whole(exchange.content)
        return None

    def _load(self, body: dict[str, Any]) -> dict[str, Any]:
        keep_alive = body.get("keep_alive")
        name, is_leaving = body["model"], keep_alive in {0, "0", "0s"}
        context = (body.get("options") or {}).get("num_ctx", 4096)
        with self.fake.lock:
            if is_leaving:
                self.fake.loaded.pop(name, None)
            else:
                self.fake.loaded[name] = (context, datetime.now(UTC) + timedelta(seconds=_KEEP_S))
        reason = "unload" if is_leaving else "load"
        empty = {"message": {"role": "assistant", "content": ""}} if self.path == "/api/chat" else {"response": ""}
        return {"model": name, "created_at": timestamp(), "done_reason": reason, **empty}

    def _details(self) -> dict[str, Any]:
        return {
            "details": {"format": "gguf", "family": "fake", "parameter_size": "3B", "quantization_level": "Q4_K_M"},
            "model_info": {"general.architecture": "fake"},
        }

    def _listed(self, name: str) -> dict[str, Any]:
        size = self.fake.size_bytes
        return {"name": name, "model": name, "modified_at": timestamp(), "size": size, "digest": "0" * 64}

    def _running(self, name: str) -> dict[str, Any]:
        context, until = self.fake.loaded[name]
        return {
            "name": name,
            "model": name,
            "size": self.fake.size_bytes,
            "digest": "0" * 64,
            "expires_at": until.isoformat(),
            "size_vram": self.fake.vram_bytes,
            "context_length": context,
        }

    def _remember(self, body: dict[str, Any], pictures: tuple[bytes, ...] = ()) -> None:
        with self.fake.lock:
            self.fake.requests.append(Asked(self.path, body, pictures))

    def send(self, status: int, body: object) -> None:
        is_text = isinstance(body, str)
        content = str(body).encode() if is_text else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if is_text else "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _refused(body: dict[str, Any], capabilities: Iterable[str]) -> str | None:
    wanted = body.get("format")
    if not isinstance(wanted, dict) and wanted not in {None, "", "json"}:
        return 'invalid format: expected "json" or a JSON schema'
    if body.get("think") is True and "thinking" not in capabilities:
        return f'"{body["model"]}" does not support thinking'
    return None


def _images(body: dict[str, Any]) -> list[str]:
    messages = body.get("messages") or []
    return [image for part in (body, *messages) for image in part.get("images") or []]


def _prompt(body: dict[str, Any]) -> str:
    messages = [message.get("content") or "" for message in body.get("messages") or []]
    return "\n".join([str(body.get("prompt") or ""), *messages]).strip()


def _tagged(name: str) -> str:
    return (name if ":" in name else f"{name}:latest").lower()
