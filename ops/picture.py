"""Make docs/review.webp, the README's picture: the review page of a demo of its own, in the tests' browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))
from support.programs import find  # noqa: E402 - the tests are no package

PICTURE = ROOT / "docs" / "review.webp"
WIDTH_PX, HEIGHT_PX = 1280, 800
#: as small as letters stay clean
QUALITY = 80


def main() -> None:
    browser = find("chromium")
    if browser is None:
        sys.exit("There is no browser here; ops/test-services says how to get one.")
    with tempfile.TemporaryDirectory(prefix="lightgate-picture-") as home:
        environ = settings_for(Path(home))
        try:
            lightgate(environ, "demo", "--no-flower")
            address = f"http://127.0.0.1:{environ['LIGHTGATE_REVIEW__PORT']}"
            password = Path(home, "secrets", "first-password").read_text("ascii").strip()
            shot = photographed(browser, address, password)
        finally:
            lightgate(environ, "down")
    with Image.open(BytesIO(shot)) as opened:
        opened.convert("RGB").save(PICTURE, "WEBP", quality=QUALITY, method=6)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


def settings_for(home: Path) -> Mapping[str, str]:
    """Give an environment of its own to the demo, with ports that nobody uses."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LIGHTGATE_")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {"HOME": str(home), "REVIEW__PORT": str(port), "CAPTIONER": "draft", "CLIP__ENABLED": "false"}
    return {**ours, **{f"LIGHTGATE_{name}": value for name, value in told.items()}}


def lightgate(environ: Mapping[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "lightgate.cli", *arguments], env=environ, check=True, stdout=sys.stderr)


def photographed(browser: Path, address: str, password: str) -> bytes:
    """Sign in, open the photo that comes first in review, and take the page's picture, as PNG."""
    # Chromium refuses its sandbox to root
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=arguments)
        page = running.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX})
        sign_in(page, address, password)
        page.goto(f"{address}/photos/{the_cat(page)}")
        page.wait_for_load_state("networkidle")
        shot = page.screenshot()
        running.close()
    return shot


def sign_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=name]", "reviewer")
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def the_cat(page: Page) -> int:
    """Give the cat: its picture is free for every use."""
    found = page.evaluate("fetch('/api/v1/photos').then(answer => answer.json())")
    return next(int(each["id"]) for each in found["photos"] if each["original_file_name"] == "IMG_0412.JPG")


if __name__ == "__main__":
    main()
