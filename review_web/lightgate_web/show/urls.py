"""Addresses and marks for templates; those of which a page has a hundred are made once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, request
from markupsafe import Markup

#: the template of marks: what a list shows hundreds of, and that follows from one word
_MARKS = "marks.html"


def install(app: Flask) -> None:
    """Give templates a ``url_for`` that remembers static files, and ``mark``, which remembers what a macro made."""

    @lru_cache(maxsize=512)
    def of_static(root: str, filename: str) -> str:
        return app.url_for("static", filename=filename)

    def url_for(endpoint: str, **values: Any) -> str:
        if endpoint == "static" and values.keys() == {"filename"}:
            return of_static(request.root_path, values["filename"])
        return app.url_for(endpoint, **values)

    @lru_cache(maxsize=512)
    def made(root: str, name: str, word: str) -> Markup:
        return Markup(getattr(app.jinja_env.get_template(_MARKS).module, name)(word))  # noqa: S704 (a macro's, escaped)

    def mark(name: str, word: str) -> Markup:
        return made(request.root_path, name, word)

    app.jinja_env.globals.update(url_for=url_for, mark=mark)
