"""A short list of ``make faults`` in every run of the tests: a kill, a sleeper, a power cut, forged rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.experiment import run
from faults.plan import plan
from support.servers import MariaDbServer, mariadb_in

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(420),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

SEED = 771
SHORT = (
    "killed at after_files, ftp",
    "asleep at after_announcing, reject, ftp",
    "power cut, quality",
    "rows forged",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDbServer]:
    with mariadb_in(tmp_path_factory.mktemp("mariadb")) as made:
        yield made


@pytest.mark.parametrize("name", SHORT)
def test_nothing_is_found_after(name: str, tmp_path: Path, server: MariaDbServer) -> None:
    [experiment] = [each for each in plan() if each.name == name]
    assert run(experiment, SEED, tmp_path, server).findings == ()


def test_experiments_have_names_of_their_own() -> None:
    names = [each.name for each in plan()]
    assert len(set(names)) == len(names)
    assert len(names) > 100
