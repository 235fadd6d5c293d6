"""CLIP through open_clip with a small random model that the test makes; nothing is fetched."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lightgate.adapters.clip import OpenClip
from lightgate.adapters.clip_weights import open_clip_module, pull
from lightgate.errors import ClipUnavailable, UnreadableImage
from support.sample_photos import photo

if importlib.util.find_spec("open_clip") is None and "CI" not in os.environ:
    pytest.skip("the extra lightgate[quality] is not installed", allow_module_level=True)

MODEL = "ViT-tiny-test"
WIDTH = 64


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkpoint of a model small enough to make, known to open_clip by name."""
    torch: Any = pytest.importorskip("torch")
    open_clip: Any = open_clip_module()
    folder = tmp_path_factory.mktemp("clip")
    config = {
        "embed_dim": WIDTH,
        "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "patch_size": 32},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
    }
    (folder / f"{MODEL}.json").write_text(json.dumps(config))
    open_clip.add_model_config(folder)
    torch.manual_seed(1)
    model = open_clip.create_model(MODEL)
    torch.save(model.state_dict(), folder / "tiny.pt")
    return folder / "tiny.pt"


@pytest.fixture(scope="module")
def proxies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("proxies")
    files = [folder / f"{name}.jpg" for name in ("cat", "coffee", "rocket")]
    for file in files:
        Image.fromarray(photo(file.stem)).save(file, quality=95)
    return files


def vector(embedding: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(embedding, dtype="<f2").astype(np.float64)


def why_not(scorer: OpenClip, proxies: list[Path]) -> str:
    with pytest.raises(ClipUnavailable) as caught:
        scorer.rate(proxies)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestRating:
    def test_every_picture_gets_a_score_and_a_unit_vector_in_its_order(
        self, weights: Path, proxies: list[Path]
    ) -> None:
        scorer = OpenClip(MODEL, str(weights), device="cpu", batch=2)
        ratings = scorer.rate(proxies)
        assert all(0 <= rating.score <= 10 for rating in ratings)
        for rating in ratings:
            assert vector(rating.embedding).shape == (WIDTH,)
            assert np.linalg.norm(vector(rating.embedding)) == pytest.approx(1, abs=1e-2)
        alone = [scorer.rate([file])[0] for file in proxies]
        for together, single in zip(ratings, alone, strict=True):
            assert vector(together.embedding) @ vector(single.embedding) == pytest.approx(1, abs=1e-2)

    def test_the_model_names_its_weights_its_prompts_and_its_precision(
        self, weights: Path, proxies: list[Path]
    ) -> None:
        (rating,) = OpenClip(MODEL, str(weights), device="cpu").rate(proxies[:1])
        name, digest, precision, prompts = rating.model.split()
        assert (name, prompts) == (MODEL, "prompts-1")
        assert len(digest) == 12
        assert precision in {"cpu-float32", "cpu-bfloat16"}

    def test_no_pictures_need_no_model(self) -> None:
        assert list(OpenClip(MODEL, "/absent.pt").rate([])) == []

    def test_a_damaged_proxy_is_named_as_such(self, weights: Path, tmp_path: Path) -> None:
        (tmp_path / "a.jpg").write_bytes(b"not a picture")
        with pytest.raises(UnreadableImage, match="proxy"):
            OpenClip(MODEL, str(weights), device="cpu").rate([tmp_path / "a.jpg"])

    def test_a_model_on_the_processor_needs_no_gpu(self, weights: Path, proxies: list[Path]) -> None:
        scorer = OpenClip(MODEL, str(weights), device="cpu")
        scorer.rate(proxies[:1])
        assert not scorer.wants_gpu()


class TestHead:
    def test_a_linear_head_takes_part_and_is_named(self, weights: Path, proxies: list[Path], tmp_path: Path) -> None:
        torch: Any = pytest.importorskip("torch")
        high, low = tmp_path / "high.pth", tmp_path / "low.pth"
        torch.save({"weight": torch.zeros(1, WIDTH), "bias": torch.tensor([7.0])}, high)
        torch.save({"weight": torch.zeros(1, WIDTH), "bias": torch.tensor([0.0])}, low)
        good, bad = (
            OpenClip(MODEL, str(weights), head=head, device="cpu").rate(proxies[:1])[0] for head in (high, low)
        )
        assert good.score - bad.score == pytest.approx(5, abs=1e-3)
        assert good.model != bad.model

    def test_several_linear_layers_are_multiplied_out(self, weights: Path, proxies: list[Path], tmp_path: Path) -> None:
        torch: Any = pytest.importorskip("torch")
        layers = torch.nn.Sequential(torch.nn.Linear(WIDTH, 8), torch.nn.Dropout(), torch.nn.Linear(8, 1)).eval()
        file = tmp_path / "v2.pth"
        torch.save({f"layers.{name}": value for name, value in layers.state_dict().items()}, file)
        rating = OpenClip(MODEL, str(weights), head=file, device="cpu").rate(proxies[:1])[0]
        plain = OpenClip(MODEL, str(weights), device="cpu").rate(proxies[:1])[0]
        with torch.inference_mode():
            raw = float(layers(torch.from_numpy(vector(plain.embedding)).float()[None])[0, 0])
        on_ten = 10 * min(1.0, max(0.0, (raw - 3.5) / 3.5))
        assert rating.score == pytest.approx((plain.score + on_ten) / 2, abs=0.05)

    @pytest.mark.parametrize("kind", ["absent", "text", "other width"])
    def test_a_head_that_does_not_fit_is_one_sentence(
        self, weights: Path, proxies: list[Path], tmp_path: Path, kind: str
    ) -> None:
        torch: Any = pytest.importorskip("torch")
        file = tmp_path / "head.pth"
        if kind == "text":
            file.write_text("no head")
        if kind == "other width":
            torch.save({"weight": torch.zeros(1, 768), "bias": torch.zeros(1)}, file)
        assert "head" in why_not(OpenClip(MODEL, str(weights), head=file, device="cpu"), proxies)


class TestFailures:
    def test_an_absent_file(self, proxies: list[Path], tmp_path: Path) -> None:
        assert "there is no file" in why_not(OpenClip(MODEL, str(tmp_path / "absent.pt")), proxies)

    def test_a_file_that_is_no_checkpoint(self, proxies: list[Path], weights: Path, tmp_path: Path) -> None:
        (tmp_path / "a.pt").write_text("no weights at all")
        assert "not a checkpoint" in why_not(OpenClip(MODEL, str(tmp_path / "a.pt"), device="cpu"), proxies)

    def test_a_checkpoint_that_was_cut_off(self, proxies: list[Path], weights: Path, tmp_path: Path) -> None:
        whole = weights.read_bytes()
        (tmp_path / "a.pt").write_bytes(whole[: len(whole) // 2])
        assert "not a checkpoint" in why_not(OpenClip(MODEL, str(tmp_path / "a.pt"), device="cpu"), proxies)

    def test_weights_of_another_architecture(self, proxies: list[Path], weights: Path, tmp_path: Path) -> None:
        torch: Any = pytest.importorskip("torch")
        torch.save({"weight": torch.zeros(3, 3)}, tmp_path / "a.pt")
        assert "holds no weights of" in why_not(OpenClip(MODEL, str(tmp_path / "a.pt"), device="cpu"), proxies)
        assert "holds no weights of" in why_not(OpenClip("ViT-S-32", str(weights), device="cpu"), proxies)

    def test_a_model_that_open_clip_does_not_know(self, proxies: list[Path], weights: Path) -> None:
        assert "knows no model" in why_not(OpenClip("ViT-of-mine", str(weights), device="cpu"), proxies)

    def test_a_tag_that_was_never_fetched_says_how_to_fetch_it(self, proxies: list[Path]) -> None:
        said = why_not(OpenClip("ViT-B-32", "laion400m_e31", device="cpu"), proxies)
        assert "lightgate models pull clip" in said

    def test_a_tag_that_open_clip_does_not_know(self) -> None:
        with pytest.raises(ClipUnavailable, match=r"knows no weights best_ever for ViT-B-32; it knows: .*openai"):
            pull("ViT-B-32", "best_ever")

    def test_a_device_that_is_not_there(self, proxies: list[Path], weights: Path) -> None:
        torch: Any = pytest.importorskip("torch")
        if torch.cuda.is_available():
            pytest.skip("this machine has the device")
        assert "clip.device" in why_not(OpenClip(MODEL, str(weights), device="cuda"), proxies)
        assert "clip.device" in why_not(OpenClip(MODEL, str(weights), device="toaster"), proxies)

    def test_a_failure_is_remembered(self, proxies: list[Path], tmp_path: Path) -> None:
        file = tmp_path / "late.pt"
        scorer = OpenClip(MODEL, str(file))
        first = why_not(scorer, proxies)
        file.write_text("too late")
        assert why_not(scorer, proxies) == first
