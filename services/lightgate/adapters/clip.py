"""Aesthetic scores by open_clip: antonym prompts, and a linear head where one is configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lightgate.adapters.clip_head import Floats, Head, load_head
from lightgate.adapters.clip_model import ClipModel, file_hash, load
from lightgate.errors import ClipUnavailable, UnreadableImage
from lightgate.ports import Rating

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
_NVIDIA = Path("/dev/nvidiactl")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where the middle of a model's antonym logits lies, and how wide they spread.

    The defaults assume an unbiased model with logits of a few units; they are no measurement.
    """

    middle: float = 0.0
    width: float = 1.5


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: ClipModel
    head: Head | None
    name: str


class OpenClip:
    """``ports.AestheticScorer``. The model is loaded at the first picture, once; a failure is remembered."""

    def __init__(
        self,
        model: str,
        weights: str,
        *,
        head: Path | None = None,
        device: str = "auto",
        batch: int = 8,
        threads: int = 1,
        calibration: Calibration | None = None,
    ) -> None:
        self._model = model
        self._weights = weights
        self._head = head
        self._device = device
        self._batch = batch
        self._threads = threads
        self._calibration = calibration or Calibration()
        self._loaded: _Loaded | ClipUnavailable | None = None

    def wants_gpu(self) -> bool:
        """Does, or may, the model run on the GPU that the caption model uses too?"""
        if isinstance(self._loaded, _Loaded):
            return self._loaded.model.device.startswith("cuda")
        return self._loaded is None and self._device != "cpu" and _NVIDIA.exists()

    def rate(self, proxies: Sequence[Path]) -> Sequence[Rating]:
        """Rate pictures, some at a time."""
        if not proxies:
            return ()
        loaded = self._get()
        groups = [proxies[at : at + self._batch] for at in range(0, len(proxies), self._batch)]
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

    def _load(self) -> _Loaded:
        model = load(self._model, self._weights, self._device, self._threads, PAIRS)
        name = f"{model.name} prompts-{PROMPTS_VERSION}"
        if self._head is None:
            return _Loaded(model, None, name)
        head = load_head(self._head, model.directions.shape[1])
        return _Loaded(model, head, f"{name} head-{file_hash(self._head)}")

    def _rated(self, loaded: _Loaded, group: Sequence[Path]) -> list[Rating]:
        embeddings = loaded.model.embed(np.stack([_prepared(file, loaded.model) for file in group]))
        scores = self._antonym_scores(loaded.model, embeddings)
        if loaded.head is not None:
            scores = np.mean([scores, _on_ten(loaded.head.scores(embeddings))], axis=0, dtype=np.float32)
        vectors = embeddings.astype("<f2")
        return [
            Rating(round(float(score), 4), vector.tobytes(), loaded.name)
            for score, vector in zip(scores, vectors, strict=True)
        ]

    def _antonym_scores(self, model: ClipModel, embeddings: Floats) -> Floats:
        logits = (embeddings @ model.directions.T).mean(axis=1)
        spread = np.clip((logits - self._calibration.middle) / self._calibration.width, -30, 30)
        return np.asarray(10 / (1 + np.exp(-spread)), dtype=np.float32)


def _on_ten(scores: Floats) -> Floats:
    return np.asarray(10 * np.clip((scores - _HEAD_WORST) / (_HEAD_BEST - _HEAD_WORST), 0, 1), dtype=np.float32)


def _prepared(file: Path, model: ClipModel) -> Floats:
    """Squash the whole picture into the model's square: a crop would drop a third of a 3:2 frame."""
    edge = (model.size_px, model.size_px)
    try:
        with Image.open(file) as picture:
            picture.draft("RGB", (2 * edge[0], 2 * edge[1]))
            small = picture.convert("RGB").resize(edge, Image.Resampling[model.resampling])
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableImage(reason="its proxy is damaged") from error
    scaled = np.asarray(small, dtype=np.float32) / 255
    return np.asarray(((scaled - model.mean) / model.std).transpose(2, 0, 1), dtype=np.float32)
