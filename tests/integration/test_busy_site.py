"""The site as it is started for people, with its few threads: listeners and pictures leave room for decisions."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from lightgate.adapters.commands import site as site_command
from lightgate.domain.words import review_status
from support.gallery import GALLERY, NAME, PASSWORD, add_person, hang, photo_of, site_house
from support.waiting import eventually

THREADS = 8
#: two persons with five tabs each
TABS = 10
PICTURES = 200
#: far above what an answer takes; who waits longer waits for a thread
PATIENCE_S = 30
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Served:
    home: Path
    port: int

    def ask(self, method: str, path: str, cookie: str = "", **form: str) -> tuple[int, str, str]:
        """Give status, cookie and text."""
        headers = {"Cookie": cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        line.request(method, path, urlencode(form) if form else None, headers)
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        line.close()
        return answer.status, (answer.getheader("Set-Cookie") or cookie).partition(";")[0], text

    def sign_in(self) -> str:
        _, cookie, page = self.ask("GET", "/login")
        status, cookie, _ = self.ask("POST", "/login", cookie, csrf_token=token(page), name=NAME, password=PASSWORD)
        assert status == 303
        return cookie

    def listen(self, cookie: str) -> tuple[HTTPConnection, int]:
        """Open a stream and leave it open."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        line.request("GET", "/api/v1/events", headers={"Cookie": cookie})
        return line, line.getresponse().status


def token(page: str) -> str:
    found = _TOKEN.search(page)
    assert found is not None
    return found[1]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    house = site_house(tmp_path)
    add_person(house)
    hang(house, shown=GALLERY[:2])
    house.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"LIGHTGATE_HOME": str(tmp_path), "LIGHTGATE_REVIEW__PORT": str(port)}
    command = site_command("127.0.0.1", port, THREADS, "warning")
    process = subprocess.Popen(command, env={**os.environ, **settings}, cwd=tmp_path)
    made = Served(tmp_path, port)
    eventually(lambda: _answers(made), within_s=60)
    yield made
    process.terminate()
    process.wait(30)


def _answers(served: Served) -> bool:
    try:
        return served.ask("GET", "/login")[0] == 200
    except OSError:
        return False


def test_a_decision_goes_through_while_tabs_listen_and_pictures_load(served: Served) -> None:
    cookies = [served.sign_in(), served.sign_in()]
    streams = [served.listen(cookies[number % 2]) for number in range(TABS)]
    try:
        # the others ask now and then instead, see live.js
        assert sorted({status for _, status in streams}) == [200, 503]
        _, cookie, page = served.ask("GET", "/photos/1", cookies[0])
        [picture] = set(re.findall(r"/pictures/1/view\.jpg\?v=\w+", page))
        with ThreadPoolExecutor(16) as pool:
            pictures = [pool.submit(served.ask, "GET", picture, cookies[1]) for _ in range(PICTURES)]
            form = {"csrf_token": token(page), "version": version_in(page), "override_reason": "seen"}
            status, _, _ = served.ask("POST", "/photos/1/approve", cookie, **form)
            assert status == 303
            assert {each.result()[0] for each in pictures} == {200}
    finally:
        for line, _ in streams:
            line.close()
    house = site_house(served.home)
    assert review_status(photo_of(house, 1)) == "Approved"
    house.close()


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_visitors_who_stop_in_the_middle_of_a_request_hold_no_thread_for_long(served: Served) -> None:
    begun = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
    halves = [begun, begun + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=a"]
    with ExitStack() as lines:
        for number in range(2 * THREADS):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            line.sendall(halves[number % 2])
        assert served.ask("GET", "/login")[0] == 200
