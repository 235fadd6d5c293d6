"""Four stages without work and the naming gate, for measuring what queue and database take.

Publishing needs a person's approval, so the fourth stage stands in for it under another name, with its patience, and
the route ends where a person is waited for.
"""

from __future__ import annotations

from dataclasses import replace

from lightgate import steps as real
from lightgate.bootstrap import House, build
from lightgate.domain.route.pipeline import REVIEW, Result, Step
from lightgate.engine.pipeline import Pipeline
from lightgate.engine.stage import Gate, Stage
from lightgate.settings import Settings, load
from lightgate.steps import naming
from lightgate_workers.worker import make_app
from support.noop.stages import Nothing

DELIVER, END = "deliver", REVIEW
#: photos a claim takes: stages without work need no small ones
BATCH = 32


def _idle(stage: Stage, name: str) -> Stage:
    step = replace(stage.step, name=name)
    return replace(stage, step=step, build=lambda _settings, _store: Nothing(name), batch=BATCH, start_method="fork")


PIPELINE = Pipeline(
    [
        _idle(real.STAGES["exif"], "exif"),
        naming.GATE,
        _idle(real.STAGES["quality"], "quality"),
        _idle(real.STAGES["caption"], "caption"),
        _idle(real.STAGES["publish"], DELIVER),
        Gate(Step(END, opened_by=Result.APPROVED)),
    ]
)
STAGES = PIPELINE.stages


def house(settings: Settings, *, durable: bool = False, busy_timeout_s: float = 30) -> House:
    """Open a house on this route."""
    return build(settings, durable=durable, busy_timeout_s=busy_timeout_s, pipeline=PIPELINE)


app = make_app(
    "support.noop.beltconfig",
    STAGES,
    lambda stage: house(load(), durable=stage.is_durable),
    lambda: house(load(), busy_timeout_s=2),
    load,
)


@app.task(name="lightgate.bare")
def bare() -> None:
    """Do nothing: what Celery itself takes."""
