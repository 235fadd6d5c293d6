"""What measuring and CLIP cost a picture, and how near CLIP comes to the fastest matrix product of its precision."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from lightgate.adapters.clip.engines import engine_for
from lightgate.adapters.pixels.measure.metrics import measure
from support import random_clip
from support.large_photos import write_photo
from support.measuring import cpu_ms, result
from support.naive_pictures import fitted

BATCH = 8
#: edge of the square matrices
_GEMM = 2048


def run() -> list[dict[str, object]]:
    """Measure on one core, in CPU time."""
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as place:
        pixels = np.asarray(fitted(write_photo(Path(place) / "a.jpg", 1), 1280))
        lines = [result("measurements on the proxy", cpu_ms(lambda: measure(pixels)), "ms CPU")]
        if random_clip.is_there():
            lines += _clip(Path(place))
    return lines


def _clip(folder: Path) -> list[dict[str, object]]:
    importlib.import_module("torch").set_num_threads(1)
    pictures = np.random.default_rng(1).normal(0, 1, (BATCH, 3, 224, 224)).astype(np.float32)
    lines = []
    exact = engine_for(random_clip.kit(folder, "float32"), 1).embed(pictures)
    for precision in random_clip.precisions():
        engine = engine_for(random_clip.kit(folder, precision), 1)
        cosine = float((engine.embed(pictures) * exact).sum(axis=1).min())
        took = cpu_ms(lambda engine=engine: engine.embed(pictures)) / BATCH
        peak = _gemm_flops(precision, folder)
        share = random_clip.FLOP / (took / 1000) / peak
        lines.append(result(f"CLIP ViT-B/32 {precision}, batch {BATCH}", took, "ms CPU"))
        against = f"GEMM of {_GEMM}, {peak / 1e9:.0f} Gop/s"
        lines.append(result(f"CLIP {precision}: share of the GEMM peak", 100 * share, "%", share, against))
        lines.append(result(f"CLIP {precision}: least cosine to float32", cosine, ""))
    return lines


def _gemm_flops(precision: str, folder: Path) -> float:
    product = _integer_product(folder) if precision == "int8" else _torch_product(precision)
    return 2.0 * _GEMM**3 / (cpu_ms(product, 4) / 1000)


def _torch_product(precision: str) -> Any:
    torch: Any = importlib.import_module("torch")
    one, other = (torch.randn(_GEMM, _GEMM).to(getattr(torch, precision)) for _ in range(2))
    return lambda: one @ other


def _integer_product(folder: Path) -> Any:
    """Multiply unsigned by signed bytes in ONNX Runtime, as a quantised model does."""
    onnx: Any = importlib.import_module("onnx")
    runtime: Any = importlib.import_module("onnxruntime")
    kinds = onnx.TensorProto
    weights = np.random.default_rng(1).integers(-127, 127, (_GEMM, _GEMM)).astype(np.int8)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMulInteger", ["a", "b"], ["c"])],
        "product",
        [onnx.helper.make_tensor_value_info("a", kinds.UINT8, [_GEMM, _GEMM])],
        [onnx.helper.make_tensor_value_info("c", kinds.INT32, [_GEMM, _GEMM])],
        [onnx.numpy_helper.from_array(weights, "b")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / "product.onnx")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(str(folder / "product.onnx"), options)
    given = {"a": np.random.default_rng(2).integers(0, 255, (_GEMM, _GEMM)).astype(np.uint8)}
    return lambda: session.run(None, given)


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201 - a program
