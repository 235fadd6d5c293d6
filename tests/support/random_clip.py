"""ViT-B/32 with random weights: as fast as the real one, and as worthless as a judge."""

from __future__ import annotations

import importlib
import importlib.util
import os
from pathlib import Path
from typing import Any

from lightgate.adapters.clip.engines import quiet
from lightgate.adapters.clip.kit import Kit, Wanted, kit_for
from lightgate.adapters.clip.scorer import PAIRS
from lightgate.adapters.clip.weights import open_clip_module

MODEL = "ViT-B-32"
#: multiplications and additions of the image side for one picture
FLOP = 8.82e9


def precisions() -> list[str]:
    """Give what can run here; BENCH_PRECISIONS names some of them, for a long run."""
    has_onnx = all(importlib.util.find_spec(name) for name in ("onnxruntime", "onnx", "onnxscript"))
    found = [*(["int8"] if has_onnx else []), "bfloat16", "float32"]
    wanted = os.environ.get("BENCH_PRECISIONS", "").split()
    return [each for each in found if each in wanted or not wanted]


def is_there() -> bool:
    """Is open_clip installed?"""
    return importlib.util.find_spec("open_clip") is not None


def write_weights(folder: Path) -> Path:
    """Write a checkpoint, 605 MB."""
    file = folder / "random-vit-b-32.pt"
    if not file.is_file():
        open_clip: Any = open_clip_module()
        torch: Any = importlib.import_module("torch")
        torch.manual_seed(1)
        with quiet():
            torch.save(open_clip.create_model(MODEL).state_dict(), file)
    return file


def kit(folder: Path, precision: str, device: str = "cpu") -> Kit:
    """Prepare the model."""
    return kit_for(Wanted(MODEL, str(write_weights(folder)), device, precision, PAIRS), folder / "models")
