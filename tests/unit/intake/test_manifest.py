"""Manifests: many sets in a file, and every slip has its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightgate.errors import InputInvalid
from lightgate.intake import Request, read_manifest

GOOD = """
[[set]]
path = "canals"
subject = "Canal houses"
location = "Amsterdam"
folder = "street"
brief = "@canals.txt"

[[set]]
paths = ["a", "/b"]
subject = "Birds"
location = "Texel"
folder = "nature"
languages = ["nl", "en"]
recursive = true
title = "Spring"
"""


def manifest(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sets.toml"
    file.write_text(text, "utf-8")
    return file


def test_sets_are_read_with_paths_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "canals.txt").write_text("Early morning", "utf-8")
    assert read_manifest(manifest(tmp_path, GOOD), languages=("de",), move=True) == (
        Request((tmp_path / "canals",), "Canal houses", "Amsterdam", "street", "Early morning", ("de",), move=True),
        Request(
            (tmp_path / "a", Path("/b")), "Birds", "Texel", "nature", "", ("nl", "en"), "Spring", recursive=True,
            move=True,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[set]]\nsubjekt = 'x'", "In set 1 of .*sets.toml, there is no key subjekt: did you mean subject?"),
        ("[[set]]\nzzz = 'x'", "there is no key zzz: known are subject, "),
        ("[[sets]]\npath = 'x'", "In the manifest, there is no key sets: did you mean set?"),
        ("[[set]]\npath = 5", "path is a text, not 5"),
        ("[[set]]\npath = 'x'\nlanguages = 'en'", "languages is a list of texts, not 'en'"),
        ("[[set]]\npath = 'x'\nrecursive = 'yes'", "recursive is true or false, not 'yes'"),
        ("[[set]]\nsubject = 'x'", "In set 1 of .*, path is missing"),
        ("[[set]]\npath = 'x'\nbrief = '@nowhere.txt'", "The brief .*nowhere.txt cannot be read"),
        ("", r"holds no \[\[set\]\] table"),
        ("set = 5", r"holds no \[\[set\]\] table"),
        ("[set]\npath = 'x'", r"holds no \[\[set\]\] table"),
        ("[[set", "is not valid TOML"),
        ("x = " + "[" * 50_000, "too deep in one another"),
        ("x = " + "{a = " * 50_000, "too deep in one another"),
        ("[[set]]\npath = 'x'\nbrief = '@../outside.txt'", "In set 1 of .*, the brief @../outside.txt is outside of"),
        ("[[set]]\npath = 'x'\nbrief = '@/etc/hostname'", "only files below it are read"),
    ],
)
def test_a_slip_is_said_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputInvalid, match=says):
        read_manifest(manifest(tmp_path, text))


def test_a_missing_manifest_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="cannot be read"):
        read_manifest(tmp_path / "nowhere.toml")


def test_a_brief_behind_a_link_that_leads_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("hush", "utf-8")
    folder = tmp_path / "sets"
    folder.mkdir()
    (folder / "brief.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(InputInvalid, match="only files below it are read"):
        read_manifest(manifest(folder, "[[set]]\npath = 'x'\nbrief = '@brief.txt'"))
