"""Worker processes that read headers, develop and rate photographs as the stages do, and say what it cost."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightgate.adapters.clip.scorer import OpenClip
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.domain.photo import Claim, Photo, QualityFacts
from lightgate.domain.rating.quality import BandLimits
from lightgate.domain.route.pipeline import Position, Status
from lightgate.files.data_folder import DataFolder
from lightgate.steps.quality import QualityWork
from support import random_clip
from support.measuring import peak_rss_mb

_BATCH = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took, without loading the model."""

    photos: int
    wall_s: float
    cpu_s: float
    #: highest of all processes
    peak_rss_mb: float
    #: CPU seconds a photo in the first quarter of the run and in the last, of one process
    first_s: float
    last_s: float


def run_line(originals: Sequence[Path], home: Path, weights: Path, precision: str, processes: int) -> Cost:
    """Send photographs through so many processes, each with one thread."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes + 1)
    answers = context.SimpleQueue()
    shares = [originals[at::processes] for at in range(processes)]
    workers = [
        context.Process(target=_work, args=(share, home, weights, precision, barrier, answers)) for share in shares
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    found = [answers.get() for _ in workers]
    wall_s = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return Cost(
        photos=len(originals),
        wall_s=wall_s,
        cpu_s=sum(each[0] for each in found),
        peak_rss_mb=max(each[1] for each in found),
        first_s=max(each[2] for each in found),
        last_s=max(each[3] for each in found),
    )


def _work(originals: Sequence[Path], home: Path, weights: Path, precision: str, barrier: Any, answers: Any) -> None:
    folder = DataFolder(home)
    headers = PillowHeaders(200, 1024)
    scorer = OpenClip(random_clip.MODEL, str(weights), folder.models, device="cpu", precision=precision, batch=_BATCH)
    work = QualityWork(VipsDarkroom(200), folder, BandLimits(), scorer)
    claims = [_claim(number, original, folder) for number, original in enumerate(originals)]
    assert isinstance(work.do(claims[:1])[0], QualityFacts)
    barrier.wait()
    cpu, took = time.process_time(), []
    for at in range(0, len(claims), _BATCH):
        start = time.process_time()
        for original in originals[at : at + _BATCH]:
            headers.read(original)
        group = claims[at : at + _BATCH]
        for found in work.do(group):
            assert isinstance(found, QualityFacts)
            assert found.embedding
        took.append((time.process_time() - start) / len(group))
    quarter = max(1, len(took) // 4)
    first_s, last_s = sum(took[:quarter]) / quarter, sum(took[-quarter:]) / quarter
    answers.put((time.process_time() - cpu, peak_rss_mb(), first_s, last_s))


def _claim(number: int, original: Path, folder: DataFolder) -> Claim:
    content_hash = f"{os.getpid():032x}{number:032x}"
    copy = folder.original(content_hash, ".jpg")
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.symlink_to(original)
    photo = Photo(
        id=number,
        set_id=1,
        set_slug="bench",
        position=Position("quality", Status.RUNNING, 1),
        version=1,
        original_file_name=original.name,
        relative_path=original.name,
        content_hash=content_hash,
        size_bytes=original.stat().st_size,
        suffix=".jpg",
        subject="",
        location="",
        folder="",
    )
    return Claim(photo, 1, "bench")
