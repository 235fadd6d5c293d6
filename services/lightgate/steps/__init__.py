"""The road of a photo. A new stage is a module here and a line in ``PIPELINE``; no step knows another."""

from __future__ import annotations

from lightgate.engine.pipeline import Pipeline
from lightgate.steps import caption, exif, naming, publish, quality, release, review

PIPELINE = Pipeline(
    (
        exif.STAGE,
        naming.GATE,
        quality.STAGE,
        caption.STAGE,
        review.GATE,
        release.GATE,
        publish.STAGE,
    )
)

ROUTE = PIPELINE.route
STAGES = PIPELINE.stages
