"""The Celery app of the workers: ``celery -A lightgate_workers.app worker -n exif@%h -Q exif``."""

from __future__ import annotations

from lightgate.bootstrap import House, build
from lightgate.engine.stage import Stage
from lightgate.settings import load
from lightgate.steps import STAGES
from lightgate_workers.worker import make_app

#: the event loop may stand still for so long
_HURRIED_S = 2.0


def open_house(stage: Stage) -> House:
    """Open the house for a stage's own process."""
    return build(load(), durable=stage.is_durable)


def open_hurriedly() -> House:
    """Open the house for a word from the event loop."""
    return build(load(), durable=False, busy_timeout_s=_HURRIED_S)


app = make_app("lightgate_workers.celeryconfig", STAGES, open_house, open_hurriedly, load)
