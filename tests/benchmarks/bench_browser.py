"""What a reviewer feels in a real Chromium: scrolling 5,000 pictures, the next photo, a hundred approvals by key."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parents[1]))

from lightgate.adapters.sqlite import SqliteTransaction
from lightgate.adapters.sqlite.schema import review_queue
from lightgate.bootstrap import House
from support.browser import Site, served, sign_in
from support.crowd import fill
from support.gallery import add_person, site_house
from support.measuring import p95, result
from support.programs import find

PHOTOS = 5_000
APPROVALS = 100
EDITS = 10
STEPS = 40
#: the limits of the plan
FRAMES_PER_S, NEXT_MS, APPROVAL_S, EDIT_S = 50, 100, 1.0, 4.0

_SIZES_PX = {"view": (2560, 1707), "crop": (900, 600), "proxy": (1280, 853), "thumb": (500, 333)}
_HUES = 12
#: pixels that a brisk hand scrolls between two frames
_SCROLL_PX = 60
_BIG = "set=big&state=all&order=id"

#: the time of each picture on the screen, counted from the key that asked for it
_WATCH_PICTURES = """
addEventListener("keydown", () => { window.pressedAt = performance.now(); }, true);
new MutationObserver(() => {
  const picture = document.getElementById("picture");
  if (!picture || picture === window.lastPicture) return;
  window.lastPicture = picture;
  const from = window.pressedAt;
  picture.decode().then(() => requestAnimationFrame(() => requestAnimationFrame(() => {
    window.shownAfter = performance.now() - from;
  })));
}).observe(document, { childList: true, subtree: true });
"""


#: waits for the next picture; the site's own rules keep Playwright's wait_for_function out
_SHOWN = """() => new Promise((done) => {
  const look = () => (window.shownAfter == null ? setTimeout(look, 2) : done(window.shownAfter));
  look();
})"""


def run() -> list[dict[str, object]]:
    """Fill a set of 5,000, and use the site as a person does."""
    if find("chromium") is None:
        return [result("no Chromium is here: nothing was measured in a browser", 0, "")]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        house = site_house(Path(folder))
        add_person(house)
        fill(house, PHOTOS, PHOTOS)
        _hang(house)
        browser = playwright.chromium.launch(executable_path=find("chromium"))
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        with served(house) as site:
            page, url = _signed_in(browser, site), site.url
            found = [*_scrolled(page, url), *_walked(page, url), *_approved(page, url), *_edited(page, url)]
        browser.close()
        house.close()
    return [
        *found,
        result("load of the machine while this ran", os.getloadavg()[1], "", None, f"{os.cpu_count()} cores"),
    ]


def _hang(house: House) -> None:
    """Give every photo pictures on disk: a dozen, each under many names."""
    made = [_pictures(house.folder.home / "made" / str(hue), hue) for hue in range(_HUES)]
    with house.store.reading() as tx:
        assert isinstance(tx, SqliteTransaction)
        photos = list(tx.connection.execute(select(review_queue.c.id, review_queue.c.content_hash)))
    for number, photo in enumerate(photos):
        files = house.folder.proxy_files(photo.content_hash)
        files.view.parent.mkdir(parents=True, exist_ok=True)
        for kind, file in made[number % _HUES].items():
            os.link(file, getattr(files, kind))
    told = [{kind: sha256(file.read_bytes()).hexdigest() for kind, file in each.items()} for each in made]
    with house.store.writing() as tx:
        for number, photo in enumerate(photos):
            tx.photos.put_pictures(photo.id, photo.content_hash, told[number % _HUES])


def _pictures(folder: Path, hue: int) -> dict[str, Path]:
    folder.mkdir(parents=True)
    found = {}
    for kind, size in _SIZES_PX.items():
        # noise over a colour weighs what a photograph does
        noise = Image.effect_noise((size[0] // 4, size[1] // 4), 40).resize(size, Image.Resampling.BICUBIC)
        picture = Image.merge("HSV", (Image.new("L", size, hue * 20), Image.new("L", size, 90), noise)).convert("RGB")
        found[kind] = folder / f"{kind}.jpg"
        picture.save(found[kind], quality=85)
    return found


def _signed_in(browser: Browser, site: Site) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(_WATCH_PICTURES)
    sign_in(page, site)
    return page


def _scrolled(page: Page, url: str) -> Iterator[dict[str, object]]:
    page.goto(f"{url}/photos?{_BIG}")
    page.wait_for_selector("html[data-ready]", state="attached")
    start = time.perf_counter()
    while page.locator(".pager a[rel=next]").count() and time.perf_counter() - start < 240:
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_timeout(20)
    count = page.locator("[data-grid] .card").last.get_attribute("aria-posinset")
    yield result(f"until {count} of {PHOTOS} cards are loaded", time.perf_counter() - start, "s")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    frames = _traced(
        page,
        lambda: page.evaluate(f"""() => new Promise((done) => {{
      let left = 300;
      const step = () => {{ scrollBy(0, {_SCROLL_PX}); if (left--) requestAnimationFrame(step); else done(); }};
      requestAnimationFrame(step);
    }})"""),
    )
    yield result(
        f"grid of {count}, scrolled: frames drawn", frames, "frames/s", FRAMES_PER_S / frames, f"{FRAMES_PER_S}"
    )


def _traced(page: Page, work: Any) -> float:
    """Give the frames per second that Chromium's own trace saw on the screen."""
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    is_over: list[bool] = []
    session.on("Tracing.tracingComplete", lambda _: is_over.append(True))
    session.send("Tracing.start", {"categories": "disabled-by-default-devtools.timeline.frame,devtools.timeline.frame"})
    work()
    session.send("Tracing.end")
    while not is_over:
        page.wait_for_timeout(50)
    drawn = sorted(each["ts"] for each in events if each["name"] == "DrawFrame")
    return (len(drawn) - 1) / ((drawn[-1] - drawn[0]) / 1e6)


def _walked(page: Page, url: str) -> Iterator[dict[str, object]]:
    page.goto(f"{url}/review?set=big&order=id")
    page.wait_for_selector("html[data-ready]", state="attached")
    # what the first pages prefetch is there by the time that a person has looked at one
    page.wait_for_timeout(1000)
    yield from _shown("next photo on the screen after the key", [_press(page, "ArrowRight") for _ in range(STEPS)])


def _press(page: Page, key: str) -> float:
    page.evaluate("window.shownAfter = null")
    page.keyboard.press(key)
    shown = _shown_after(page)
    # as long as a person looks at a photo at least
    page.wait_for_timeout(300)
    return shown


def _shown_after(page: Page) -> float:
    return float(page.evaluate(_SHOWN))


def _shown(name: str, took_ms: Sequence[float]) -> Iterator[dict[str, object]]:
    yield result(f"{name}, p50", median(took_ms), "ms", median(took_ms) / NEXT_MS, f"{NEXT_MS} ms")
    yield result(f"{name}, p95", p95(took_ms), "ms", p95(took_ms) / NEXT_MS, f"{NEXT_MS} ms")


def _approved(page: Page, url: str) -> Iterator[dict[str, object]]:
    page.goto(f"{url}/review?set=big&order=id&q=-is:blocked")
    page.wait_for_selector("html[data-ready]", state="attached")
    start = time.perf_counter()
    for _ in range(APPROVALS):
        page.evaluate("window.shownAfter = null")
        page.keyboard.press("p")
        _shown_after(page)
    each_s = (time.perf_counter() - start) / APPROVALS
    yield result(f"{APPROVALS} approvals by keyboard, each", each_s, "s", each_s / APPROVAL_S, f"{APPROVAL_S} s")


def _edited(page: Page, url: str) -> Iterator[dict[str, object]]:
    took = []
    for number in range(EDITS):
        start = time.perf_counter()
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(f"Two red cranes stand above moored boats in the old harbour, number {number}.")
        page.evaluate("window.shownAfter = null")
        page.keyboard.press("Control+Enter")
        _shown_after(page)
        took.append(time.perf_counter() - start)
    yield result("a text edited and approved by keyboard", max(took), "s", max(took) / EDIT_S, f"{EDIT_S} s")


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))  # noqa: T201 - a benchmark's answer
