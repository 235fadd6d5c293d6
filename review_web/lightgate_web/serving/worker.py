"""The server's worker: threads are given whole requests only, and give their answers away; one loop waits for lines."""

from __future__ import annotations

import resource
import selectors
import socket
import struct
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from lightgate_web.serving.arriving import Arriving, TooLarge
from lightgate_web.serving.leaving import Outgoing

#: lines that wait for a whole request; beyond it the oldest of them goes
MOST_LINES = 2_000
#: files of everything else
_OTHER_FILES = 200
#: requests and answers that wait, together
_MOST_WAITING_BYTES = 64 * 1024 * 1024
_SWEEP_S = 0.5
_PIECE_BYTES = 64 * 1024
#: after the last answer the other end closes; what it still sends is thrown away for so long (RFC 9112 §9.6)
_LINGER_S = 2.0
_STOP_LINGER_S = 2.0
#: the loop waits, and no thread should; where one does, for so long at most. As C's struct timeval
_LIMIT = struct.pack("@ll", 10, 0)


@dataclass(slots=True)
class _Leaving:
    """A line whose answer is still being read."""

    outgoing: Outgoing
    keeps: bool

    def is_late(self, now: float) -> bool:
        return self.outgoing.is_late(now)


@dataclass(slots=True)
class _Closing:
    """A line that is to end when the other end has read all."""

    until: float

    def is_late(self, now: float) -> bool:
        return now > self.until


@dataclass(frozen=True, slots=True)
class _Shown:
    """What answers a request sees of its connection."""

    sock: Outgoing
    client: Any
    server: Any


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Threads as ``gthread`` has them, that nobody holds by sending or reading slowly."""

    def init_process(self) -> None:
        self._waiting: dict[TConn, Arriving | _Leaving | _Closing] = {}
        self._swept = 0.0
        self._is_stopping = False
        self._most = max(100, min(MOST_LINES, _files(MOST_LINES + _OTHER_FILES) - _OTHER_FILES))
        for listener in self.sockets:
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _LIMIT)
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _LIMIT)
        # what the loop lets in is bounded below, and never by turning newcomers away
        self.worker_connections = 10 * MOST_LINES
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Let somebody in, who has a moment to say what he wants."""
        try:
            line, client = listener.accept()
        except OSError:
            return
        self.nr_conns += 1
        line.setblocking(False)
        if line.family in {socket.AF_INET, socket.AF_INET6}:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conn = TConn(self.cfg, line, client, listener.getsockname())
        # the oldest that has not said what it wants
        if len(self._waiting) >= self._most:
            self._drop(next((each for each, what in self._waiting.items() if isinstance(what, Arriving)), conn))
        self._wait(conn, Arriving(time.monotonic()))

    def handle(self, conn: TConn) -> Any:
        """Answer a whole request, in a thread."""
        conn.sock.setblocking(True)
        conn.init()
        conn.parser.unreader.unread(bytes(conn.arrived))
        conn.arrived = b""
        return super().handle(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        return super().handle_request(req, _Shown(conn.outgoing, conn.client, conn.server))

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        # the rest of a body that was too long is not waited for
        return not conn.is_cut and super()._keepalive_after(conn, keepalive)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """Go on with a line whose request is answered, in the loop."""
        try:
            keeps = bool(fs.result()) if not fs.cancelled() else False
        except Exception:  # noqa: BLE001 - whatever it was, it is logged, and the line is of no use any more
            self.nr_conns -= 1
            conn.close()
            return
        conn.sock.setblocking(False)
        if conn.outgoing.is_through:
            self._after_answer(conn, keeps=keeps)
        else:
            self._wait(conn, _Leaving(conn.outgoing, keeps), selectors.EVENT_WRITE)

    def _after_answer(self, conn: TConn, *, keeps: bool) -> None:
        if not keeps or not self.alive:
            self._close(conn)
            return
        arriving = Arriving(time.monotonic(), self.cfg.keepalive)
        self._go_on(conn, arriving, conn.parser.unreader.take_buffered())

    def _close(self, conn: TConn) -> None:
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        self._wait(conn, _Closing(time.monotonic() + _LINGER_S))

    def _wait(self, conn: TConn, what: Arriving | _Leaving | _Closing, events: int = selectors.EVENT_READ) -> None:
        try:
            self.poller.register(conn.sock, events, partial(self._on_ready, conn))
        except (ValueError, KeyError, OSError):
            self.nr_conns -= 1
            conn.close()
            return
        self._waiting[conn] = what

    def _forget(self, conn: TConn) -> None:
        self._waiting.pop(conn, None)
        with suppress(ValueError, KeyError, OSError):
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn, answer: bytes = b"") -> None:
        self._forget(conn)
        if answer:
            with suppress(OSError):
                conn.sock.send(answer)
        self.nr_conns -= 1
        conn.close()

    def _on_ready(self, conn: TConn, line: socket.socket) -> None:
        what = self._waiting.get(conn)
        try:
            if isinstance(what, _Leaving):
                what.outgoing.push()
                if what.outgoing.is_through:
                    self._forget(conn)
                    self._after_answer(conn, keeps=what.keeps)
                return
            data = line.recv(_PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
        elif isinstance(what, Arriving):
            self._go_on(conn, what, data)

    def _go_on(self, conn: TConn, arriving: Arriving, data: bytes) -> None:
        """Take what came for a request; whole, it goes to the threads."""
        try:
            is_whole = arriving.take(data, time.monotonic()) if data else False
        except TooLarge as error:
            self._drop(conn, _refusal(error.status))
            return
        if is_whole:
            self._forget(conn)
            conn.arrived, conn.is_cut = arriving.content, arriving.is_cut
            conn.outgoing, conn.data_ready = Outgoing(conn.sock), True
            self.enqueue_req(conn)
            return
        if arriving.wants_word():
            with suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(arriving.content) > _PIECE_BYTES and self._waiting_bytes() > _MOST_WAITING_BYTES:
            self._drop(conn, _refusal("503 Service Unavailable"))
            return
        if conn not in self._waiting:
            self._wait(conn, arriving)

    def _waiting_bytes(self) -> int:
        return sum(len(each.content) for each in self._waiting.values() if isinstance(each, Arriving))

    def murder_pending(self) -> None:
        """End what waits too long; gunicorn's loop calls this at each turn."""
        now = time.monotonic()
        if not self.alive and not self._is_stopping:
            self._is_stopping = True
            for what in self._waiting.values():
                if isinstance(what, Arriving) and not what.has_begun:
                    what.give_up_at(now + _STOP_LINGER_S)
        if now - self._swept < _SWEEP_S:
            return
        self._swept = now
        for conn, what in list(self._waiting.items()):
            if what.is_late(now):
                has_begun = isinstance(what, Arriving) and what.has_begun
                self._drop(conn, _refusal("408 Request Timeout") if has_begun else b"")


def _files(wanted: int) -> int:
    """Ask for so many open files; give how many there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return wanted if soft == resource.RLIM_INFINITY else soft


def _refusal(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode("ascii")
