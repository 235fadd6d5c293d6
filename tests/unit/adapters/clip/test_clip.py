"""CLIP through open_clip with a small random model that the test makes; nothing is fetched."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lightgate.adapters.clip.kit import Wanted, in_a_child, read_kit
from lightgate.adapters.clip.labels import Label, labels_from
from lightgate.adapters.clip.prepare import prepare
from lightgate.adapters.clip.scorer import OpenClip
from lightgate.adapters.clip.weights import open_clip_module, pull
from lightgate.errors import ClipUnavailable
from lightgate.ports.pictures import GLANCE_PX
from support.programs import absent
from support.sample_photos import photo

Scorers = Callable[..., OpenClip]

MODEL = "ViT-tiny-test"
WIDTH = 64


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory, torch: Any) -> Iterator[Path]:
    """A checkpoint of a model small enough to make, known to open_clip by name."""
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
def glances() -> list[bytes]:
    edge = (GLANCE_PX, GLANCE_PX)
    return [Image.fromarray(photo(name)).resize(edge).tobytes() for name in ("cat", "coffee", "rocket")]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def scorer(cache: Path) -> Callable[..., OpenClip]:
    """Make scorers that prepare their model here, where open_clip knows the small one."""
    return partial(OpenClip, cache=cache, prepare=prepare)


def vector(embedding: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(embedding, dtype="<f2").astype(np.float64)


def why_not(given: OpenClip, glances: list[bytes]) -> str:
    with pytest.raises(ClipUnavailable) as caught:
        given.rate(glances)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestRating:
    def test_every_picture_gets_a_score_and_a_unit_vector_in_its_order(
        self, scorer: Scorers, weights: Path, glances: list[bytes]
    ) -> None:
        given = scorer(MODEL, str(weights), device="cpu", batch=2)
        ratings = given.rate(glances)
        assert all(0 <= rating.score <= 10 for rating in ratings)
        for rating in ratings:
            assert vector(rating.embedding).shape == (WIDTH,)
            assert np.linalg.norm(vector(rating.embedding)) == pytest.approx(1, abs=1e-2)
        alone = [given.rate([file])[0] for file in glances]
        for together, single in zip(ratings, alone, strict=True):
            assert vector(together.embedding) @ vector(single.embedding) == pytest.approx(1, abs=1e-2)

    def test_the_model_names_its_weights_its_prompts_and_its_precision(
        self, scorer: Scorers, weights: Path, glances: list[bytes]
    ) -> None:
        (rating,) = scorer(MODEL, str(weights), device="cpu").rate(glances[:1])
        name, digest, precision, prompts = rating.model.split()
        assert (name, prompts) == (MODEL, "prompts-1")
        assert len(digest) == 12
        assert precision in {"cpu-float32", "cpu-bfloat16", "cpu-int8"}

    def test_no_pictures_need_no_model(self, scorer: Scorers) -> None:
        assert list(scorer(MODEL, "/absent.pt").rate([])) == []

    def test_a_model_on_the_processor_needs_no_gpu(self, scorer: Scorers, weights: Path, glances: list[bytes]) -> None:
        given = scorer(MODEL, str(weights), device="cpu")
        given.rate(glances[:1])
        assert not given.wants_gpu()


class TestHead:
    def test_a_linear_head_takes_part_and_is_named(
        self, scorer: Scorers, weights: Path, glances: list[bytes], tmp_path: Path, torch: Any
    ) -> None:
        high, low = tmp_path / "high.pth", tmp_path / "low.pth"
        torch.save({"weight": torch.zeros(1, WIDTH), "bias": torch.tensor([7.0])}, high)
        torch.save({"weight": torch.zeros(1, WIDTH), "bias": torch.tensor([0.0])}, low)
        good, bad = (scorer(MODEL, str(weights), head=head, device="cpu").rate(glances[:1])[0] for head in (high, low))
        assert good.score - bad.score == pytest.approx(5, abs=1e-3)
        assert good.model != bad.model

    def test_several_linear_layers_are_multiplied_out(
        self, scorer: Scorers, weights: Path, glances: list[bytes], tmp_path: Path, torch: Any
    ) -> None:
        layers = torch.nn.Sequential(torch.nn.Linear(WIDTH, 8), torch.nn.Dropout(), torch.nn.Linear(8, 1)).eval()
        file = tmp_path / "v2.pth"
        torch.save({f"layers.{name}": value for name, value in layers.state_dict().items()}, file)
        rating = scorer(MODEL, str(weights), head=file, device="cpu").rate(glances[:1])[0]
        plain = scorer(MODEL, str(weights), device="cpu").rate(glances[:1])[0]
        with torch.inference_mode():
            raw = float(layers(torch.from_numpy(vector(plain.embedding)).float()[None])[0, 0])
        on_ten = 10 * min(1.0, max(0.0, (raw - 3.5) / 3.5))
        assert rating.score == pytest.approx((plain.score + on_ten) / 2, abs=0.05)

    @pytest.mark.parametrize("kind", ["absent", "text", "other width"])
    def test_a_head_that_does_not_fit_is_one_sentence(
        self, scorer: Scorers, weights: Path, glances: list[bytes], tmp_path: Path, kind: str, torch: Any
    ) -> None:
        file = tmp_path / "head.pth"
        if kind == "text":
            file.write_text("no head")
        if kind == "other width":
            torch.save({"weight": torch.zeros(1, 768), "bias": torch.zeros(1)}, file)
        assert "head" in why_not(scorer(MODEL, str(weights), head=file, device="cpu"), glances)


class TestFailures:
    @pytest.mark.usefixtures("torch")
    def test_an_absent_file(self, scorer: Scorers, glances: list[bytes], tmp_path: Path) -> None:
        assert "there is no file" in why_not(scorer(MODEL, str(tmp_path / "absent.pt")), glances)

    def test_a_file_that_is_no_checkpoint(
        self, scorer: Scorers, glances: list[bytes], weights: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "a.pt").write_text("no weights at all")
        assert "not a checkpoint" in why_not(scorer(MODEL, str(tmp_path / "a.pt"), device="cpu"), glances)

    def test_a_checkpoint_that_was_cut_off(
        self, scorer: Scorers, glances: list[bytes], weights: Path, tmp_path: Path
    ) -> None:
        whole = weights.read_bytes()
        (tmp_path / "a.pt").write_bytes(whole[: len(whole) // 2])
        assert "not a checkpoint" in why_not(scorer(MODEL, str(tmp_path / "a.pt"), device="cpu"), glances)

    def test_weights_of_another_architecture(
        self, scorer: Scorers, glances: list[bytes], weights: Path, tmp_path: Path, torch: Any
    ) -> None:
        torch.save({"weight": torch.zeros(3, 3)}, tmp_path / "a.pt")
        assert "holds no weights of" in why_not(scorer(MODEL, str(tmp_path / "a.pt"), device="cpu"), glances)
        assert "holds no weights of" in why_not(scorer("ViT-S-32", str(weights), device="cpu"), glances)

    def test_a_model_that_open_clip_does_not_know(self, scorer: Scorers, glances: list[bytes], weights: Path) -> None:
        assert "knows no model" in why_not(scorer("ViT-of-mine", str(weights), device="cpu"), glances)

    @pytest.mark.usefixtures("torch")
    def test_a_tag_that_was_never_fetched_says_how_to_fetch_it(self, scorer: Scorers, glances: list[bytes]) -> None:
        said = why_not(scorer("ViT-B-32", "laion400m_e31", device="cpu"), glances)
        assert "lightgate models pull clip" in said

    @pytest.mark.usefixtures("torch")
    def test_a_tag_that_open_clip_does_not_know(self, scorer: Scorers) -> None:
        with pytest.raises(ClipUnavailable, match=r"knows no weights best_ever for ViT-B-32; it knows: .*openai"):
            pull("ViT-B-32", "best_ever")

    def test_a_device_that_is_not_there(self, scorer: Scorers, glances: list[bytes], weights: Path, torch: Any) -> None:
        if torch.cuda.is_available():
            pytest.skip("this machine has the device")
        assert "clip.device" in why_not(scorer(MODEL, str(weights), device="cuda"), glances)
        assert "clip.device" in why_not(scorer(MODEL, str(weights), device="toaster"), glances)

    def test_a_failure_is_remembered(self, scorer: Scorers, glances: list[bytes], tmp_path: Path) -> None:
        file = tmp_path / "late.pt"
        given = scorer(MODEL, str(file))
        first = why_not(given, glances)
        file.write_text("too late")
        assert why_not(given, glances) == first


class TestKits:
    def test_a_model_is_prepared_once_for_all_who_want_it(
        self, weights: Path, glances: list[bytes], tmp_path: Path
    ) -> None:
        asked: list[Wanted] = []

        def counted(wanted: Wanted, folder: Path) -> None:
            asked.append(wanted)
            prepare(wanted, folder)

        ratings = [
            OpenClip(MODEL, str(weights), tmp_path, device="cpu", prepare=counted).rate(glances) for _ in range(2)
        ]
        assert len(asked) == 1
        assert ratings[0] == ratings[1]

    def test_of_two_workers_that_start_one_prepares_and_neither_is_ready_before(
        self, weights: Path, glances: list[bytes], tmp_path: Path
    ) -> None:
        asked, may_go_on = list[Wanted](), Event()

        def held_up(wanted: Wanted, folder: Path) -> None:
            asked.append(wanted)
            may_go_on.wait(60)
            prepare(wanted, folder)

        workers = [OpenClip(MODEL, str(weights), tmp_path, device="cpu", prepare=held_up) for _ in range(2)]
        for each in workers:
            each.prepare()
        try:
            assert all("Preparing CLIP" in (each.why_not_ready() or "") for each in workers)
        finally:
            may_go_on.set()
        names = {each.load() for each in workers}
        assert [each.why_not_ready() for each in workers] == [None, None]
        assert (len(names), len(asked)) == (1, 1)

    def test_a_worker_that_finds_the_model_prepared_is_ready_at_once(
        self, scorer: Scorers, weights: Path, glances: list[bytes]
    ) -> None:
        scorer(MODEL, str(weights), device="cpu").load()
        given = scorer(MODEL, str(weights), device="cpu")
        given.prepare()
        assert given.why_not_ready() is None

    def test_what_fails_while_preparing_is_said_when_loading_and_not_tried_again(
        self, weights: Path, glances: list[bytes], tmp_path: Path
    ) -> None:
        asked: list[Wanted] = []

        def failing(wanted: Wanted, folder: Path) -> None:
            asked.append(wanted)
            raise ClipUnavailable(reason="the file is odd")

        given = OpenClip(MODEL, str(weights), tmp_path, device="cpu", prepare=failing)
        given.prepare()
        assert "the file is odd" in why_not(given, glances)
        assert given.why_not_ready() is None
        assert len(asked) == 1

    @pytest.mark.usefixtures("torch")
    def test_preparing_what_is_not_there_ends_at_once(self, scorer: Scorers, glances: list[bytes]) -> None:
        given = scorer(MODEL, "/absent.pt", device="cpu")
        given.prepare()
        assert given.why_not_ready() is None
        assert "there is no file" in why_not(given, glances)

    def test_a_place_that_cannot_hold_the_model_is_one_sentence(
        self, weights: Path, glances: list[bytes], tmp_path: Path
    ) -> None:
        (tmp_path / "models").write_text("a file where the folder should be")
        given = OpenClip(MODEL, str(weights), tmp_path / "models", device="cpu", prepare=prepare)
        given.prepare()
        assert "cannot be kept in" in why_not(given, glances)

    def test_weights_that_changed_are_prepared_anew(self, weights: Path) -> None:
        before = Wanted(MODEL, str(weights)).key
        os.utime(weights, ns=(1, 1))
        assert Wanted(MODEL, str(weights)).key != before

    @pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
    def test_every_precision_sees_nearly_the_same(
        self, scorer: Scorers, weights: Path, glances: list[bytes], precision: str
    ) -> None:
        if precision == "int8" and importlib.util.find_spec("onnxruntime") is None:
            absent("the extra lightgate[onnx] is not installed")
        exact = scorer(MODEL, str(weights), device="cpu", precision="float32").rate(glances)
        other = scorer(MODEL, str(weights), device="cpu", precision=precision).rate(glances)
        assert f"cpu-{precision}" in other[0].model
        for one, two in zip(exact, other, strict=True):
            assert vector(one.embedding) @ vector(two.embedding) > 0.99

    def test_the_self_test_says_what_it_measured(self, weights: Path, tmp_path: Path) -> None:
        prepare(Wanted(MODEL, str(weights), "cpu", pairs=(("a", "b"),)), tmp_path)
        facts = read_kit(tmp_path).facts
        assert facts.self_test["float32"] > 0
        assert facts.precision in facts.self_test

    def test_a_child_that_cannot_prepare_says_why_in_one_sentence(self, weights: Path, tmp_path: Path) -> None:
        with pytest.raises(ClipUnavailable, match=f"open_clip knows no model {MODEL}"):
            in_a_child(Wanted(MODEL, str(weights), pairs=(("a", "b"),)), tmp_path)

    def test_a_child_whose_worker_is_gone_ends_without_a_word(self, weights: Path, tmp_path: Path) -> None:
        told = {"wanted": asdict(Wanted(MODEL, str(weights))), "folder": str(tmp_path)}
        line = [sys.executable, "-m", "lightgate.adapters.clip.prepare"]
        # what it is told ends with the end of its input, as when the worker that holds the other side dies
        done = subprocess.run(line, input=json.dumps(told), capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (1, "")

    def test_a_damaged_kit_says_what_to_do(self, weights: Path, glances: list[bytes], tmp_path: Path) -> None:
        making = partial(OpenClip, MODEL, str(weights), tmp_path, device="cpu", prepare=prepare)
        making().rate(glances)
        (facts,) = tmp_path.glob("*/kit.json")
        facts.write_text("{}")
        assert "delete that folder" in why_not(making(), glances)


class TestHints:
    def test_labels_share_one_unit_of_probability(self, scorer: Scorers, weights: Path, glances: list[bytes]) -> None:
        labels = [Label(name, f"a photo of a {name}") for name in ("cat", "cup", "rocket")]
        for rating in scorer(MODEL, str(weights), device="cpu", labels=labels).rate(glances):
            assert 0 < sum(hint.share for hint in rating.hints) <= 1.01
            assert [hint.share for hint in rating.hints] == sorted((h.share for h in rating.hints), reverse=True)

    def test_the_users_own_list_takes_the_place_of_the_shipped_one(self, tmp_path: Path) -> None:
        own = tmp_path / "labels.txt"
        assert len(labels_from(own)) > 50
        own.write_text("# mine\nCat\ncat\nfog: a misty photo\n\n")
        assert labels_from(own) == (Label("cat", "a photo of cat"), Label("fog", "a misty photo"))
