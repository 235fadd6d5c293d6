"""``lightgate live`` and ``lightgate renew`` on an installation with a photo on its website."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lightgate.cli import lightgate
from support.site import house_in

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    house = house_in(tmp_path / "data")
    house.bring_live(house.take_in())
    house.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIGHTGATE_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LIGHTGATE_BROKER_URL", "redis://127.0.0.1:1/0")
    return lambda *arguments: CliRunner().invoke(lightgate, arguments)


def test_what_is_live_is_listed_for_persons_and_scripts(run: Run) -> None:
    told = run("live")
    assert told.exit_code == 0
    assert "Harbour_001.JPG" in told.stdout
    assert "1 live" in told.stdout
    (line,) = json.loads(run("live", "1", "--json").stdout)
    assert (line["target"], line["state"]) == ("folder", "live")
    assert "Nothing is live." in run("live", "99").stdout


def test_a_look_needs_an_address_and_says_what_did_not_come(
    run: Run, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    assert "publish.public_url" in run("live", "--check").stderr
    monkeypatch.setenv("LIGHTGATE_PUBLISH__PUBLIC_URL", f"http://127.0.0.1:{free_port}")
    told = run("live", "--check")
    assert told.exit_code == 1
    assert "2 of 2 files differ or did not come" in told.stdout


def test_changed_settings_are_noticed_and_brought_to_the_site_on_request(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "All is up to date." in run("renew", "--yes").stdout
    monkeypatch.setenv("LIGHTGATE_PUBLISH__QUALITY", "70")
    assert "the settings for its files changed since" in run("live").stdout
    told = run("renew", "--yes")
    assert told.exit_code == 0
    assert "1 photos are on their way." in told.stdout
    assert "All is up to date." in run("renew", "--yes").stdout


def test_the_newest_release_is_undone_and_another_one_is_refused_in_words(run: Run) -> None:
    refused = run("unrelease", "7", "--yes")
    assert (refused.exit_code, "only the newest can, which is 1" in refused.stderr) == (1, True)
    assert "no longer on the website" in run("unrelease", "--yes").stdout
    assert "There is no release to undo." in run("unrelease").stdout
