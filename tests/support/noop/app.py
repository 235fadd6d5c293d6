"""A Celery app like the real one, over stages without work."""

from __future__ import annotations

from dataclasses import replace

from lightgate import steps as real
from lightgate.bootstrap import House, build
from lightgate.engine.stage import Stage
from lightgate.settings import load
from lightgate_workers.worker import make_app
from support.noop.stages import noop

STAGES = {name: noop(stage) for name, stage in real.STAGES.items()}
ROUTE = tuple(STAGES[step.name].step if step.name in STAGES else step for step in real.ROUTE)


def open_house(stage: Stage) -> House:
    return replace(build(load(), durable=stage.is_durable), stages=STAGES, route=ROUTE)


def open_hurriedly() -> House:
    return replace(build(load(), durable=False, busy_timeout_s=2), stages=STAGES, route=ROUTE)


app = make_app("support.noop.celeryconfig", STAGES, open_house, open_hurriedly, load)
