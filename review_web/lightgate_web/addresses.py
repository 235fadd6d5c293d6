"""Addresses for templates; those of static files, of which a page has a hundred, are built once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, request


def install(app: Flask) -> None:
    """Give templates a ``url_for`` that remembers static files."""

    @lru_cache(maxsize=512)
    def of_static(root: str, filename: str) -> str:
        return app.url_for("static", filename=filename)

    def url_for(endpoint: str, **values: Any) -> str:
        if endpoint == "static" and values.keys() == {"filename"}:
            return of_static(request.root_path, values["filename"])
        return app.url_for(endpoint, **values)

    app.jinja_env.globals["url_for"] = url_for
