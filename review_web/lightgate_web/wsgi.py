"""What gunicorn starts: ``lightgate_web.wsgi:create_site()``."""

from __future__ import annotations

import gc

from flask import Flask

from lightgate import settings
from lightgate.bootstrap import build
from lightgate_web.app import create_app


def create_site() -> Flask:
    """Make the site from the settings of this process."""
    site = create_app(build(settings.load()))
    settle()
    return site


def settle() -> None:
    """Keep what was made at the start out of Python's search for garbage, which would halt a page for 0.1 s."""
    gc.collect()
    gc.freeze()
