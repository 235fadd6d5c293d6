"""Somebody at the review site, without a browser: forms are sent with what the page put into them."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from functools import cache
from html import unescape
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from lightgate.bootstrap import House
from lightgate_web.app import create_app
from support.gallery import NAME, PASSWORD, quick_passwords

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """One browser's worth of cookies."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **{"buffered": True, **options})

    def sign_in(self, name: str = NAME, password: str = PASSWORD, **form: str) -> TestResponse:
        """Fill in the sign-in page."""
        self.token = token_in(self.get("/login"))
        answer = self.post("/login", {"name": name, "password": password, **form})
        if answer.status_code == 303:
            self.token = token_in(self.get("/account"))
        return answer

    def post(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form, with the token that the last sign-in page gave."""
        return self.client.post(path, data={"csrf_token": self.token, **(form or {})}, **options)

    def api(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Ask the API as a script does."""
        headers = {"X-CSRF-Token": self.token, **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers, **options)

    def form_of(self, photo_id: int, query: str = "") -> dict[str, str]:
        """Read the photo page's form as a browser would send it back untouched."""
        return fields_in(self.get(f"/photos/{photo_id}{query}").text)


@cache
def _compiled() -> FileSystemBytecodeCache:
    """Keep templates compiled for as long as this process runs: each site of a test would do it anew."""
    folder = tempfile.mkdtemp(prefix="lightgate-templates-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return FileSystemBytecodeCache(folder)


def visitor(house: House, *, signed_in: bool = True) -> Visitor:
    """Open a site of its own around a house."""
    app = create_app(house, quick_passwords())
    app.jinja_env.bytecode_cache = _compiled()
    app.testing = False
    one = Visitor(app)
    if signed_in:
        assert one.sign_in().status_code == 303
    return one


def token_in(answer: TestResponse) -> str:
    """Find the CSRF token of a page."""
    found = _TOKEN.search(answer.text)
    assert found is not None, answer.text[:400]
    return found[1]


def fields_in(html: str) -> dict[str, str]:
    """Read the fields of the photo page's main form."""
    form = html[html.index('id="photo-form"') :]
    form = form[: form.index("</form>")]
    inputs = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', form)
    }
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return inputs | {unescape(name): unescape(value) for name, value in areas}
