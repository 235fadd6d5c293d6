"""Pages for people: server-rendered, and working without a script."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("pages", __name__)

# the views register themselves on the blueprint above
from lightgate_web.pages import dashboard, people, release, restored, review, sets, vocabulary  # noqa: E402

__all__ = ["dashboard", "pages", "people", "release", "restored", "review", "sets", "vocabulary"]
