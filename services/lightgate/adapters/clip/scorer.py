"""Aesthetic scores by CLIP: antonym prompts, a linear head where one is configured; and hints at what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import numpy as np
from PIL import Image

from lightgate.adapters.clip.engines import Engine, engine_for
from lightgate.adapters.clip.head import Floats, Head, load_head
from lightgate.adapters.clip.kit import AUTO, NVIDIA, Kit, Preparing, Wanted, is_to_be_prepared, kit_for
from lightgate.adapters.clip.labels import Label, labels_from
from lightgate.adapters.clip.model import file_hash
from lightgate.domain.photo import Hint
from lightgate.errors import ClipUnavailable
from lightgate.files.data_folder import DataFolder
from lightgate.ports.pictures import GLANCE_PX, Rating
from lightgate.settings import Clip

#: raised whenever a prompt changes
PROMPTS_VERSION = "1"
#: CLIP-IQA's pairs; Source: Wang, Chan and Loy 2023, Exploring CLIP for assessing the look and feel of images
PAIRS = (
    ("Good photo.", "Bad photo."),
    ("Good image.", "Bad image."),
    ("Sharp image.", "Blurry image."),
    ("High resolution image.", "Low resolution image."),
    ("Noise-free image.", "Noisy image."),
)
#: a LAION head gives about 3.5 to a snapshot that nobody likes, 7 to one that wins prizes
_HEAD_WORST, _HEAD_BEST = 3.5, 7.0
_GPU_BATCH = 64
#: hints for one picture, and the share of the labels' probability that one needs
_MOST_HINTS, _LEAST_SHARE = 5, 0.05


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where the middle of a model's antonym logits lies, and how wide they spread.

    The defaults assume an unbiased model with logits of a few units; they are no measurement.
    """

    middle: float = 0.0
    width: float = 1.5


@dataclass(frozen=True, slots=True)
class _Loaded:
    kit: Kit
    engine: Engine
    head: Head | None
    name: str


class OpenClip:
    """``ports.pictures.AestheticScorer``. The model is loaded when it is first asked for, once; so is its failure."""

    def __init__(
        self,
        model: str,
        weights: str,
        cache: Path,
        *,
        head: Path | None = None,
        device: str = "auto",
        precision: str = AUTO,
        batch: int = 8,
        threads: int = 1,
        calibration: Calibration | None = None,
        labels: Sequence[Label] = (),
        prepare: Preparing | None = None,
    ) -> None:
        self._wanted = Wanted(model, weights, device, precision, PAIRS, tuple(each.sentence for each in labels))
        self._cache = cache
        self._head = head
        self._batch = batch
        self._threads = threads
        self._calibration = calibration or Calibration()
        self._labels = tuple(labels)
        self._prepare = prepare
        self._preparing: Thread | None = None
        self._kit: Kit | ClipUnavailable | None = None
        self._loaded: _Loaded | ClipUnavailable | None = None

    def wants_gpu(self) -> bool:
        """Does, or may, the model run on the GPU that the caption model uses too?"""
        if isinstance(self._loaded, _Loaded):
            return self._loaded.kit.facts.device.startswith("cuda")
        return self._loaded is None and self._wanted.device != "cpu" and NVIDIA.exists()

    def batch(self) -> int:
        """Give how many pictures at once suit the model."""
        return _GPU_BATCH if self.wants_gpu() else self._batch

    def prepare(self) -> None:
        """Begin to prepare the model, on a thread, where that was never done; of several processes one does it."""
        try:
            if self._preparing is None and is_to_be_prepared(self._wanted, self._cache):
                self._preparing = Thread(target=self._find_kit, name="clip", daemon=True)
                self._preparing.start()
        except ClipUnavailable as error:
            self._loaded = error

    def why_not_ready(self) -> str | None:
        """Say that the model is still being prepared."""
        if self._preparing is None or not self._preparing.is_alive():
            return None
        return f"Preparing CLIP {self._wanted.model}, once for this machine; ratings wait for it."

    def load(self) -> str:
        """Load the model now, preparing it where need be, and name it."""
        return self._get().name

    def rate(self, glances: Sequence[bytes]) -> Sequence[Rating]:
        """Rate pictures, some at a time."""
        if not glances:
            return ()
        loaded, size = self._get(), self.batch()
        groups = [glances[at : at + size] for at in range(0, len(glances), size)]
        return [rating for group in groups for rating in self._rated(loaded, group)]

    def _get(self) -> _Loaded:
        if self._loaded is None:
            try:
                self._loaded = self._load()
            except ClipUnavailable as error:
                self._loaded = error
        if isinstance(self._loaded, ClipUnavailable):
            raise ClipUnavailable(self._loaded.message)
        return self._loaded

    def _find_kit(self) -> None:
        try:
            self._kit = kit_for(self._wanted, self._cache, self._prepare)
        except ClipUnavailable as error:
            self._kit = error

    def _found_kit(self) -> Kit:
        if self._preparing is not None:
            self._preparing.join()
        if self._kit is None:
            self._find_kit()
        if not isinstance(self._kit, Kit):
            raise self._kit or ClipUnavailable(reason="preparing it broke off")
        return self._kit

    def _load(self) -> _Loaded:
        kit = self._found_kit()
        name = f"{kit.name} prompts-{PROMPTS_VERSION}"
        engine = engine_for(kit, self._threads)
        if self._head is None:
            return _Loaded(kit, engine, None, name)
        head = load_head(self._head, kit.directions.shape[1])
        return _Loaded(kit, engine, head, f"{name} head-{file_hash(self._head)}")

    def _rated(self, loaded: _Loaded, group: Sequence[bytes]) -> list[Rating]:
        kit = loaded.kit
        embeddings = loaded.engine.embed(np.stack([_prepared(glance, kit) for glance in group]))
        scores = self._antonym_scores(kit, embeddings)
        if loaded.head is not None:
            scores = np.mean([scores, _on_ten(loaded.head.scores(embeddings))], axis=0, dtype=np.float32)
        hints = self._hints(kit, embeddings)
        vectors = embeddings.astype("<f2")
        return [
            Rating(round(float(score), 4), vector.tobytes(), loaded.name, found)
            for score, vector, found in zip(scores, vectors, hints, strict=True)
        ]

    def _antonym_scores(self, kit: Kit, embeddings: Floats) -> Floats:
        logits = (embeddings @ kit.directions.T).mean(axis=1)
        spread = np.clip((logits - self._calibration.middle) / self._calibration.width, -30, 30)
        return np.asarray(10 / (1 + np.exp(-spread)), dtype=np.float32)

    def _hints(self, kit: Kit, embeddings: Floats) -> list[tuple[Hint, ...]]:
        """Share one unit of probability among the labels, and keep the likely ones."""
        if not self._labels:
            return [()] * len(embeddings)
        logits = kit.facts.scale * (embeddings @ kit.labels.T)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return [self._likely(each) for each in shares]

    def _likely(self, shares: Floats) -> tuple[Hint, ...]:
        best = np.argsort(-shares, kind="stable")[:_MOST_HINTS]
        return tuple(
            Hint(self._labels[at].name, round(float(shares[at]), 3)) for at in best if shares[at] >= _LEAST_SHARE
        )


def open_clip(clip: Clip, folder: DataFolder, threads: int = 1) -> OpenClip:
    """Make the scorer that the settings describe; nothing is loaded yet."""
    return OpenClip(
        clip.model,
        clip.weights,
        folder.models,
        head=clip.aesthetic_head,
        device=clip.device,
        precision=clip.precision,
        batch=clip.batch,
        threads=threads,
        labels=labels_from(folder.labels),
    )


def _on_ten(scores: Floats) -> Floats:
    return np.asarray(10 * np.clip((scores - _HEAD_WORST) / (_HEAD_BEST - _HEAD_WORST), 0, 1), dtype=np.float32)


def _prepared(glance: bytes, kit: Kit) -> Floats:
    facts = kit.facts
    edge = (facts.size_px, facts.size_px)
    picture = Image.frombytes("RGB", (GLANCE_PX, GLANCE_PX), glance)
    small = np.asarray(picture.resize(edge, Image.Resampling[facts.resampling]), dtype=np.float32) / np.float32(255)
    mean, std = np.asarray(facts.mean, dtype=np.float32), np.asarray(facts.std, dtype=np.float32)
    return np.asarray(((small - mean) / std).transpose(2, 0, 1), dtype=np.float32)
