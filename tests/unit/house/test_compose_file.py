"""What docker-compose.yml promises, read without an engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from lightgate.installation import launches
from lightgate.settings import Settings
from lightgate.steps import STAGES

#: they end by themselves
ONE_SHOT = {"migrate", "cli"}


@pytest.fixture(scope="module")
def services(repository: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((repository / "docker-compose.yml").read_text("utf-8"))["services"])


@pytest.fixture(scope="module")
def ours(services: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in services.items() if service["image"].startswith("lightgate")}


def test_every_stage_has_one_service_that_works_for_it(services: dict[str, Any]) -> None:
    commands = {name: service["command"] for name, service in services.items() if name.startswith("worker-")}

    assert commands == {f"worker-{stage}": ["worker", stage] for stage in (*launches.OWN_SERVICE, launches.OTHERS)}
    assert set(STAGES) >= launches.OWN_SERVICE


def test_a_stage_without_a_service_goes_to_the_one_for_all_others(tmp_path: Path) -> None:
    colour = replace(STAGES["exif"], step=replace(STAGES["exif"].step, name="colour"))
    tone = replace(STAGES["quality"], step=replace(STAGES["quality"].step, name="tone"))
    settings = Settings(home=tmp_path)
    served = {name: stage for name, stage in STAGES.items() if name in launches.OWN_SERVICE}
    assert launches.of_others(settings, served) is None
    launch = launches.of_others(settings, {**served, "colour": colour, "tone": tone})
    assert launch is not None
    assert launch.argv[launch.argv.index("-Q") + 1] == "colour,tone"
    assert launch.argv[-1] == "worker.pool_start_method=spawn"


def test_nothing_is_reachable_from_other_machines(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_services_can_be_scaled_because_none_has_a_fixed_name(services: dict[str, Any]) -> None:
    assert not [name for name, service in services.items() if "container_name" in service]


def test_our_containers_cannot_write_to_their_image_nor_gain_rights(ours: dict[str, Any]) -> None:
    for name, service in ours.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_only_the_preparation_is_root(services: dict[str, Any], ours: dict[str, Any]) -> None:
    assert [name for name in ours if services[name]["user"].startswith("0")] == ["migrate"]


def test_what_runs_on_can_be_stopped_in_good_order_and_is_limited(ours: dict[str, Any]) -> None:
    for name in ours.keys() - ONE_SHOT:
        service = ours[name]
        assert service["init"] is True, name
        assert service["stop_grace_period"] == "45s", name
        assert service["restart"] == "unless-stopped", name
        assert "mem_limit" in service, name
        assert "healthcheck" in service, name


def test_asking_how_they_are_costs_little(services: dict[str, Any]) -> None:
    often = {name: service["healthcheck"]["interval"] for name, service in services.items() if "healthcheck" in service}

    assert often
    assert not [name for name, interval in often.items() if int(interval.removesuffix("s")) < 5]


def test_each_image_is_built_by_one_service_since_two_at_once_collide(ours: dict[str, Any]) -> None:
    builders = {name: service["image"] for name, service in ours.items() if "build" in service}

    assert sorted(builders.values()) == sorted({service["image"] for service in ours.values()})
    assert all("pull_policy" in service for service in ours.values())


def test_what_the_others_wait_for_builds_their_image(services: dict[str, Any]) -> None:
    assert "build" in services["migrate"]
    assert all("migrate" in service["depends_on"] for name, service in services.items() if name.startswith("worker-"))


def test_the_trial_website_starts_only_when_it_is_asked_for_and_cannot_be_reached(services: dict[str, Any]) -> None:
    trial = {name: service for name, service in services.items() if service.get("profiles") == ["site"]}

    assert trial.keys() == {"site-database", "site-files"}
    assert not [name for name, service in trial.items() if "ports" in service]


def test_the_photographs_are_mounted_read_only(services: dict[str, Any]) -> None:
    assert [volume for volume in services["cli"]["volumes"] if ":/photos" in volume] == [
        "${PHOTOS:-./photos}:/photos:ro"
    ]
