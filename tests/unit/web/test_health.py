"""``/healthz`` tells machines how the site is, and tells nobody anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lightgate.bootstrap import House
from lightgate.steps import STAGES
from lightgate_web.health import RECONCILE_NOTE
from support.gallery import site_house
from support.site_client import visitor
from support.stores import Clock, add_photos


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = site_house(tmp_path, clock)
    yield made
    made.close()


def ask(house: House) -> tuple[int, dict[str, Any]]:
    answer = visitor(house, signed_in=False).get("/healthz")
    return answer.status_code, answer.get_json()


def test_a_fresh_site_is_well_without_a_sign_in(house: House) -> None:
    status, found = ask(house)
    assert (status, found["status"]) == (200, "ok")


def test_it_tells_how_long_the_oldest_photo_has_waited(house: House, clock: Clock) -> None:
    add_photos(house.store, 2)
    clock.forward(90)
    _, found = ask(house)
    assert found["ready"] == {"exif": 2}
    assert found["oldest_ready_s"] == 90


def test_a_reconciler_that_stopped_is_told(house: House, clock: Clock) -> None:
    with house.store.writing() as tx:
        tx.notes.put(RECONCILE_NOTE, clock().isoformat(), clock())
    clock.forward(59)
    assert ask(house)[1]["status"] == "ok"
    clock.forward(2)
    status, found = ask(house)
    assert (status, found["status"], found["reconcile"]["late"]) == (200, "degraded", True)


class Silent:
    def wake(self, step: str) -> bool:
        return False

    def backlog(self, step: str) -> int | None:
        return None


def test_a_broker_that_does_not_answer_is_told(house: House) -> None:
    status, found = ask(replace(house, dispatch=Silent()))
    assert (status, found["status"]) == (200, "degraded")
    assert found["broker"] == {"ok": False, "backlog": dict.fromkeys(STAGES)}


def test_a_database_that_cannot_be_read_is_503(house: House, tmp_path: Path) -> None:
    one = visitor(house, signed_in=False)
    house.close()
    for file in tmp_path.glob("review.db*"):
        file.unlink()
    answer = one.get("/healthz")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
