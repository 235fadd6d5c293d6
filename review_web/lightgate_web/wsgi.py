"""What gunicorn starts: ``lightgate_web.wsgi:create_site()``."""

from __future__ import annotations

from flask import Flask

from lightgate import settings
from lightgate.bootstrap import build
from lightgate_web.app import create_app


def create_site() -> Flask:
    """Make the site from the settings of this process."""
    return create_app(build(settings.load()))
