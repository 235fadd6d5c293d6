"""Stages without work. A photo named ``kill_once.jpg`` kills its worker the first time, and so on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lightgate.adapters.gpu_lock import GpuLock
from lightgate.domain.photo import CaptionFacts, Claim, Exif, ExifFacts, Facts, PublishFacts, QualityFacts, Scores
from lightgate.settings import Settings
from lightgate.stage import Finding, Stage, Work
from lightgate.store import Store

FACTS: Mapping[str, Facts] = {
    "exif": ExifFacts(Exif(date_time="2024:05:04 10:00:00", camera="Canon EOS R5")),
    "quality": QualityFacts(Scores(), width=6000, height=4000),
    "caption": CaptionFacts(()),
    "publish": PublishFacts(()),
    "deliver": PublishFacts(()),
}
#: longer than Celery's default patience with a new process
SLOW_START_S = 6.0
SLOW_START_FILE = "slow-start"
GPU_DIARY = "gpu-diary"


class Nothing:
    """Work that gives the same facts for every photo."""

    def __init__(self, step: str) -> None:
        self._step = step

    def why_not_ready(self) -> str | None:
        return None

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        for claim in claims:
            _misbehave(claim)
        return [FACTS[self._step]] * len(claims)

    def close(self) -> None:
        return


def _misbehave(claim: Claim) -> None:
    name, is_first = Path(claim.photo.original_file_name).stem.rstrip("0123456789"), claim.photo.position.attempt == 1
    if name == "kill_always" or (name == "kill_once" and is_first):
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "memory":
        raise MemoryError
    if name == "sleep":
        time.sleep(120)


class OnGpu(Nothing):
    """Work that needs the GPU, and keeps a diary of when it had it."""

    def __init__(self, home: Path) -> None:
        super().__init__("caption")
        self._lock = GpuLock(home / "locks" / "gpu-test.lock")
        self._diary = home / GPU_DIARY

    def why_not_ready(self) -> str | None:
        return None if self._lock.acquire() else self._lock.why_not_free()

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        began = time.monotonic()
        time.sleep(0.05)
        with self._diary.open("a") as diary:
            diary.write(f"{os.getpid()} {began} {time.monotonic()}\n")
        return super().do(claims)

    def close(self) -> None:
        self._lock.release()


def _builder(step: str) -> Callable[[Settings, Store], Work]:
    def build(settings: Settings, store: Store) -> Work:
        if (settings.home / SLOW_START_FILE).exists():
            time.sleep(SLOW_START_S)
        return OnGpu(settings.home) if step == "caption" else Nothing(step)

    return build


def noop(stage: Stage) -> Stage:
    """Give a stage its own batch, no work, and so few attempts that a test sees the last one."""
    step = replace(stage.step, max_attempts=2)
    return replace(stage, step=step, build=_builder(stage.name), soft_limit_s=20, hard_limit_s=30)
