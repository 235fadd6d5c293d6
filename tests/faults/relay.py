"""A line between the product and a server, which can be dead, silent, cut, or lose the answers."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from enum import Enum


class Mode(Enum):
    #: nothing is wrong
    OPEN = "open"
    #: connections are refused, and those that were open are cut
    DEAD = "dead"
    #: connections are taken, and not a byte comes through
    SILENT = "silent"
    #: the same for a while, and then it all comes through
    STALLED = "stalled"
    #: what is asked arrives; the answers do not
    MUTE = "mute"


class Relay:
    """Listens on a port of its own for a server on another."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._mode = Mode.OPEN
        self._lines: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._accept()

    def become(self, mode: Mode) -> None:
        """Change from now on."""
        was, self._mode = self._mode, mode
        if mode in {Mode.SILENT, Mode.STALLED}:
            self._flows.clear()
        if mode is Mode.DEAD:
            self._deafen()
            self.cut()
        elif was is Mode.DEAD:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._accept()
        if mode is Mode.OPEN and was in {Mode.SILENT, Mode.MUTE}:
            # a server that comes back has forgotten who spoke with it
            self.cut()
        if mode not in {Mode.SILENT, Mode.STALLED}:
            self._flows.set()

    def cut(self) -> None:
        """Drop every connection."""
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()

    def close(self) -> None:
        self._flows.set()
        self._deafen()
        self.cut()

    def _deafen(self) -> None:
        with suppress(OSError):
            # closing alone does not wake who accepts
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                # nobody listens any more
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._to), timeout=10)
            except OSError:
                line.close()
                continue
            server.settimeout(None)
            self._lines |= {line, server}
            for source, sink, is_answer in ((line, server, False), (server, line, True)):
                threading.Thread(target=self._pump, args=(source, sink, is_answer), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self._flows.wait()
                if not (is_answer and self._mode is Mode.MUTE):
                    sink.sendall(piece)
        for each in (source, sink):
            self._lines.discard(each)
            with suppress(OSError):
                # closing alone ends nothing while the other thread waits for it
                each.shutdown(socket.SHUT_RDWR)
            each.close()
