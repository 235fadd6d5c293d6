"""The ``quality`` stage: one decode leaves the pictures that everything later looks at, and a rating."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lightgate.domain.photo import Claim, Photo, QualityFacts
from lightgate.domain.pipeline import Step
from lightgate.domain.quality import BandLimits, rate
from lightgate.errors import ClipUnavailable, LightgateError
from lightgate.folder import DataFolder
from lightgate.ports import AestheticScorer, Darkroom, Development, Exclusive, Rating
from lightgate.settings import Settings
from lightgate.stage import Finding, Stage, Work
from lightgate.store import Store

log = logging.getLogger(__name__)

_SWITCHED_OFF = "CLIP is switched off (setting clip.enabled)."


def _build(settings: Settings, store: Store) -> Work:
    # numpy, libvips and, at the first picture, torch, which only this stage's workers need
    from lightgate.adapters.clip import OpenClip
    from lightgate.adapters.gpu_lock import GpuLock, gpu_lock_file
    from lightgate.adapters.images import VipsDarkroom

    folder = DataFolder(settings.home)
    clip = settings.clip
    scorer = OpenClip(
        clip.model,
        clip.weights,
        head=clip.aesthetic_head,
        device=clip.device,
        batch=clip.batch,
        threads=max(1, (os.cpu_count() or 1) // settings.workers.quality),
    )
    return QualityWork(
        VipsDarkroom(settings.intake.max_megapixels),
        folder,
        BandLimits(**settings.bands.model_dump()),
        scorer=scorer if clip.enabled else None,
        gpu=GpuLock(gpu_lock_file(folder.locks, settings.ollama.host)),
    )


STAGE = Stage(
    Step("quality", max_attempts=5, can_be_skipped=True),
    _build,
    batch=8,
    # the first batch also waits for torch and a model of some gigabytes
    soft_limit_s=240,
    hard_limit_s=300,
    start_method="spawn",
    can_limit_memory=False,
)


@dataclass(slots=True)
class QualityWork:
    """Develops photos one by one, then shows all their proxies to the model at once."""

    darkroom: Darkroom
    folder: DataFolder
    limits: BandLimits
    scorer: AestheticScorer | None = None
    #: shared with the caption model; asked for only where CLIP runs on the GPU
    gpu: Exclusive | None = None
    _has_said_why: bool = field(default=False, init=False)

    def why_not_ready(self) -> str | None:
        """Wait for the GPU where the scorer needs it."""
        if self.gpu is None or self.scorer is None or not self.scorer.wants_gpu() or self.gpu.acquire():
            return None
        return self.gpu.why_not_free()

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """Develop and rate."""
        developed = [self._develop(claim.photo) for claim in claims]
        good = [claim.photo for claim, found in zip(claims, developed, strict=True) if isinstance(found, Development)]
        ratings, why_none = self._rate(good)
        return [
            found if isinstance(found, LightgateError) else self._facts(found, ratings.get(claim.photo.id), why_none)
            for claim, found in zip(claims, developed, strict=True)
        ]

    def _develop(self, photo: Photo) -> Development | LightgateError:
        original = self.folder.original(photo.content_hash, photo.suffix)
        try:
            return self.darkroom.develop(original, self.folder.proxy_files(photo.content_hash))
        except LightgateError as error:
            return error

    def _rate(self, photos: Sequence[Photo]) -> tuple[dict[int, Rating], str]:
        """Give ratings by photo id, or none and the reason."""
        if self.scorer is None:
            return {}, _SWITCHED_OFF
        proxies = [self.folder.proxy_files(photo.content_hash).proxy for photo in photos]
        try:
            ratings = self.scorer.rate(proxies)
        except ClipUnavailable as error:
            if not self._has_said_why:
                self._has_said_why = True
                log.warning("no aesthetic scores: %s", error)
            return {}, str(error)
        return {photo.id: rating for photo, rating in zip(photos, ratings, strict=True)}, ""

    def _facts(self, found: Development, rating: Rating | None, why_none: str) -> QualityFacts:
        measured = found.measured
        scores = rate(measured, None if rating is None else rating.score, why_none, self.limits)
        return QualityFacts(
            scores=replace(scores, model=None if rating is None else rating.model),
            width=found.width_px,
            height=found.height_px,
            perceptual_hash=measured.perceptual_hash,
            difference_hash=measured.difference_hash,
            embedding=None if rating is None else rating.embedding,
            sharpest=measured.sharpest,
        )

    def close(self) -> None:
        """Let the GPU go."""
        if self.gpu is not None:
            self.gpu.release()
