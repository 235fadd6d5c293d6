"""The site on a port of its own, and what a browser does there again and again."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from lightgate.bootstrap import House
from lightgate.domain.photo import Field, SeriesKind
from lightgate.domain.route.status_words import review_status
from lightgate_web.app import create_app
from support.gallery import GALLERY, NAME, PASSWORD, photo_of, quick_passwords
from support.stores import write_row

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass
class Site:
    house: House
    url: str

    def word_of(self, photo_id: int) -> str:
        return review_status(photo_of(self.house, photo_id)).value

    def caption_of(self, photo_id: int) -> str:
        text = photo_of(self.house, photo_id).text("en", Field.CAPTION)
        return str(text.value) if text else ""


def closed_in_any_case(app: Flask) -> WSGIApplication:
    """Close the file behind an answer even when the browser hangs up, which werkzeug's server leaves undone."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        body: Any = app(environ, start_response)
        with closing(body):
            # "yield from" would close it as well, and nothing is closed twice
            for chunk in body:  # noqa: UP028
                yield chunk

    return answer


@contextmanager
def served(house: House) -> Iterator[Site]:
    """Serve a house until the block ends."""
    app = closed_in_any_case(create_app(house, quick_passwords()))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Site(house, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/")


def open_photo(page: Page, site: Site, photo_id: int) -> None:
    page.goto(f"{site.url}/photos/{photo_id}?state=undecided&order=id")
    shows(page, photo_id)


def shows(page: Page, photo_id: int) -> None:
    """Wait until a photo is there and listens to the keys."""
    expect(page).to_have_url(re.compile(rf"/photos/{photo_id}\?"))
    expect(page.locator("html[data-ready]")).to_be_attached()
    expect(page.locator("main[data-page=photo]")).to_contain_text(f"day 1/{GALLERY[photo_id - 1].name}")


def in_a_series(site: Site, *ids: int) -> None:
    """Make photos a burst, the best first."""
    with site.house.store.writing() as tx:
        for position, photo_id in enumerate(ids, 1):
            place = {"series_key": "s1", "series_position": position, "series_count": len(ids)}
            told = {"kind": SeriesKind.BURST.value, "rank": position, "reason": "softest of 3"}
            _, hashes = tx.photos.pictures(photo_id)
            write_row(tx, photo_id, place | {"facts": {"series": told, "pictures": hashes}})
