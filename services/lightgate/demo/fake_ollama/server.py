"""An Ollama server on loopback that speaks its protocol, describes pictures by their colours, and can misbehave.

with FakeOllama() as server:
    server.faults.append(Fault.ERROR_500)
    captioner = OllamaCaptioner(Ollama(host=server.url))
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from lightgate.demo.fake_ollama.faults import Fault
from lightgate.demo.fake_ollama.http import Asked, OllamaHttp, OllamaState

__all__ = ["Asked", "FakeOllama", "Fault"]

_POLL_S = 0.02


class FakeOllama(OllamaState):
    """One server; ``stop`` and ``start`` keep its port."""

    _server: OllamaHttp | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def questions(self) -> list[Asked]:
        """The requests that showed the model a picture."""
        with self.lock:
            return [asked for asked in self.requests if asked.pictures]

    @property
    def is_down(self) -> bool:
        """Does nobody listen?"""
        return self.stopping.is_set()

    def start(self) -> None:
        """Listen, on the port of last time if there was one."""
        self.stopping.clear()
        self._server = OllamaHttp(self)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_S,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and let go of those who wait."""
        self.stopping.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
