"""The hard limit on one exchange with the model server, kept even against a server that trickles."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx

#: events of httpcore after which a connection has a (new) socket
_CONNECTED = {"connection.connect_tcp.complete", "connection.start_tls.complete"}


class WatchedTransport(httpx.HTTPTransport):
    """A transport whose connection is shut by another thread when the time is over.

    A read timeout begins anew with every byte; shutting the socket does not wait for one. The server notices, too, and
    stops its work.
    """

    def __init__(self) -> None:
        # one connection an exchange: the watched one is then never another's
        super().__init__(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._watch: _Watch | None = None

    @contextlib.contextmanager
    def limit(self, limit_s: float) -> Iterator[_Watch]:
        """Watch the exchange inside the block."""
        watch = self._watch = _Watch()
        timer = threading.Timer(limit_s, watch.bite)
        timer.daemon = True
        timer.start()
        try:
            yield watch
        finally:
            timer.cancel()
            self._watch = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._watch is not None:
            request.extensions = {**request.extensions, "trace": self._watch.trace}
        return super().handle_request(request)


class _Watch:
    """One exchange and its socket."""

    def __init__(self) -> None:
        self.has_bitten = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        if event in _CONNECTED:
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
            if self.has_bitten:
                self.bite()

    def bite(self) -> None:
        with self._lock:
            self.has_bitten = True
            # already closed is what is wanted
            with contextlib.suppress(OSError):
                if self._socket is not None:
                    self._socket.shutdown(socket.SHUT_RDWR)
