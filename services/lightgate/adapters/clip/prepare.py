"""Prepare a CLIP model as a kit: load it, encode the texts, test which precision is fastest, keep the image side.

Run as a program it reads what is wanted from the first line of standard input, and ends when that is closed; on
failure it prints one sentence and ends with 1.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from lightgate.adapters.clip import onnx_export
from lightgate.adapters.clip.engines import ONNX_FILE, TORCH_FILE, Engine, TorchEngine, onnx_engine
from lightgate.adapters.clip.kit import AUTO, BFLOAT16, FLOAT16, FLOAT32, INT8, Floats, KitFacts, Wanted, write_kit
from lightgate.adapters.clip.model import Loaded, encoded, file_hash, load, place
from lightgate.adapters.clip.weights import LOAD_ERRORS
from lightgate.errors import ClipUnavailable

#: pictures in one go of the self-test, and how long one precision may be tried
_TEST_BATCH, _TEST_S = 4, 0.3
#: another precision than single must save this share of its time
_WORTH = 0.85
#: cosine to single precision below which a precision is not trusted
_FAITHFUL = 0.995


def prepare(wanted: Wanted, folder: Path) -> None:
    """Write a whole kit into an empty folder.

    Raises:
        ClipUnavailable: with one sentence why.
    """
    loaded = load(wanted.model, wanted.weights)
    torch = loaded.torch
    torch.set_num_threads(1)
    device = place(torch, wanted.device)
    pairs = [text for pair in wanted.pairs for text in pair]
    vectors = encoded(loaded, (*pairs, *wanted.labels))
    scale = float(loaded.whole.logit_scale.detach().exp())
    opposed = vectors[: len(pairs)].reshape(len(wanted.pairs), 2, -1)
    precision, tested = _choose(wanted.precision, device, loaded, folder)
    facts = KitFacts(
        model=wanted.model,
        weights_hash=file_hash(loaded.weights.file),
        device=device,
        precision=precision,
        quick_gelu=loaded.weights.quick_gelu,
        size_px=loaded.size_px,
        mean=tuple(loaded.mean),
        std=tuple(loaded.std),
        resampling=loaded.resampling,
        scale=scale,
        self_test=tested,
    )
    if precision != INT8:
        held = loaded.whole.visual.to(getattr(torch, precision)).state_dict()
        torch.save(held, folder / TORCH_FILE)
    write_kit(folder, facts, np.asarray(scale * (opposed[:, 0] - opposed[:, 1]), np.float32), vectors[len(pairs) :])


def _choose(asked: str, device: str, loaded: Loaded, folder: Path) -> tuple[str, dict[str, Any]]:
    """Choose the precision; on a GPU half precision, on a processor the fastest that stays faithful."""
    if asked not in {AUTO, INT8}:
        return asked, {}
    if device != "cpu":
        if asked == INT8:
            raise ClipUnavailable(reason="int8 runs on the processor only; set clip.device to cpu")
        return FLOAT16 if device.startswith("cuda") else FLOAT32, {}
    if asked == INT8:
        onnx_export.export(loaded, folder / ONNX_FILE)
        return INT8, {}
    return _self_test(loaded, folder)


def _self_test(loaded: Loaded, folder: Path) -> tuple[str, dict[str, Any]]:
    pictures = np.random.default_rng(1).normal(0, 1, (_TEST_BATCH, 3, loaded.size_px, loaded.size_px))
    given = np.asarray(pictures, dtype=np.float32)
    torch = loaded.torch
    reference, single_ms = _tried(TorchEngine(loaded.whole.visual, torch, "cpu", torch.float32), given)
    found: dict[str, Any] = {FLOAT32: single_ms}
    best, best_ms = FLOAT32, single_ms
    for precision in (BFLOAT16, INT8):
        try:
            engine = _candidate(precision, loaded, folder)
            vectors, took_ms = _tried(engine, given)
        except (ClipUnavailable, *LOAD_ERRORS) as error:
            found[precision] = str(error)
            continue
        found[precision] = took_ms
        is_faithful = float(np.min(np.sum(vectors * reference, axis=1))) >= _FAITHFUL
        if is_faithful and took_ms < _WORTH * best_ms:
            best, best_ms = precision, took_ms
    if best != INT8:
        (folder / ONNX_FILE).unlink(missing_ok=True)
    return best, found


def _candidate(precision: str, loaded: Loaded, folder: Path) -> Engine:
    if precision == INT8:
        onnx_export.require()
        onnx_export.export(loaded, folder / ONNX_FILE)
        return onnx_engine(folder / ONNX_FILE, 1)
    copied = importlib.import_module("copy").deepcopy(loaded.whole.visual)
    dtype = getattr(loaded.torch, precision)
    return TorchEngine(copied.to(dtype), loaded.torch, "cpu", dtype)


def _tried(engine: Engine, given: Floats) -> tuple[Floats, float]:
    """Give the vectors, and CPU milliseconds a picture: what others do on the machine hardly shows in them."""
    vectors = engine.embed(given)
    took: list[float] = []
    until = time.process_time() + _TEST_S
    while not took or time.process_time() < until:
        start = time.process_time()
        engine.embed(given)
        took.append(time.process_time() - start)
    return vectors, round(1000 * min(took) / len(given), 2)


def _end_with_the_worker() -> None:
    """End at once where nobody waits for the kit any more."""
    # unbuffered: a lock on ``sys.stdin`` would stop the interpreter from ending
    while os.read(0, 1):
        pass
    os._exit(1)


def main() -> int:
    """Be the program."""
    told = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    wanted = told["wanted"]
    wanted["pairs"] = tuple((good, bad) for good, bad in wanted["pairs"])
    wanted["labels"] = tuple(wanted["labels"])
    try:
        prepare(Wanted(**wanted), Path(told["folder"]))
    except ClipUnavailable as error:
        sys.stdout.write(error.message + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
