"""Fixtures of the tests in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from support.browser import Site, served
from support.gallery import GALLERY, add_person, hang, site_house

PATIENCE_MS = 20_000


@pytest.fixture(autouse=True, scope="session")
def patience() -> None:
    """Wait longer than a page takes on a machine that does other things, too."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The site on a port of its own, with four photographs to review."""
    house = site_house(tmp_path)
    add_person(house)
    hang(house, shown=GALLERY[:4])
    with served(house) as site:
        yield site
    house.close()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of: scripts that fail, things the policy blocks."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # a picture that is not there yet, and a refusal that is shown as a page, are no faults
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("dialog", lambda dialog: (found.append(dialog.message), dialog.dismiss()))
    return found


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser set up in its own way."""
    made: list[BrowserContext] = []

    def opened(**options: object) -> Page:
        made.append(browser.new_context(**options))  # type: ignore[arg-type]
        return made[-1].new_page()

    yield opened
    for each in made:
        each.close()
