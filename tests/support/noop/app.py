"""A Celery app like the real one, over stages without work."""

from __future__ import annotations

from lightgate import steps as real
from lightgate.bootstrap import House, build
from lightgate.engine.pipeline import Pipeline
from lightgate.engine.stage import Stage
from lightgate.settings import load
from lightgate_workers.worker import make_app
from support.noop.stages import noop

PIPELINE = Pipeline([noop(stop) if isinstance(stop, Stage) else stop for stop in real.PIPELINE.stops])


def open_house(stage: Stage) -> House:
    return build(load(), durable=stage.is_durable, pipeline=PIPELINE)


def open_hurriedly() -> House:
    return build(load(), durable=False, busy_timeout_s=2, pipeline=PIPELINE)


app = make_app("support.noop.celeryconfig", PIPELINE.stages, open_house, open_hurriedly, load)
