"""The program that prepares CLIP, as workers start it, on a real model with weights that the test makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lightgate.adapters.clip.engines import engine_for, quiet, unit
from lightgate.adapters.clip.kit import Wanted, kit_for
from lightgate.adapters.clip.weights import open_clip_module
from support import random_clip

#: the smallest vision transformer that open_clip knows by itself, as the program must
MODEL = "ViT-S-32-alt"
#: half a minute of processor time; as patient as the product is with its program
PATIENCE_S = 900


@pytest.mark.timeout(PATIENCE_S)
def test_the_program_exports_quantises_and_keeps_the_fastest_precision(tmp_path: Path, torch: Any) -> None:
    open_clip: Any = open_clip_module()
    torch.manual_seed(1)
    with quiet():
        model = open_clip.create_model(MODEL).eval()
    torch.save(model.state_dict(), tmp_path / "weights.pt")
    wanted = Wanted(MODEL, str(tmp_path / "weights.pt"), "cpu", pairs=(("good", "bad"),), labels=("a cat", "a cup"))

    kit = kit_for(wanted, tmp_path / "models")

    times = {name: value for name, value in kit.facts.self_test.items() if isinstance(value, float)}
    assert set(times) == set(random_clip.precisions())
    # another precision than single must be worth it
    assert 0.85 * times[kit.facts.precision] <= min(times.values())
    pictures = np.random.default_rng(2).normal(0, 1, (3, 3, 224, 224)).astype(np.float32)
    with torch.inference_mode():
        exact = unit(model.visual(torch.from_numpy(pictures)).numpy())
        said = unit(model.encode_text(open_clip.get_tokenizer(MODEL)(["a cat", "a cup"])).numpy())
    assert float((engine_for(kit, 1).embed(pictures) * exact).sum(axis=1).min()) > 0.995
    assert np.allclose(kit.labels, said, atol=1e-4)
