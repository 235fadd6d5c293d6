"""Pages for people: server-rendered, and working without a script."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("pages", __name__)

# the views register themselves on the blueprint above
from lightgate_web.pages import (  # noqa: E402
    best,
    compare,
    dashboard,
    decisions,
    late,
    mending,
    people,
    photo,
    photos,
    prefill,
    proposals,
    release,
    released,
    restored,
    sets,
    several,
    subjects,
    undoing,
    unpublish,
    vocabulary,
)

__all__ = [
    "best",
    "compare",
    "dashboard",
    "decisions",
    "late",
    "mending",
    "pages",
    "people",
    "photo",
    "photos",
    "prefill",
    "proposals",
    "release",
    "released",
    "restored",
    "sets",
    "several",
    "subjects",
    "undoing",
    "unpublish",
    "vocabulary",
]
