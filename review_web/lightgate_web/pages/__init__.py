"""Pages for people: server-rendered, and working without a script."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("pages", __name__)

# the views register themselves on the blueprint above
from lightgate_web.pages import (  # noqa: E402
    compare,
    dashboard,
    decisions,
    people,
    photo,
    photos,
    prefill,
    proposals,
    release,
    sets,
    several,
    subjects,
    unpublish,
    vocabulary,
)

__all__ = [
    "compare",
    "dashboard",
    "decisions",
    "pages",
    "people",
    "photo",
    "photos",
    "prefill",
    "proposals",
    "release",
    "sets",
    "several",
    "subjects",
    "unpublish",
    "vocabulary",
]
