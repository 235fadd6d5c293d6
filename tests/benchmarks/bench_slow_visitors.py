"""The site as it is started for people, while 500 visitors hold connections and send a byte now and then."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from lightgate.adapters.host.command_lines import site as site_command
from support.gallery import GALLERY, add_person, hang, site_house
from support.measuring import p95, result
from support.waiting import eventually

SLOW = 500
#: each sends a byte so often, and comes again when it was sent away
PAUSE_S = 3.0
ASKED = 200
PAGES = ("/login", "/healthz")
#: p95 may rise by half
LIMIT = 1.5


def run() -> list[dict[str, object]]:
    """Time pages alone, and beside slow visitors."""
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as port:
        _times(port, 20)
        alone = _times(port, ASKED)
        with _slow(port):
            beside = _times(port, ASKED)
        alone += _times(port, ASKED)
    name = f"a page beside {SLOW} slow visitors"
    return [
        result("a page, alone: p95", p95(alone), "ms"),
        result(f"{name}: p50", median(beside), "ms", median(beside) / median(alone), "alone"),
        result(f"{name}: p95, limit {LIMIT}", p95(beside), "ms", p95(beside) / p95(alone), "alone"),
    ]


def _times(port: int, count: int) -> list[float]:
    took = []
    for number in range(count):
        began = time.perf_counter()
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", PAGES[number % len(PAGES)])
        line.getresponse().read()
        line.close()
        took.append(1000 * (time.perf_counter() - began))
    return took


@contextmanager
def _slow(port: int) -> Iterator[None]:
    over = threading.Event()
    visitors = threading.Thread(target=_drip, args=(port, over))
    visitors.start()
    time.sleep(PAUSE_S)
    try:
        yield
    finally:
        over.set()
        visitors.join()


def _drip(port: int, over: threading.Event) -> None:
    lines: list[socket.socket] = []
    while not over.is_set():
        lines += [_begun(port) for _ in range(SLOW - len(lines))]
        still = []
        for line in lines:
            over.wait(PAUSE_S / SLOW)
            with suppress(OSError):
                line.sendall(b"a")
                still.append(line)
        lines = still
    for line in lines:
        line.close()


def _begun(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")
    return line


@contextmanager
def _served(home: Path) -> Iterator[int]:
    house = site_house(home)
    add_person(house)
    hang(house, shown=GALLERY[:2])
    house.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environ = {**os.environ, "LIGHTGATE_HOME": str(home), "LIGHTGATE_REVIEW__PORT": str(port)}
    with ExitStack() as stack:
        process = subprocess.Popen(site_command("127.0.0.1", port, 8, "warning"), env=environ, cwd=home)
        stack.callback(process.wait, 30)
        stack.callback(process.terminate)
        eventually(lambda: _answers(port), within_s=60)
        yield port


def _answers(port: int) -> bool:
    try:
        return bool(_times(port, 1))
    except OSError:
        return False


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))  # noqa: T201 - a benchmark's answer
