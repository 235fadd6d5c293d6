"""The stops of the route: what a pipeline must be, and what follows from its stages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.domain.route.pipeline import Result, Step
from lightgate.engine.pipeline import Pipeline
from lightgate.engine.stage import Gate, Hook, Stage
from lightgate.errors import PipelineInvalid
from lightgate.settings import Settings
from lightgate.steps import PIPELINE
from support.stores import make_store

SHIPPED = ["exif", "naming", "quality", "caption", "review", "release", "publish"]
STOPS = list(PIPELINE.stops)


def stage(name: str, **changes: object) -> Stage:
    like = PIPELINE.stages["exif"]
    return replace(like, step=replace(like.step, name=name), **changes)


def put(stop: Stage | Gate, at: int) -> list[Stage | Gate]:
    return [*STOPS[:at], stop, *STOPS[at:]]


def test_the_road_is_the_one_that_is_promised() -> None:
    assert [step.name for step in PIPELINE.route if step.name in SHIPPED] == SHIPPED


@pytest.mark.parametrize("at", range(5))
def test_a_stage_may_stand_anywhere_before_review(at: int) -> None:
    assert Pipeline(put(stage("colour"), at)).route[at].name == "colour"


@pytest.mark.parametrize("at", [5, 6, 7])
def test_nothing_stands_between_a_persons_word_and_the_website(at: int) -> None:
    with pytest.raises(PipelineInvalid, match="ends with review, release, publish, with nothing between"):
        Pipeline(put(stage("colour"), at))


@pytest.mark.parametrize("left_out", ["naming", "review", "release"])
def test_no_road_to_the_website_leaves_a_gate_out(left_out: str) -> None:
    with pytest.raises(PipelineInvalid, match="ends with"):
        Pipeline([stop for stop in STOPS if stop.step.name != left_out])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Colour", "no name for a step"),
        ("of a kind", "no name for a step"),
        ("c" * 21, "no name for a step"),
        ("site", "what another process is called"),
        ("others", "what another process is called"),
        ("quality", "two steps are called"),
    ],
)
def test_a_name_that_a_queue_a_worker_or_a_log_cannot_have_is_refused(name: str, why: str) -> None:
    with pytest.raises(PipelineInvalid, match=why):
        Pipeline(put(stage(name), 2))


def test_a_stage_whose_limits_contradict_each_other_is_refused() -> None:
    with pytest.raises(PipelineInvalid, match="needs drain_s"):
        Pipeline(put(stage("colour", hard_limit_s=60, soft_limit_s=60), 2))
    with pytest.raises(PipelineInvalid, match="has no attempts"):
        Pipeline(put(replace(stage("colour"), step=Step("colour")), 2))


def test_hooks_of_a_stage_are_its_own_and_those_of_the_gates_behind_it(tmp_path: Path) -> None:
    def hook(name: str) -> Hook:
        return lambda at: name

    first = stage("one", hooks=lambda settings, store, route: [hook("one")])
    gate = Gate(Step("gate", opened_by=Result.NAMED), lambda settings, store, route: [hook("gate")])
    made, store = Pipeline([first, gate, stage("two")]), make_store(tmp_path)
    found = made.hooks(Settings(home=tmp_path), store)
    assert {name: [each(store) for each in hooks] for name, hooks in found.items()} == {  # type: ignore[arg-type]
        "one": ["one", "gate"],
        "two": [],
    }
    assert set(made.hooks(Settings(home=tmp_path), store, "two")) == {"two"}
    store.close()
