"""A whole CLIP model as open_clip loads it, and what its text side makes of words."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.clip.engines import quiet
from lightgate.adapters.clip.weights import LOAD_ERRORS, Weights, find_weights, open_clip_module
from lightgate.errors import ClipUnavailable

Floats = NDArray[np.float32]

_RESAMPLING = {"bilinear": "BILINEAR", "bicubic": "BICUBIC"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with both sides, in single precision on the processor."""

    model: str
    whole: Any
    torch: Any
    open_clip: Any
    weights: Weights
    #: pixels of the square it looks at
    size_px: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    #: Pillow's name
    resampling: str


def load(model: str, weights: str) -> Loaded:
    """Load a model from this disk.

    Raises:
        ClipUnavailable: with one sentence why.
    """
    checkpoint = find_weights(model, weights)
    open_clip: Any = open_clip_module()
    _stay_offline()
    whole = _created(open_clip, model, checkpoint)
    prepared = whole.visual.preprocess_cfg
    size = prepared["size"]
    return Loaded(
        model=model,
        whole=whole,
        torch=importlib.import_module("torch"),
        open_clip=open_clip,
        weights=checkpoint,
        size_px=int(size if isinstance(size, int) else size[0]),
        mean=tuple(map(float, prepared["mean"])),
        std=tuple(map(float, prepared["std"])),
        resampling=_RESAMPLING.get(str(prepared["interpolation"]), "BICUBIC"),
    )


def file_hash(file: Path) -> str:
    """Give the first 12 hex digits of a file's SHA-256: which weights these were."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


def place(torch: Any, device: str) -> str:
    """Give torch's device for the setting.

    Raises:
        ClipUnavailable: there is none such.
    """
    has_cuda = bool(torch.cuda.is_available())
    if device == "auto":
        return "cuda" if has_cuda else "cpu"
    if device.startswith("cuda") and not has_cuda:
        raise ClipUnavailable(reason=f"clip.device is {device}, but torch sees no such GPU")
    try:
        torch.device(device)
    except RuntimeError as error:
        raise ClipUnavailable(reason=f"torch knows no device {device} (setting clip.device)") from error
    return device


def encoded(loaded: Loaded, texts: Sequence[str], batch: int = 64) -> Floats:
    """Give unit vectors ``(n, d)`` float32 of texts.

    Raises:
        ClipUnavailable: the model's tokenizer is not on this machine.
    """
    try:
        tokenizer = loaded.open_clip.get_tokenizer(loaded.model)
    except LOAD_ERRORS as error:
        raise ClipUnavailable(reason=f"the tokenizer of {loaded.model} is not on this machine") from error
    with loaded.torch.inference_mode():
        parts = [
            loaded.whole.encode_text(tokenizer(list(texts[at : at + batch])), normalize=True).float().numpy()
            for at in range(0, len(texts), batch)
        ]
    return np.asarray(np.concatenate(parts), dtype=np.float32)


def _stay_offline() -> None:
    """Make a model that wants to look something up on the hub fail at once."""
    constants: Any = importlib.import_module("huggingface_hub.constants")
    constants.HF_HUB_OFFLINE = True


def _created(open_clip: Any, model: str, weights: Weights) -> Any:
    if model not in open_clip.list_models():
        raise ClipUnavailable(reason=f"open_clip knows no model {model}")
    try:
        with quiet():
            return open_clip.create_model(
                model,
                pretrained=str(weights.file),
                force_quick_gelu=weights.quick_gelu,
                force_preprocess_cfg=weights.preparation or None,
                require_pretrained=True,
            ).eval()
    except LOAD_ERRORS as error:
        raise ClipUnavailable(reason=_why_not_loaded(error, model, weights.file)) from error


def _why_not_loaded(error: BaseException, model: str, file: Path) -> str:
    said = str(error).casefold()
    does_not_fit = isinstance(error, AssertionError | AttributeError | LookupError) or any(
        word in said for word in ("missing key", "unexpected key", "size mismatch", "shape")
    )
    return f"{file} holds no weights of {model}" if does_not_fit else f"{file} is not a checkpoint that can be read"
