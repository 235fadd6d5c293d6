"""The relay does to a line what its mode says, so that an experiment tries what it is named after."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from faults.relay import Mode, Relay
from support.waiting import eventually

SHORT_S = 0.3


class Echo:
    """Says back what it hears, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            while piece := line.recv(100):
                self.heard += piece
                line.sendall(piece)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


@pytest.fixture
def relay(echo: Echo) -> Iterator[Relay]:
    made = Relay(echo.port)
    yield made
    made.close()


def line_to(relay: Relay) -> socket.socket:
    return socket.create_connection(("127.0.0.1", relay.port), timeout=10)


def answer(line: socket.socket, within_s: float = 10) -> bytes | None:
    """Give what comes; None: nothing came."""
    line.settimeout(within_s)
    try:
        return line.recv(100)
    except TimeoutError:
        return None
    except ConnectionError:
        return b""


def test_an_open_line_carries_both_ways(relay: Relay) -> None:
    with line_to(relay) as line:
        line.sendall(b"one")
        assert answer(line) == b"one"


def test_a_dead_server_cuts_what_was_open_and_refuses_what_comes_until_it_is_back(relay: Relay) -> None:
    with line_to(relay) as line:
        line.sendall(b"one")
        assert answer(line) == b"one"
        relay.become(Mode.DEAD)
        assert answer(line) == b""
    with pytest.raises(OSError):  # noqa: PT011 - refused or reset, as the system has it
        line_to(relay).close()
    relay.become(Mode.OPEN)
    with line_to(relay) as line:
        line.sendall(b"two")
        assert answer(line) == b"two"


def test_a_silent_server_takes_connections_and_forgets_them(relay: Relay, echo: Echo) -> None:
    relay.become(Mode.SILENT)
    with line_to(relay) as line:
        line.sendall(b"one")
        assert answer(line, SHORT_S) is None
        assert echo.heard == b""
        relay.become(Mode.OPEN)
        assert answer(line) in {b"", b"one"}


def test_a_stalled_line_brings_everything_later(relay: Relay) -> None:
    with line_to(relay) as line:
        relay.become(Mode.STALLED)
        line.sendall(b"one")
        assert answer(line, SHORT_S) is None
        relay.become(Mode.OPEN)
        assert answer(line) == b"one"


def test_a_mute_server_hears_and_says_nothing(relay: Relay, echo: Echo) -> None:
    with line_to(relay) as line:
        relay.become(Mode.MUTE)
        line.sendall(b"one")
        eventually(lambda: echo.heard == b"one")
        assert answer(line, SHORT_S) is None
