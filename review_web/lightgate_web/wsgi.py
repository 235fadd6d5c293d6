"""What gunicorn starts: ``lightgate_web.wsgi:create_site()``."""

from __future__ import annotations

import gc

from flask import Flask

from lightgate import settings
from lightgate.adapters.captions.word_lists import word_lists
from lightgate.bootstrap import build
from lightgate.files.private import keep_private
from lightgate_web.app import create_app


def create_site() -> Flask:
    """Make the site from the settings of this process."""
    told = settings.load()
    keep_private(told.private_group)
    house = build(told)
    site = create_app(house)
    # a third of a second, which the first page would wait for
    word_lists(house.folder.words)
    settle()
    return site


#: objects that stay between two searches for garbage: few enough for a search of some milliseconds, not one a page
_SEARCH_AFTER = (5_000, 20, 50)


def settle() -> None:
    """Keep what was made at the start out of Python's search for garbage, which would halt a page for 0.1 s."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SEARCH_AFTER)
