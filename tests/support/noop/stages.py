"""Stages without work. A photo named ``kill_once.jpg`` kills its worker the first time, and so on."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from billiard.exceptions import SoftTimeLimitExceeded

from lightgate.adapters.host.gpu_lock import GpuLock
from lightgate.domain.photo import (
    CaptionFacts,
    Claim,
    Exif,
    ExifFacts,
    Facts,
    Photo,
    PublishFacts,
    QualityFacts,
    Scores,
)
from lightgate.engine.stage import Finding, Stage, Work
from lightgate.settings import Settings
from lightgate.store import Store

CAMERAS = ("Canon EOS R5", "NIKON D70", None)
FACTS: Mapping[str, Facts] = {
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
        return [FACTS.get(self._step) or header_of(claim.photo) for claim in claims]

    def close(self) -> None:
        return


def header_of(photo: Photo) -> ExifFacts:
    """Give a header that follows from the photo alone; some have no time and some no camera."""
    number = int(photo.content_hash[:6], 16)
    date_time = None if number % 7 == 0 else f"2024:05:04 10:{number % 50:02}:00"
    return ExifFacts(Exif(date_time=date_time, camera=CAMERAS[number % 3]))


def _misbehave(claim: Claim) -> None:
    name, is_first = Path(claim.photo.original_file_name).stem.rstrip("0123456789"), claim.photo.position.attempt == 1
    if name == "kill_always" or (name == "kill_once" and is_first):
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "sleep":
        time.sleep(120)
    if name == "steady":
        time.sleep(0.02)
    if name in _FAULTS:
        _FAULTS[name]()


def _recurse() -> None:
    _recurse()


def _hang() -> None:
    """Stand still like a library that swallows Celery's soft limit: only the hard one ends it."""
    while True:
        with suppress(SoftTimeLimitExceeded):
            time.sleep(120)


def _raise(error: BaseException) -> None:
    raise error


#: by the name of the photo: what it does to its worker every time
_FAULTS: Mapping[str, Callable[[], object]] = {
    "memory": lambda: _raise(MemoryError()),
    "exit": lambda: sys.exit(3),
    "interrupt": lambda: _raise(KeyboardInterrupt()),
    "recursion": _recurse,
    "os_exit": lambda: os._exit(0),
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "slow": lambda: time.sleep(120),
    "hang": _hang,
}


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
    """Give a stage its own batch, no work, and so few attempts that a test sees the last one.

    ``quality`` has little patience, for photos that take too long.
    """
    step = replace(stage.step, max_attempts=2)
    soft_s, hard_s, drain_s = (3, 5, 1) if stage.name == "quality" else (20, 30, stage.drain_s)
    return replace(
        stage,
        step=step,
        build=_builder(stage.name),
        soft_limit_s=soft_s,
        hard_limit_s=hard_s,
        drain_s=drain_s,
        # nothing here loads a model
        start_method="fork",
    )
