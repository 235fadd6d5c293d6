"""The obvious way to make pictures and scores: every part opens and decodes the original itself, with Pillow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lightgate.adapters.pixels.darkroom import PROXY_PX, THUMB_PX, VIEW_PX
from lightgate.adapters.pixels.measure.metrics import measure

#: long edge and JPEG quality, as ours
_PICTURES = ((VIEW_PX, 85), (PROXY_PX, 90), (THUMB_PX, 82))
_MODEL_PX = 224
_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)
_STD = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)


def decoded(original: Path) -> Image.Image:
    """Decode an original whole, upright, in RGB."""
    image = Image.open(original)
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    return image if image.mode == "RGB" else image.convert("RGB")


def fitted(original: Path, edge_px: int) -> Image.Image:
    """Decode an original and shrink it."""
    whole = decoded(original)
    scale = edge_px / max(whole.size)
    return whole.resize((round(whole.width * scale), round(whole.height * scale)), Image.Resampling.LANCZOS)


def develop(original: Path, folder: Path) -> NDArray[np.float32]:
    """Make the three pictures, the measurements and CLIP's input by five decodes; give CLIP's input."""
    for edge_px, quality in _PICTURES:
        fitted(original, edge_px).save(folder / f"{original.stem}-{edge_px}.jpg", quality=quality)
    measure(np.asarray(fitted(original, PROXY_PX)))
    small = decoded(original).resize((_MODEL_PX, _MODEL_PX), Image.Resampling.BICUBIC)
    scaled = np.asarray(small, dtype=np.float32) / 255
    return np.asarray(((scaled - _MEAN) / _STD).transpose(2, 0, 1)[None], dtype=np.float32)


def plain(original: Path, folder: Path, prepare: Any) -> Any:
    """Do what a short script would: decode once, make each picture from the one before, and CLIP's input from the
    last by the model's own transforms; nothing is measured.
    """
    picture = decoded(original)
    for edge_px, quality in _PICTURES:
        picture.thumbnail((edge_px, edge_px))
        picture.save(folder / f"{original.stem}-{edge_px}.jpg", quality=quality)
    return prepare(picture).unsqueeze(0)


def rate(visual: Any, torch: Any, prepared: NDArray[np.float32]) -> NDArray[np.float32]:
    """Show one picture to a model in single precision."""
    with torch.inference_mode():
        return np.asarray(visual(torch.from_numpy(prepared)).numpy())
