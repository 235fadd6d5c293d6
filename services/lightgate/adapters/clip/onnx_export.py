"""Export a CLIP model's image side to ONNX with its weights as 8-bit integers."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lightgate.adapters.clip.engines import INPUT, OUTPUT, quiet
from lightgate.adapters.clip.model import Loaded
from lightgate.adapters.clip.weights import LOAD_ERRORS
from lightgate.errors import ClipUnavailable

_PACKAGES = ("onnxruntime", "onnx", "onnxscript")
#: processors that add products of 8-bit integers without overflow; others need weights of 7 bits
_EXACT_UNITS = ("avx512_vnni", "avx_vnni", "avx10_1", "amx_int8")


def require() -> None:
    """Look for the packages, without importing them.

    Raises:
        ClipUnavailable: one is missing.
    """
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise ClipUnavailable(reason=f"{', '.join(missing)} is not installed (pip install 'lightgate[onnx]')")


def export(loaded: Loaded, file: Path) -> None:
    """Write the image side; its inputs and outputs are float32, batches of any size.

    Raises:
        ClipUnavailable: a package is missing, or the model has parts that cannot be exported.
    """
    require()
    torch = loaded.torch
    # two, since a dimension of one would be taken for fixed
    example = torch.zeros(2, 3, loaded.size_px, loaded.size_px)
    try:
        with (
            tempfile.TemporaryDirectory(dir=file.parent) as place,
            warnings.catch_warnings(),
            quiet(),
            _patches_as_product(loaded.whole.visual),
        ):
            warnings.simplefilter("ignore")
            logging.getLogger("torch.onnx").setLevel(logging.ERROR)
            whole = Path(place) / "single.onnx"
            torch.onnx.export(
                loaded.whole.visual,
                (example,),
                whole,
                dynamo=True,
                dynamic_shapes=({0: torch.export.Dim("pictures")},),
                input_names=[INPUT],
                output_names=[OUTPUT],
                verbose=False,
            )
            _quantised(whole, file, _needs_room(torch))
    except (*LOAD_ERRORS, ImportError) as error:
        raise ClipUnavailable(reason="this model cannot be exported to ONNX") from error


@contextlib.contextmanager
def _patches_as_product(visual: Any) -> Iterator[None]:
    """Let the first layer of a vision transformer be a product of matrices while it is exported.

    It is a convolution whose steps do not overlap, the same sums; ONNX Runtime's integer convolution takes seven
    times as long for them.
    """
    layer = getattr(visual, "conv1", None)
    if layer is None or tuple(layer.kernel_size) != tuple(layer.stride) or any(layer.padding) or layer.groups != 1:
        yield
        return
    tall, wide = layer.kernel_size
    # as it stands here it is quantised; worked out in the graph it would not be
    weight = layer.weight.detach().flatten(1).t().contiguous()

    def product(pictures: Any) -> Any:
        count, channels, height, width = pictures.shape
        rows, columns = height // tall, width // wide
        pieces = pictures.reshape(count, channels, rows, tall, columns, wide).permute(0, 2, 4, 1, 3, 5)
        found = pieces.reshape(count, rows * columns, channels * tall * wide) @ weight
        found = found if layer.bias is None else found + layer.bias
        return found.transpose(1, 2).reshape(count, -1, rows, columns)

    layer.forward = product
    try:
        yield
    finally:
        # uncovers the class's own
        del layer.forward


def _needs_room(torch: Any) -> bool:
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    is_intel_kind = bool(capabilities.get("avx2"))
    return is_intel_kind and not any(capabilities.get(name) for name in _EXACT_UNITS)


def _quantised(whole: Path, file: Path, needs_room: bool) -> None:
    quantization: Any = importlib.import_module("onnxruntime.quantization")
    quantization.quantize_dynamic(
        whole, file, weight_type=quantization.QuantType.QInt8, per_channel=True, reduce_range=needs_room
    )
