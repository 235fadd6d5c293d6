"""Is the site, and what it stands on, well?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from lightgate_web.here import house

health = Blueprint("health", __name__)
