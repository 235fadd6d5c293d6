"""A linear head that turns a CLIP embedding into an aesthetic score, in the formats that LAION published."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.clip.weights import LOAD_ERRORS
from lightgate.errors import ClipUnavailable

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """``score = embedding @ weight + bias``, about 0 to 10."""

    weight: Floats
    bias: float

    def scores(self, embeddings: Floats) -> Floats:
        """Score unit vectors ``(n, d)``."""
        return np.asarray(embeddings @ self.weight + self.bias, dtype=np.float32)


def load_head(file: Path, width: int) -> Head:
    """Read a head for embeddings of a width: one linear layer (v1), or several without activations (v2).

    Layers without activations between them are one linear map, so they are multiplied out.

    Raises:
        ClipUnavailable: absent, unreadable, or for another model.
    """
    if not file.is_file():
        raise ClipUnavailable(reason=f"there is no aesthetic head {file}")
    torch: Any = importlib.import_module("torch")
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
        layers = _layers({name: tensor.double().numpy() for name, tensor in held.items()})
        weight, bias = layers[0]
        for following, shift in layers[1:]:
            weight, bias = following @ weight, following @ bias + shift
    except LOAD_ERRORS as error:
        raise ClipUnavailable(reason=f"{file} is not an aesthetic head in LAION's format") from error
    if weight.shape != (1, width):
        raise ClipUnavailable(reason=f"the aesthetic head {file} is for another model than this one")
    return Head(weight[0].astype(np.float32), float(bias[0]))


def _layers(held: dict[str, NDArray[np.float64]]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    prefixes = sorted(
        {name.rpartition(".")[0] for name in held},
        key=lambda prefix: [int(p) for p in prefix.split(".") if p.isdigit()],
    )
    names = [(f"{prefix}.weight", f"{prefix}.bias") if prefix else ("weight", "bias") for prefix in prefixes]
    return [(held[weight], held[bias]) for weight, bias in names]
