"""A target is one file and one line: nothing else in the tree knows of ``attic``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.adapters.website.open import open_target, open_website
from lightgate.errors import SettingInvalid
from lightgate.files.by_name import function_at
from lightgate.files.data_folder import DataFolder
from lightgate.installation.doctor import Level, examine
from lightgate.ports.website import Permit
from lightgate.settings import load
from lightgate.settings.target_kinds import KINDS, TargetKind

#: the one file
ATTIC = """
from pathlib import Path

from lightgate.adapters.website.targets.folder import FolderTarget


def opened(name, wanted, modes):
    return FolderTarget(Path(wanted.path) / "attic", name, modes)
"""
SETTINGS = '[publish.targets.upstairs]\nkind = "attic"\npath = "{}"\n'


@pytest.fixture
def attic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/attic.py").write_text(ATTIC)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    # the one line
    monkeypatch.setitem(KINDS, "attic", TargetKind(("path",), "attic:opened"))
    (tmp_path / "house/attic").mkdir(parents=True)
    config = tmp_path / "lightgate.toml"
    config.write_text(SETTINGS.format(tmp_path / "house"))
    yield config
    sys.modules.pop("attic", None)
    function_at.cache_clear()


def test_a_new_kind_of_target_publishes_and_is_examined(attic: Path, tmp_path: Path) -> None:
    settings = load({"LIGHTGATE_HOME": str(tmp_path / "data")}, config=attic)
    website = open_website(settings.publish, DataFolder(tmp_path / "data"))
    [target] = website.targets
    target.put("2026/a.jpg", b"picture", Permit("1-1", lambda: None))
    assert (tmp_path / "house/attic/2026/a.jpg").read_bytes() == b"picture"
    checks = {check.name: check for check in examine(settings)}
    assert checks["Target upstairs"].level is Level.OK


def test_what_a_new_kind_needs_is_asked_for_in_words(attic: Path) -> None:
    attic.write_text('[publish.targets.upstairs]\nkind = "attic"\n')
    with pytest.raises(SettingInvalid, match="a target of the kind attic needs path"):
        load({}, config=attic)


def test_a_kind_that_nobody_registered_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    config = tmp_path / "lightgate.toml"
    config.write_text(SETTINGS.format(tmp_path))
    with pytest.raises(SettingInvalid, match=f"no such kind; there are {', '.join(KINDS)}"):
        load({}, config=config)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_opened_without_reaching_for_a_line(tmp_path: Path, kind: str) -> None:
    config = tmp_path / "lightgate.toml"
    told = dict.fromkeys(KINDS[kind].needs, "u") | {"kind": kind, "path": str(tmp_path), "host": "nowhere.invalid"}
    config.write_text("[publish.targets.web]\n" + "".join(f'{name} = "{value}"\n' for name, value in told.items()))
    target = open_target("web", load({}, config=config).publish.targets["web"])
    assert target.name == "web"
    target.close()


@pytest.mark.parametrize("document", ["docs/settings.md", "docs/publishing.md"])
def test_the_documents_name_every_kind(repository: Path, document: str) -> None:
    said = [line for line in (repository / document).read_text("utf-8").splitlines() if "ftps" in line]
    assert [kind for kind in KINDS if not any(re.search(rf"\b{kind}\b", line) for line in said)] == []
