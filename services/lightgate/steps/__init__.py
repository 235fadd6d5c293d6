"""The route, and the stages that work on it. A new stage is a module here and a line in ``PIPELINE``."""

from __future__ import annotations

from lightgate.domain.route.pipeline import NAMING, RELEASE, REVIEW, Result, Route, Step
from lightgate.engine.stage import Stage
from lightgate.steps import caption, exif, publish, quality

PIPELINE: tuple[Stage | Step, ...] = (
    exif.STAGE,
    Step(NAMING, opened_by=Result.NAMED),
    quality.STAGE,
    caption.STAGE,
    Step(REVIEW, opened_by=Result.APPROVED),
    Step(RELEASE, opened_by=Result.RELEASED),
    publish.STAGE,
)

ROUTE: Route = tuple(each.step if isinstance(each, Stage) else each for each in PIPELINE)
STAGES = {each.name: each for each in PIPELINE if isinstance(each, Stage)}
