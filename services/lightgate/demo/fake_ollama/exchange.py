"""One answer of the fake Ollama under way: what it would say, token by token, over one connection."""

from __future__ import annotations

import json
import select
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from lightgate.demo.fake_ollama.eyes import Sight, as_asked, describe, language_asked
from lightgate.demo.fake_ollama.faults import tokens

_DEFAULT_SEED = 0
#: pause between the bytes of a trickle
_TRICKLE_S = 0.02


class Wire(Protocol):
    """The connection an answer goes over."""

    path: str
    connection: socket.socket
    wfile: Any
    close_connection: bool

    @property
    def stopping(self) -> threading.Event: ...
    @property
    def delay_s(self) -> float: ...
    @property
    def told(self) -> dict[str, Any]: ...
    def stop(self) -> None: ...
    def send(self, status: int, body: object) -> None: ...
    def send_response(self, code: int, message: str | None = None) -> None: ...
    def send_header(self, keyword: str, value: str) -> None: ...
    def end_headers(self) -> None: ...


class Exchange:
    """One answer under way; ``faults.Reply``."""

    def __init__(self, wire: Wire, body: dict[str, Any], prompt: str, sights: list[Sight]) -> None:
        self._wire = wire
        self._body = body
        self._sights = sights
        self._said = ""
        self._prompt_tokens = len(prompt) // 4 + sum(sight.tokens for sight in sights)
        self.language = language_asked(prompt)
        self.content = as_asked(self.told(), body.get("format"))

    def sight(self) -> Sight:
        return self._sights[0] if self._sights else Sight(3, 0, 2, 0, 0)

    def told(self) -> dict[str, Any]:
        seen = describe(self.sight(), self.language, int(self._option("seed", _DEFAULT_SEED)))
        return {**seen, **self._wire.told}

    def whole(self, content: str) -> None:
        """Give an answer as asked: streamed or not, cut off at ``num_predict`` tokens."""
        said = tokens(content)
        most = int(self._option("num_predict", -1))
        is_cut = 0 <= most < len(said)
        said = said[:most] if is_cut else said
        reason = "length" if is_cut else "stop"
        if self._body.get("stream", True):
            self.begin()
            for token in said:
                self.token(token)
            self.done(reason)
        else:
            self._said = "".join(said)
            self._wire.send(200, self._last(self._said, reason))

    def begin(self, content_type: str = "application/x-ndjson") -> None:
        self._wire.send_response(200)
        self._wire.send_header("Content-Type", content_type)
        self._wire.send_header("Transfer-Encoding", "chunked")
        self._wire.end_headers()

    def raw(self, part: bytes) -> None:
        self._wire.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self._wire.wfile.flush()

    def token(self, content: str, thinking: str = "") -> None:
        self._said += content
        self.raw(ndjson({**self._part(content, thinking), "done": False}))
        if self._wire.delay_s:
            self._wire.stopping.wait(self._wire.delay_s)

    def done(self, reason: str = "stop") -> None:
        self.raw(ndjson(self._last("", reason)))
        self.end()

    def torn(self) -> None:
        """Send the whole answer in pieces that respect neither lines nor characters."""
        self.begin()
        lines = [ndjson({**self._part(token), "done": False}) for token in tokens(self.content)]
        everything = b"".join(lines) + ndjson(self._last("", "stop"))
        for start in range(0, len(everything), 7):
            self.raw(everything[start : start + 7])
        self.end()

    def end(self) -> None:
        self._wire.wfile.write(b"0\r\n\r\n")

    def error(self, status: int, message: str) -> None:
        self._wire.send(status, {"error": message})

    def cut(self) -> None:
        self._wire.close_connection = True
        with suppress(OSError):
            self._wire.connection.shutdown(socket.SHUT_RDWR)

    def die(self) -> None:
        """Take the whole server down."""
        self._wire.stop()
        self.cut()

    def hold(self) -> None:
        """Keep the client waiting until the server stops or the client leaves."""
        self._wire.connection.settimeout(_TRICKLE_S)
        while not self._wire.stopping.is_set():
            with suppress(TimeoutError):
                if not self._wire.connection.recv(1):
                    break
        self._wire.close_connection = True

    def pause(self) -> bool:
        """Wait a moment; False when the server stops, or the client has left: the real one, too, then ends its work."""
        return not self._wire.stopping.wait(_TRICKLE_S) and not self._has_left()

    def _has_left(self) -> bool:
        connection = self._wire.connection
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)

    def _part(self, content: str, thinking: str = "") -> dict[str, Any]:
        head = {"model": self._body["model"], "created_at": timestamp()}
        if self._wire.path == "/api/generate":
            return {**head, "response": content}
        said = {"role": "assistant", "content": content} | ({"thinking": thinking} if thinking else {})
        return {**head, "message": said}

    def _last(self, content: str, reason: str) -> dict[str, Any]:
        count = len(tokens(self._said))
        return {
            **self._part(content),
            "done": True,
            "done_reason": reason,
            "total_duration": 2_000_000 * (count + 1),
            "load_duration": 1_000_000,
            "prompt_eval_count": self._prompt_tokens,
            "prompt_eval_duration": 1_000_000,
            "eval_count": count,
            "eval_duration": 2_000_000 * count,
        }

    def _option(self, name: str, default: int) -> Any:
        return (self._body.get("options") or {}).get(name, default)


def ndjson(part: dict[str, Any]) -> bytes:
    """Write one line of a stream."""
    return json.dumps(part, ensure_ascii=False).encode() + b"\n"


def timestamp() -> str:
    """Give the time as Go writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
