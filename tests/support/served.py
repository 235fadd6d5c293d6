"""The site as a process of its own, with its few threads, and somebody who asks it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from lightgate.adapters.host.command_lines import site as site_command
from support.gallery import GALLERY, NAME, PASSWORD, add_person, hang, site_house
from support.servers import on_a_free_port

THREADS = 8
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


@contextmanager
def served_in(home: Path) -> Iterator[Served]:
    """Run the site around two photographs, as it is started for people."""
    house = site_house(home)
    add_person(house)
    hang(house, shown=GALLERY[:2])
    house.close()

    def start(port: int) -> subprocess.Popen[bytes]:
        settings = {"LIGHTGATE_HOME": str(home), "LIGHTGATE_REVIEW__PORT": str(port)}
        command = site_command("127.0.0.1", port, THREADS, "warning")
        return subprocess.Popen(command, env={**os.environ, **settings}, cwd=home)

    process, port = on_a_free_port(start, lambda port: _answers(Served(home, port)))
    yield Served(home, port)
    process.terminate()
    process.wait(30)


def _answers(served: Served) -> bool:
    try:
        return served.ask("GET", "/login")[0] == 200
    except OSError:
        return False
