"""Four stages without work and the naming gate, for measuring what queue and database take.

Publishing needs a person's approval, so the fourth stage stands in for it under another name, with its patience.
"""

from __future__ import annotations

from dataclasses import replace

from lightgate import steps as real
from lightgate.adapters.queue.celery import CeleryDispatch
from lightgate.bootstrap import House, broker_url, build
from lightgate.domain.route.pipeline import NAMING, Result, Step
from lightgate.engine.stage import Stage
from lightgate.files.data_folder import DataFolder
from lightgate.settings import Settings, load
from lightgate_workers.worker import make_app
from support.noop.stages import Nothing

DELIVER, END = "deliver", "delivered"
#: photos a claim takes: stages without work need no small ones
BATCH = 32


def _idle(stage: Stage, name: str) -> Stage:
    step = replace(stage.step, name=name)
    return replace(stage, step=step, build=lambda _settings, _store: Nothing(name), batch=BATCH, start_method="fork")


STAGES = {
    name: _idle(real.STAGES[like], name)
    for name, like in (("exif", "exif"), ("quality", "quality"), ("caption", "caption"), (DELIVER, "publish"))
}
ROUTE = (
    STAGES["exif"].step,
    Step(NAMING, opened_by=Result.NAMED),
    STAGES["quality"].step,
    STAGES["caption"].step,
    STAGES[DELIVER].step,
    Step(END, opened_by=Result.RELEASED),
)


def house(settings: Settings, *, durable: bool = False, busy_timeout_s: float = 30) -> House:
    """Open a house on this route."""
    dispatch = CeleryDispatch(broker_url(settings, DataFolder(settings.home)), list(STAGES))
    made = build(settings, durable=durable, dispatch=dispatch, busy_timeout_s=busy_timeout_s)
    return replace(made, stages=STAGES, route=ROUTE)


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
