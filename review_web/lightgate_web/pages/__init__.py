"""Pages for people: server-rendered, and working without a script."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("pages", __name__)

# the views register themselves on the blueprint above
from lightgate_web.pages import decisions, photo, photos, prefill, proposals, release, sets, several, vocabulary  # noqa: E402

__all__ = ["decisions", "pages", "photo", "photos", "prefill", "proposals", "release", "sets", "several", "vocabulary"]
