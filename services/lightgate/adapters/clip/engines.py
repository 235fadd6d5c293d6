"""Engines that turn pictures into unit vectors, by torch or by ONNX Runtime, from a prepared kit."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from lightgate.adapters.clip.kit import INT8, Floats, Kit
from lightgate.adapters.clip.weights import LOAD_ERRORS, open_clip_module
from lightgate.errors import ClipUnavailable

TORCH_FILE, ONNX_FILE = "visual.pt", "visual.onnx"
INPUT, OUTPUT = "pictures", "embeddings"


class Engine(Protocol):
    """The image side of a model, in memory."""

    def embed(self, pictures: Floats) -> Floats:
        """Give unit vectors ``(n, d)`` float32 for prepared pictures ``(n, 3, size, size)``."""


def engine_for(kit: Kit, threads: int) -> Engine:
    """Load what the kit holds.

    Raises:
        ClipUnavailable: a package is missing, or the kit is damaged.
    """
    return onnx_engine(kit.folder / ONNX_FILE, threads) if kit.facts.precision == INT8 else _torch_engine(kit, threads)


@dataclass(frozen=True, slots=True)
class TorchEngine:
    """A model's image side on torch's device, in torch's precision."""

    visual: Any
    torch: Any
    device: str
    dtype: Any

    def embed(self, pictures: Floats) -> Floats:
        with self.torch.inference_mode():
            given = self.torch.from_numpy(pictures).to(self.device, self.dtype)
            found = self.visual(given)
            found = found[0] if isinstance(found, tuple) else found
            return unit(np.asarray(found.float().cpu().numpy(), dtype=np.float32))


@dataclass(frozen=True, slots=True)
class OnnxEngine:
    """A model's image side in ONNX Runtime."""

    session: Any

    def embed(self, pictures: Floats) -> Floats:
        return unit(np.asarray(self.session.run([OUTPUT], {INPUT: pictures})[0], dtype=np.float32))


def unit(vectors: Floats) -> Floats:
    """Bring every row to length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def onnx_engine(file: Path, threads: int) -> OnnxEngine:
    """Open an exported image side.

    Raises:
        ClipUnavailable: without the package, or on a damaged file.
    """
    if importlib.util.find_spec("onnxruntime") is None:
        raise ClipUnavailable(reason="the package onnxruntime is not installed (pip install 'lightgate[onnx]')")
    runtime: Any = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # threads that wait between two batches would keep their cores from developing
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return OnnxEngine(runtime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"]))
    except (RuntimeError, OSError, ValueError) as error:
        raise ClipUnavailable(reason=f"{file} cannot be read; delete its folder") from error


def _torch_engine(kit: Kit, threads: int) -> TorchEngine:
    open_clip: Any = open_clip_module()
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(threads)
    facts = kit.facts
    visual = empty_visual(open_clip, torch, facts.model, facts.quick_gelu)
    try:
        held = torch.load(kit.folder / TORCH_FILE, map_location="cpu", weights_only=True)
        visual.load_state_dict(held, strict=True, assign=True)
        return TorchEngine(visual.to(facts.device).eval(), torch, facts.device, getattr(torch, facts.precision))
    except LOAD_ERRORS as error:
        raise ClipUnavailable(reason=f"the prepared model in {kit.folder} does not fit; delete that folder") from error


def empty_visual(open_clip: Any, torch: Any, model: str, quick_gelu: bool) -> Any:
    """Make a model's image side without memory for its weights, which are then put in place."""
    with quiet(), torch.device("meta"):
        whole = open_clip.create_model(model, device="meta", force_quick_gelu=quick_gelu, load_weights=False)
    return whole.visual


@contextlib.contextmanager
def quiet() -> Any:
    """Silence open_clip's progress and its warnings on the root logger."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        root.setLevel(level)
