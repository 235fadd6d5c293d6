"""A CLIP model in memory: its image side on the chosen device, and the directions that texts span."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.clip_weights import LOAD_ERRORS, Weights, find_weights, open_clip_module
from lightgate.errors import ClipUnavailable

Floats = NDArray[np.float32]

#: measured twice as fast as single precision on the first; emulated, and slower, where neither is there
_BFLOAT16_UNITS = ("avx512_bf16", "amx_bf16")
_RESAMPLING = {"bilinear": "BILINEAR", "bicubic": "BICUBIC"}


@dataclass(frozen=True, slots=True)
class ClipModel:
    """What scoring needs of a model."""

    visual: Any
    torch: Any
    device: str
    dtype: Any
    #: pixels of the square the model looks at
    size_px: int
    mean: Floats
    std: Floats
    #: Pillow's name
    resampling: str
    #: ``(pairs, d)`` float32: scale times (good text minus bad text)
    directions: Floats
    #: ``ViT-B-32 0123456789ab cpu-float32``
    name: str

    def embed(self, pictures: Floats) -> Floats:
        """Give unit vectors ``(n, d)`` float32 for prepared pictures ``(n, 3, size, size)``."""
        with self.torch.inference_mode():
            given = self.torch.from_numpy(pictures).to(self.device, self.dtype)
            found = self.visual(given)
            found = (found[0] if isinstance(found, tuple) else found).float()
            unit = found / found.norm(dim=-1, keepdim=True)
            return np.asarray(unit.cpu().numpy(), dtype=np.float32)


def load(model: str, weights: str, device: str, threads: int, pairs: Sequence[tuple[str, str]]) -> ClipModel:
    """Load a model from this disk, encode the pairs of texts, and let its text side go.

    Raises:
        ClipUnavailable: with one sentence why.
    """
    checkpoint = find_weights(model, weights)
    open_clip: Any = open_clip_module()
    torch: Any = importlib.import_module("torch")
    _stay_offline()
    torch.set_num_threads(threads)
    place = _place(torch, device)
    whole = _created(open_clip, model, checkpoint)
    directions = _directions(open_clip, torch, whole, model, pairs)
    dtype = _fastest_dtype(torch, place)
    prepared = whole.visual.preprocess_cfg
    size = prepared["size"]
    return ClipModel(
        visual=whole.visual.to(device=place, dtype=dtype).eval(),
        torch=torch,
        device=place,
        dtype=dtype,
        size_px=int(size if isinstance(size, int) else size[0]),
        mean=np.asarray(prepared["mean"], dtype=np.float32),
        std=np.asarray(prepared["std"], dtype=np.float32),
        resampling=_RESAMPLING.get(str(prepared["interpolation"]), "BICUBIC"),
        directions=directions,
        name=f"{model} {file_hash(checkpoint.file)} {place}-{str(dtype).removeprefix('torch.')}",
    )


def file_hash(file: Path) -> str:
    """Give the first 12 hex digits of a file's SHA-256: which weights these were."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


def _stay_offline() -> None:
    """Make a model that wants to look something up on the hub fail at once."""
    constants: Any = importlib.import_module("huggingface_hub.constants")
    constants.HF_HUB_OFFLINE = True


def _place(torch: Any, device: str) -> str:
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


def _created(open_clip: Any, model: str, weights: Weights) -> Any:
    if model not in open_clip.list_models():
        raise ClipUnavailable(reason=f"open_clip knows no model {model}")
    try:
        # open_clip and the hub print progress and warnings
        with contextlib.redirect_stderr(io.StringIO()):
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


def _directions(open_clip: Any, torch: Any, whole: Any, model: str, pairs: Sequence[tuple[str, str]]) -> Floats:
    """Encode the texts once; only the difference within a pair matters."""
    try:
        tokenizer = open_clip.get_tokenizer(model)
    except LOAD_ERRORS as error:
        raise ClipUnavailable(reason=f"the tokenizer of {model} is not on this machine") from error
    texts = [text for pair in pairs for text in pair]
    with torch.inference_mode():
        encoded = whole.encode_text(tokenizer(texts), normalize=True).float()
        scale = float(whole.logit_scale.exp())
    vectors = np.asarray(encoded.numpy(), dtype=np.float32).reshape(len(pairs), 2, -1)
    return np.asarray(scale * (vectors[:, 0] - vectors[:, 1]), dtype=np.float32)


def _fastest_dtype(torch: Any, place: str) -> Any:
    """Take half precision on a GPU, bfloat16 on a processor that multiplies it in hardware, else single.

    By what the hardware says, not by a stopwatch: a busy machine would choose now this, now that, and scores of
    different precision must not mix.
    """
    if place.startswith("cuda"):
        return torch.float16
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    has_bfloat16 = any(capabilities.get(name) for name in _BFLOAT16_UNITS)
    return torch.bfloat16 if place == "cpu" and has_bfloat16 else torch.float32
