"""The site as it is started for people, with its few threads: listeners and pictures leave room for decisions."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from lightgate.domain.route.status_words import review_status
from support.gallery import photo_of, site_house
from support.served import THREADS, Served, served_in, token

#: two persons with five tabs each
TABS = 10
PICTURES = 200


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with served_in(tmp_path) as made:
        yield made


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
