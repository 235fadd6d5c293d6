"""The ``quality`` stage: one decode leaves the pictures that everything later looks at, and a rating."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.adapters.metadata.formats import KINDS
from lightgate.domain.photo import Claim, Component, Photo, QualityFacts, Scores
from lightgate.domain.rating.calibrated import FittedRating
from lightgate.domain.rating.quality import CALIBRATED, BandLimits, band, rate
from lightgate.domain.route.pipeline import QUALITY, Route, Step
from lightgate.domain.series.shot import Shift
from lightgate.engine.stage import Finding, Hook, Stage, Work
from lightgate.engine.stage_notes import StageNotes
from lightgate.errors import ClipUnavailable, LightgateError
from lightgate.files.data_folder import DataFolder
from lightgate.pictures.remade import turn_pictures
from lightgate.pictures.series import find_new_series
from lightgate.ports.machine import Exclusive
from lightgate.ports.pictures import AestheticScorer, Darkroom, Development, Rating
from lightgate.settings import Settings
from lightgate.store import Store
from lightgate.texts.proofreader import Proofreader

log = logging.getLogger(__name__)

#: why ratings wait, for the review site; absent while they do not
STATUS_NOTE = "quality.status"

_LARGE_MEGAPIXELS = 60
_SWITCHED_OFF = "CLIP is switched off (setting clip.enabled)."


def _build(settings: Settings, store: Store) -> Work:
    # numpy, libvips and, before the first claim, torch, which only this stage's workers need
    from lightgate.adapters.clip.calibration_file import read_judge
    from lightgate.adapters.clip.plug_ins import plugged_in
    from lightgate.adapters.clip.scorer import open_clip
    from lightgate.adapters.host.gpu_lock import GpuLock, gpu_lock_file
    from lightgate.adapters.pixels.darkroom import VipsDarkroom
    from lightgate.adapters.pixels.sandboxed_darkroom import CarefulDarkroom

    folder = DataFolder(settings.home)
    clip = settings.clip
    cores = os.cpu_count() or 1
    threads = max(1, cores // settings.workers.processes(STAGE.name))
    scorer = open_clip(clip, folder, threads) if clip.enabled else None
    if scorer is not None:
        scorer.prepare()
    return QualityWork(
        VipsDarkroom(settings.intake.max_megapixels),
        folder,
        BandLimits(**settings.bands.model_dump()),
        scorer=scorer,
        careful=CarefulDarkroom(settings.intake.max_megapixels, settings.workers.memory_limit_mb),
        others=plugged_in(),
        judge=read_judge(folder.calibration),
        gpu=GpuLock(gpu_lock_file(folder.locks, str(settings.ollama.host))),
        # the GPU has one holder at a time, which then develops on all cores
        threads=cores if scorer is not None and scorer.wants_gpu() else threads,
        notes=StageNotes(store),
        store=store,
    )


def _hooks(settings: Settings, store: Store, route: Route) -> Sequence[Hook]:
    folder = DataFolder(settings.home)
    reader = Proofreader(partial(word_lists, folder.words), settings.texts.keywords)
    return (partial(find_new_series, store, folder, route, _overlap, proofreader=reader),)


def _overlap(one: Path, other: Path) -> Shift | None:
    # numpy and libvips, which few processes need
    from lightgate.adapters.pixels.overlap import overlap

    return overlap(one, other)


STAGE = Stage(
    Step(QUALITY, max_attempts=5, can_be_skipped=True),
    _build,
    _hooks,
    batch=8,
    # the first message also waits for torch and a model of some gigabytes, before it claims a photo
    soft_limit_s=240,
    hard_limit_s=300,
    start_method="spawn",
    can_limit_memory=False,
)


@dataclass(slots=True)
class QualityWork:
    """Develops photos, and shows those that are ready to the model while the next are being developed."""

    darkroom: Darkroom
    folder: DataFolder
    limits: BandLimits
    scorer: AestheticScorer | None = None
    #: shared with the caption model; asked for only where CLIP runs on the GPU
    gpu: Exclusive | None = None
    #: fitted to the photographer's own judgements
    judge: FittedRating | None = None
    #: for photos that failed before, and for files that may be made to hurt
    careful: Darkroom | None = None
    #: scorers of other packages by name, for the columns ``nima_score`` and ``brisque_score``
    others: Mapping[str, Callable[[Path], float]] = field(default_factory=dict)
    #: photos developed at once
    threads: int = 1
    #: where it says that ratings wait
    notes: StageNotes | None = None
    #: where it finds photos that were turned since
    store: Store | None = None
    _is_loaded: bool = field(default=False, init=False)
    _has_said_why: bool = field(default=False, init=False)

    @property
    def batch(self) -> int:
        """Photos to be claimed at once."""
        return STAGE.batch if self.scorer is None else self.scorer.batch()

    def why_not_ready(self) -> str | None:
        """Wait for the model's preparation, and for the GPU where it runs there; then load it, once."""
        preparing = None if self.scorer is None else self.scorer.why_not_ready()
        if self.notes is not None:
            self.notes.put(STATUS_NOTE, preparing)
        reason = preparing or self._why_no_gpu()
        if reason is None:
            self._load()
        return reason

    def _why_no_gpu(self) -> str | None:
        if self.gpu is None or self.scorer is None or not self.scorer.wants_gpu() or self.gpu.acquire():
            return None
        return self.gpu.why_not_free()

    def _load(self) -> None:
        """Load the model outside of any photo's time; without one the photos are rated by the rest."""
        if self.scorer is None or self._is_loaded:
            return
        try:
            log.info("CLIP: %s", self.scorer.load())
        except ClipUnavailable as error:
            self._say_why(error)
        self._is_loaded = True

    def _say_why(self, error: ClipUnavailable) -> None:
        if not self._has_said_why:
            self._has_said_why = True
            log.warning("no aesthetic scores: %s", error)

    def make_pictures(self, owner: str, until: float) -> Sequence[int]:
        """Make the pictures of photos that a person turned, each in a program of its own: no file ends this one."""
        if self.store is None or self.careful is None:
            return ()
        return turn_pictures(self.store, self.folder, self.careful, lambda: datetime.now(UTC), owner, until)

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """Develop and rate."""
        if self.threads == 1 or len(claims) == 1:
            return self._finished(claims, [self._develop(claim.photo) for claim in claims])
        with ThreadPoolExecutor(self.threads, "darkroom") as pool:
            futures = [(claim, pool.submit(self._develop, claim.photo)) for claim in claims]
            # the model looks at the first half while the second is being developed
            middle = (len(claims) + 1) // 2
            return [
                found
                for half in (futures[:middle], futures[middle:])
                for found in self._finished([claim for claim, _ in half], [future.result() for _, future in half])
            ]

    def _develop(self, photo: Photo) -> Development | LightgateError:
        original = self.folder.original(photo.content_hash, photo.suffix)
        darkroom = self.careful if self.careful is not None and _needs_care(photo) else self.darkroom
        try:
            files = self.folder.proxy_files(photo.content_hash)
            return darkroom.develop(original, files, photo.turn, photo.exif.orientation)
        except LightgateError as error:
            return error

    def _finished(self, claims: Sequence[Claim], developed: Sequence[Development | LightgateError]) -> list[Finding]:
        good = [found for found in developed if isinstance(found, Development)]
        ratings, why_none = self._rate([found.glance for found in good])
        remaining = iter(ratings)
        return [
            found
            if isinstance(found, LightgateError)
            else self._facts(claim.photo, found, next(remaining, None), why_none)
            for claim, found in zip(claims, developed, strict=True)
        ]

    def _rate(self, glances: Sequence[bytes]) -> tuple[Sequence[Rating], str]:
        """Give ratings in order, or none and the reason."""
        if self.scorer is None:
            return (), _SWITCHED_OFF
        try:
            return self.scorer.rate(glances), ""
        except ClipUnavailable as error:
            self._say_why(error)
            return (), str(error)

    def _facts(self, photo: Photo, found: Development, rating: Rating | None, why_none: str) -> QualityFacts:
        measured = found.measured
        scores = rate(measured, None if rating is None else rating.score, why_none, self.limits)
        if rating is not None:
            scores = self._judged(replace(scores, model=rating.model), rating)
        if photo.exif.is_preview:
            scores = replace(scores, components=(*scores.components, _on_preview(found)))
        return QualityFacts(
            scores=self._with_others(scores, photo),
            width=found.width_px,
            height=found.height_px,
            perceptual_hash=measured.perceptual_hash,
            difference_hash=measured.difference_hash,
            embedding=None if rating is None else rating.embedding,
            sharpest=measured.sharpest,
            hints=() if rating is None else rating.hints,
            pictures=found.hashes,
            turn=photo.turn,
        )

    def _with_others(self, scores: Scores, photo: Photo) -> Scores:
        proxy = self.folder.proxy_files(photo.content_hash).proxy
        found = {name: scorer(proxy) for name, scorer in self.others.items()}
        return replace(scores, nima_score=found.get("nima"), brisque_score=found.get("brisque"))

    def _judged(self, scores: Scores, rating: Rating) -> Scores:
        if self.judge is None or not self.judge.fits(scores.model, scores.metrics_version):
            return scores
        marks = {part.name: part.score for part in scores.components if part.score is not None}
        qr = self.judge.rate(rating.embedding, marks)
        return replace(scores, qr=qr, qr_mode=CALIBRATED, band=band(qr, self.limits))

    def close(self) -> None:
        """Let the GPU go."""
        if self.gpu is not None:
            self.gpu.release()


def _on_preview(found: Development) -> Component:
    size = f"{found.width_px} \u00d7 {found.height_px}"
    return Component("preview", None, text=f"Rated on the camera's preview of {size} pixels, not on the RAW data.")


def _needs_care(photo: Photo) -> bool:
    megapixels = (photo.exif.width or 0) * (photo.exif.height or 0) / 1e6
    return photo.position.attempt > 1 or megapixels > _LARGE_MEGAPIXELS or not _is_plain(photo.exif.format)


def _is_plain(format_: str | None) -> bool:
    kind = KINDS.get(format_ or "")
    return format_ is None or (kind is not None and kind.is_plain)
