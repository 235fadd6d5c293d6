"""From a folder of photographs to a published file and row: the whole product, with a person in a real browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from lightgate.adapters.sqlite.engine import sqlite_library
from support.servers import free_port
from support.waiting import eventually

pytestmark = pytest.mark.e2e


@dataclass
class Installation:
    """A Lightgate of this test alone, driven by its command line."""

    home: Path
    review_port: int
    flower_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.review_port}"

    def run(self, *arguments: str, is_fine: bool = True) -> str:
        environ = {
            **os.environ,
            "LIGHTGATE_HOME": str(self.home),
            "LIGHTGATE_REVIEW__PORT": str(self.review_port),
            "LIGHTGATE_FLOWER__PORT": str(self.flower_port),
            "LIGHTGATE_CAPTIONER": "draft",
            "LIGHTGATE_CLIP__ENABLED": "false",
        }
        command = [sys.executable, "-m", "lightgate.cli", *arguments]
        done = subprocess.run(command, env=environ, cwd=self.home, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == is_fine, done.stdout + done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    @property
    def password(self) -> str:
        return (self.home / "secrets" / "first-password").read_text().strip()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    home = tmp_path / "home"
    home.mkdir()
    made = Installation(home, free_port(), free_port())
    made.run("up", "-d")
    yield made
    made.run("down")
    assert _processes_in(home) == []


def _processes_in(home: Path) -> list[int]:
    """List processes that still use the installation, where the system tells."""
    environs = Path("/proc").glob("[0-9]*/environ")
    return [int(file.parent.name) for file in environs if _environ_of(file, f"LIGHTGATE_HOME={home}")]


def _environ_of(file: Path, wanted: str) -> bool:
    try:
        return wanted.encode() in file.read_bytes() and file.parent.name != str(os.getpid())
    except OSError:
        return False


def photograph(file: Path, colour: str, taken: str) -> None:
    """Make a small photograph with a date, lying on its side as cameras write it."""
    image = Image.effect_noise((600, 400), 60).convert("RGB")
    ImageDraw.Draw(image).ellipse((150, 80, 450, 320), fill=colour)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112], exif[0x013B] = "Canon", "Canon EOS R5", 6, "Ann"
    exif.get_ifd(0x8769)[0x9003] = taken
    exif.get_ifd(0x8825)[1] = "N"
    image.save(file, quality=92, exif=exif)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "card"
    folder.mkdir()
    for number, colour in enumerate(("crimson", "navy", "olive", "orange")):
        photograph(folder / f"IMG_{number}.JPG", colour, f"2024:05:0{9 - number} 10:00:00")
    (folder / "broken.jpg").write_bytes((folder / "IMG_0.JPG").read_bytes()[:9000])
    (folder / "notes.txt").write_text("not a photograph")
    return folder


def sign_in(page: Page, installation: Installation) -> None:
    page.goto(installation.url)
    page.get_by_label("Name").fill("reviewer")
    page.get_by_label("Password").fill(installation.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(f"{installation.url}/login")


def test_a_set_goes_from_the_disk_to_the_website(installation: Installation, card: Path, page: Page) -> None:
    told = installation.run(
        *("submit", str(card), "--subject", "Old harbour", "--location", "Rotterdam", "--folder", "city", "--wait"),
        is_fine=False,
    )
    assert "notes.txt" in told
    [photo_set] = installation.json("sets")
    sign_in(page, installation)

    page.goto(f"{installation.url}/photos?set={photo_set['set']}")
    page.locator(".card a").first.click()
    caption = page.get_by_role("textbox", name="Caption").first
    caption.fill("A red disc glows in front of grey noise in the old harbour.")
    first = page.url
    page.get_by_role("button", name="Approve").click()
    expect(page).not_to_have_url(first)
    page.get_by_placeholder("Reason").fill("Out of focus")
    page.get_by_role("button", name="Reject").click()
    eventually(lambda: _statuses(installation) >= {"Approved", "Rejected", "Metadata_Needs_Work", "Error"}, within_s=20)

    assert not list((installation.home / "published").rglob("*.JPG"))
    page.goto(f"{installation.url}/release")
    page.get_by_role("button", name="Release 1 photo").click()
    eventually(lambda: "Published" in _statuses(installation), within_s=30)

    published = sorted((installation.home / "published").rglob("*.JPG"))
    assert [file.relative_to(installation.home / "published").parts[:-1] for file in published] == [
        ("2024", "city"),
        ("2024", "thumbs", "city"),
    ]
    with Image.open(BytesIO(published[0].read_bytes())) as image:
        assert image.size == (400, 600)
        assert image.info["icc_profile"]
        assert not image.getexif().get_ifd(0x8825)
        assert image.getexif().get(0x0112, 1) == 1
    row = _catalogue_row(installation.home)
    assert row["Caption"] == "A red disc glows in front of grey noise in the old harbour."
    assert row["File_Name"] == published[0].name
    assert row["Camera"] == "Canon EOS R5"


def _statuses(installation: Installation) -> set[str]:
    [photo_set] = installation.json("sets")
    return set(photo_set["by_status"])


def _catalogue_row(home: Path) -> dict[str, Any]:
    connection = sqlite_library.connect(str(home / "photos_info_revamp.db"))
    connection.row_factory = sqlite_library.Row
    [row] = connection.execute("SELECT * FROM photos_info_revamp").fetchall()
    connection.close()
    return dict(row)
