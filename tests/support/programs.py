"""Which outside programs this machine has, and what a test does without one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

#: service → programs that give it, best first; a path is looked up as it stands
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "redis": ("redis-server", "valkey-server"),
    "mariadb": ("mariadbd", "/usr/sbin/mariadbd", "mysqld"),
    "chromium": (
        "chromium",
        "chromium-browser",
        "google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "exiftool": ("exiftool",),
    "sftp-server": ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server"),
}


def find(service: str) -> Path | None:
    """Look for the program behind a service."""
    for name in PROGRAMS[service]:
        found = shutil.which(name)
        if found:
            return Path(found)
    return _playwright_browser() if service == "chromium" else None


def _playwright_browser() -> Path | None:
    """Give the newest browser that ``playwright install chromium`` left."""
    roots = [Path(os.environ["PLAYWRIGHT_BROWSERS_PATH"])] if "PLAYWRIGHT_BROWSERS_PATH" in os.environ else []
    roots += [Path("~/.cache/ms-playwright").expanduser(), Path("~/Library/Caches/ms-playwright").expanduser()]
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for root in roots for pattern in patterns for path in root.glob(pattern)]
    return max(found, default=None)


def needs(service: str) -> Path:
    """Give the service's program, or skip the test; where ``CI`` is set, fail it instead."""
    found = find(service)
    if found is None:
        absent(f"{service} is not installed here; ops/test-services says how to add it")
    return found


def absent(reason: str) -> NoReturn:
    """End a test that lacks something outside: a skip at home, a failure on CI."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
