"""Visitors that send or read slowly, or nothing at all, stop nobody."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from support.served import THREADS, Served, served_in

MANY = 200
#: a page on a busy machine; each of these attacks held one for longer than this many times over
QUICK_S = 5.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("served")) as made:
        yield made


def _connected(served: Served, lines: ExitStack) -> socket.socket:
    return lines.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=30))


def _begun(line: socket.socket) -> None:
    line.sendall(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")


def _half_a_form(line: socket.socket) -> None:
    line.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\nname=")


def _half_a_chunk(line: socket.socket) -> None:
    line.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\nname=")


def _too_long_a_form(line: socket.socket) -> None:
    line.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000000\r\n\r\nname=")


def _second_request_begun(line: socket.socket) -> None:
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /login HTTP/1.1\r\nHost: 127")


def _never_closing(line: socket.socket) -> None:
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")


def _idle(_line: socket.socket) -> None:
    return


def _never_reading(line: socket.socket) -> None:
    line.sendall(b"GET /static/base.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50)


@pytest.mark.parametrize("attack", [_idle, _begun, _half_a_form, _half_a_chunk, _too_long_a_form,
                                    _second_request_begun, _never_closing, _never_reading])  # fmt: skip
def test_a_page_comes_while_many_are_slow(served: Served, attack: Callable[[socket.socket], None]) -> None:
    with ExitStack() as lines:
        for _ in range(MANY):
            attack(_connected(served, lines))
        began = time.monotonic()
        for _ in range(3):
            assert served.ask("GET", "/login")[0] == 200
            assert served.ask("GET", "/healthz")[0] == 200
        assert time.monotonic() - began < QUICK_S


def test_a_request_in_many_pieces_is_answered(served: Served) -> None:
    with ExitStack() as lines:
        line = _connected(served, lines)
        for piece in (b"GET /heal", b"thz HTTP/1.1\r\nHo", b"st: 127.0.0.1\r\n", b"Connection: close\r\n\r\n"):
            line.sendall(piece)
            time.sleep(0.05)
        assert _all_of(line).startswith(b"HTTP/1.1 200")


def test_two_requests_at_once_are_answered_in_their_order(served: Served) -> None:
    with ExitStack() as lines:
        line = _connected(served, lines)
        one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        line.sendall(one + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert _all_of(line).count(b"HTTP/1.1 200") == 2


def test_a_form_that_is_too_long_is_told_so(served: Served) -> None:
    with ExitStack() as lines:
        line = _connected(served, lines)
        _too_long_a_form(line)
        assert b" 413 " in line.recv(1000)


def test_a_picture_reaches_a_slow_reader_whole(served: Served) -> None:
    cookie = served.sign_in()
    with ExitStack() as lines:
        slow = []
        for _ in range(3 * THREADS):
            line = lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", served.port))
            line.settimeout(30)
            asked = (
                f"GET /pictures/1/view.jpg HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
            )
            line.sendall(asked.encode())
            slow.append(line)
        began = time.monotonic()
        assert served.ask("GET", "/login")[0] == 200
        assert time.monotonic() - began < QUICK_S
        whole = {len(_all_of(line).partition(b"\r\n\r\n")[2]) for line in slow[:3]}
        assert len(whole) == 1
        assert whole.pop() > 10_000


def _all_of(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(65536), b""))
