"""A stage is one file and one line: nothing else in the tree knows of ``colour``, and a photo passes through it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lightgate.bootstrap import House
from lightgate.domain.route.status_words import why_not_live
from lightgate.engine.progress import progress_of
from lightgate.errors import SettingInvalid
from lightgate.installation import launches
from lightgate.settings import Settings, Workers
from support.gallery import add_person
from support.servers import RedisServer
from support.site_client import visitor
from support.waiting import eventually
from support.workers import Works, put_photos, reconciled_until, steps_of, works_on

pytestmark = pytest.mark.integration

#: the one file
STAGE = """
from dataclasses import dataclass

from lightgate.domain.photo import OtherFacts
from lightgate.domain.route.pipeline import Step
from lightgate.engine.stage import Stage
from lightgate.errors import UnreadableImage


@dataclass
class ColourWork:
    def why_not_ready(self):
        return None

    def do(self, claims):
        return [self._found(claim.photo) for claim in claims]

    def _found(self, photo):
        if photo.original_file_name.startswith("broken"):
            return UnreadableImage()
        return OtherFacts("colour", {"main_tone": "teal", "warmth": 0.25, "is_grey": False, "second_tone": None})

    def close(self):
        return


STAGE = Stage(Step("colour", max_attempts=2, can_be_skipped=True), lambda settings, store: ColourWork(), batch=8)
"""
#: the one line, and what makes an app of it: the other stages do nothing, as in ``support.noop``
APP = """
import colour
from lightgate import steps as real
from lightgate.bootstrap import build
from lightgate.engine.pipeline import Pipeline
from lightgate.engine.stage import Stage
from lightgate.settings import load
from lightgate_workers.worker import make_app
from support.noop.stages import noop

STOPS = [noop(stop) if isinstance(stop, Stage) else stop for stop in real.PIPELINE.stops]
PIPELINE = Pipeline((*STOPS[:3], colour.STAGE, *STOPS[3:]))

app = make_app(
    "colour_config",
    PIPELINE.stages,
    lambda stage: build(load(), durable=stage.is_durable, pipeline=PIPELINE),
    lambda: build(load(), durable=False, busy_timeout_s=2, pipeline=PIPELINE),
    load,
)
"""
CONFIG = """
from lightgate.adapters.queue.celery import configuration
from lightgate.bootstrap import broker_url
from lightgate.files.data_folder import DataFolder
from lightgate.settings import load

_settings = load()
_url = broker_url(_settings, DataFolder(_settings.home))
globals().update(configuration(_url, ("exif", "quality", "colour", "caption", "publish"), soft_stop_s=1))
imports = ("colour_app",)
"""


@pytest.fixture
def colour_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    modules = tmp_path / "modules"
    modules.mkdir()
    for name, text in (("colour", STAGE), ("colour_app", APP), ("colour_config", CONFIG)):
        (modules / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(modules)
    yield importlib.import_module("colour_app")
    for name in ("colour", "colour_app", "colour_config"):
        sys.modules.pop(name, None)


@pytest.fixture
def works(tmp_path: Path, redis_server: RedisServer, colour_app: Any) -> Iterator[Works]:
    with works_on(tmp_path / "home", redis_server.url, WORKERS__SOFT_STOP_S="1") as made:
        made.modules = (tmp_path / "modules",)
        yield made


@pytest.fixture
def house(works: Works, colour_app: Any) -> Iterator[House]:
    made = works.house(colour_app.PIPELINE)
    yield made
    made.close()


def test_a_photo_passes_through_a_stage_that_nothing_else_knows(works: Works, house: House) -> None:
    add_person(house)
    good, broken = put_photos(house, ["good.jpg", "broken.jpg"])
    for stage in ("exif", "quality"):
        works.worker(stage, app="colour_app")
    reconciled_until(house, [good, broken], {"colour:queued"})

    with house.store.reading() as tx:
        assert why_not_live(tx.photos.get(good)) == "Not live yet: it is in the queue to be passed through “colour”."
    somebody = visitor(house)
    assert "Colour" in somebody.get("/sets/works").text
    assert somebody.get("/healthz").json["ready"] == {"colour": 2}

    for stage in ("colour", "caption"):
        works.worker(stage, app="colour_app")
    reconciled_until(house, [good, broken], {"review:waiting", "colour:failed"})

    found = {"main_tone": "teal", "warmth": 0.25, "is_grey": False, "second_tone": None}
    with house.store.reading() as tx:
        assert tx.photos.get(good).facts == {"colour": found}
    assert somebody.api("GET", f"/photos/{good}").json["facts"] == {"colour": found}
    page = somebody.get(f"/photos/{good}").text
    assert all(words in page for words in ("<summary>Colour</summary>", "Main tone", "teal", "0.25", ">no<"))
    assert "could not be passed through “colour”" in somebody.get(f"/photos/{broken}").text
    assert "Not passed through “colour”" in somebody.get("/photos?state=Error").text
    assert "Colour" in somebody.get("/dashboard").text
    counted = {
        stage.step: (stage.past, stage.failed) for stage in progress_of(house.store, house.route, "works").stages
    }
    assert counted["colour"] == (1, 1)

    version = somebody.api("GET", f"/photos/{broken}").json["version"]
    assert somebody.api("POST", f"/photos/{broken}/skip", {"version": version}).status_code == 200
    eventually(lambda: steps_of(house, [broken]) == ["review:waiting"])


def test_a_new_stage_has_a_worker_of_its_own_with_as_many_processes_as_its_setting_says(
    house: House, colour_app: Any
) -> None:
    stage = colour_app.PIPELINE.stages["colour"]
    line = launches.of_worker(house.settings, stage).argv
    assert line[line.index("-Q") + 1] == "colour"
    assert line[line.index("-c") + 1] == "1"
    settings = Settings(home=house.settings.home, workers=Workers(other={"colour": 3}))
    line = launches.of_worker(settings, stage).argv
    assert line[line.index("-c") + 1] == "3"
    assert house.reconciler_context().slots["colour"] == 1


def test_a_setting_for_a_stage_that_is_not_there_is_refused_in_words(works: Works) -> None:
    works.settings["LIGHTGATE_WORKERS__OTHER"] = '{"color": 2}'
    with pytest.raises(SettingInvalid, match="no stage is called “color”"):
        works.house()
