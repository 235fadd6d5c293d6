"""Somebody who reviews and releases, by the API that scripts have, and remembers what was answered."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

PATIENCE_S = 60


@dataclass(frozen=True)
class Said:
    """What the person asked for and was answered."""

    at: float
    action: str
    photo_id: int | None
    status: int
    answer: Mapping[str, Any]


@dataclass
class Person:
    port: int
    password_file: Path
    journal: list[Said] = field(default_factory=list)
    _cookies: dict[str, str] = field(default_factory=dict)
    _token: str = ""

    def sign_in(self) -> None:
        self._cookies = {}
        self._token = str(self.ask("GET", "/csrf").answer["csrf_token"])
        told = {"name": "reviewer", "password": self.password_file.read_text("utf-8").strip()}
        answer = self.ask("POST", "/login", told)
        assert answer.status == 200, answer
        self._token = str(answer.answer["csrf_token"])

    def ask(self, method: str, path: str, body: object = None) -> Said:
        """Ask the API once.

        Raises:
            OSError, http.client.HTTPException: nobody answered.
        """
        line = self._line()
        headers = {"X-CSRF-Token": self._token, "Content-Type": "application/json"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            line.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        for told in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: each.value for name, each in SimpleCookie(told).items()}
        said = Said(time.monotonic(), f"{method} {path}", None, answer.status, _read(content))
        if method != "GET":
            self.journal.append(said)
        return said

    def _line(self) -> http.client.HTTPConnection:
        """Open a line to the site, which may just be started again."""
        until = time.monotonic() + PATIENCE_S
        while True:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            try:
                line.connect()
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return line

    def photos(self) -> list[dict[str, Any]]:
        """Read every photo, page by page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.ask("GET", f"/photos?state=all&cursor={cursor}" if cursor else "/photos?state=all")
            assert page.status == 200, page
            found += page.answer["photos"]
            cursor = page.answer.get("next_cursor") or ""
            if not cursor:
                return found

    def photo(self, photo_id: int) -> Mapping[str, Any]:
        said = self.ask("GET", f"/photos/{photo_id}")
        assert said.status == 200, said
        return said.answer

    def decide(self, photo_id: int, action: str, **more: object) -> Said:
        """Approve, reject, reopen, retry or skip what the photo says now."""
        version = self.photo(photo_id)["version"]
        return self.ask("POST", f"/photos/{photo_id}/{action}", {"version": version, **more})

    def edit(self, photo_id: int, **changes: object) -> Said:
        version = self.photo(photo_id)["version"]
        return self.ask("PATCH", f"/photos/{photo_id}", {"version": version, **changes})

    def release(self, *ids: int) -> Said:
        return self.ask("POST", "/release", {"ids": list(ids)})


def _read(content: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {"text": content[:300].decode("utf-8", "replace")}
    return dict(told) if isinstance(told, dict) else {"list": told}
