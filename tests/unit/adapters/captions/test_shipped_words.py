"""Word lists that are shipped are described, and asked for: one of a misspelt name would find nothing, silently."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WORDS = Path("services/lightgate/data/words")


@pytest.fixture
def kinds(repository: Path) -> set[str]:
    return {file.name.split(".")[0] for file in (repository / WORDS).glob("*.txt")}


def test_every_kind_of_list_has_a_row_in_the_readme_and_every_row_a_list(repository: Path, kinds: set[str]) -> None:
    rows = re.findall(r"^\|(.+?)\|", (repository / WORDS / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == kinds


def test_every_kind_of_list_is_asked_for_by_name(repository: Path, kinds: set[str]) -> None:
    code = "".join(file.read_text("utf-8") for file in (repository / "services/lightgate/domain").rglob("*.py"))
    assert {kind for kind in kinds if f'"{kind}"' not in code} == set()


def test_a_list_is_named_by_its_kind_and_its_language(repository: Path) -> None:
    names = [file.name for file in (repository / WORDS).glob("*.txt")]
    assert [name for name in names if not re.fullmatch(r"[a-z_]+\.(?:[a-z]{2}|all)\.txt", name)] == []
