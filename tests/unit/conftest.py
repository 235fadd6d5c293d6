"""A site with a few photographs to review, and somebody who is signed in there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from support.gallery import GALLERY, add_person, hang, site_house
from support.site_client import Visitor, visitor


@pytest.fixture
def shown() -> int:
    """How many photographs of the gallery hang; a module may say another number."""
    return 3


@pytest.fixture
def house(tmp_path: Path, shown: int) -> Iterator[House]:
    """A house with photographs that wait for a decision."""
    made = site_house(tmp_path)
    add_person(made)
    hang(made, shown=GALLERY[:shown])
    yield made
    made.close()


@pytest.fixture
def ann(house: House) -> Visitor:
    """A browser that is signed in."""
    return visitor(house)


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """Commands close their files to others; what comes after a test is none of theirs."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
