"""The API under ``/api/v1``: for the site's own scripts, and for others that sign in as a person."""

from __future__ import annotations

from flask import Blueprint

api = Blueprint("api", __name__, url_prefix="/api/v1")

# the views register themselves on the blueprint above
from lightgate_web.api import decisions, events, photos, proposals, session, sets, vocabulary  # noqa: E402

__all__ = ["api", "decisions", "events", "photos", "proposals", "session", "sets", "vocabulary"]
