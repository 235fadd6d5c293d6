"""Files are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightgate.files import durable
from lightgate.files.durable import create_whole, write_whole, written_whole


def left(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize("lasts", [True, False])
def test_a_file_is_replaced_whole_and_is_its_owners(tmp_path: Path, lasts: bool) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(b"a much longer one that stood there")
    write_whole(file, b"new", lasts=lasts)
    assert (file.read_bytes(), left(tmp_path)) == (b"new", ["list.json"])
    assert not file.stat().st_mode & 0o007


def test_nothing_is_left_of_a_write_that_fails_and_the_old_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(b"old")

    def write() -> None:
        with written_whole(file) as opened:
            opened.write(b"half")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        write()
    assert (file.read_bytes(), left(tmp_path)) == (b"old", ["list.json"])


def test_what_must_last_is_on_the_disk_before_its_name_is_and_its_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def fsync(handle: int) -> None:
        where = Path(f"/proc/self/fd/{handle}").readlink()
        seen.append("folder" if where == tmp_path else f"file, {'named' if where.name == 'a' else 'unnamed'}")

    monkeypatch.setattr(durable.os, "fsync", fsync)
    write_whole(tmp_path / "a", b"x")
    assert seen == ["file, unnamed", "folder"]
    write_whole(tmp_path / "a", b"y", lasts=False)
    assert len(seen) == 2


def test_a_killed_writer_with_a_name_of_its_own_leaves_one_file_at_most(tmp_path: Path) -> None:
    file, draft = tmp_path / "up.json", tmp_path / "up.new"
    draft.write_bytes(b"half of what a killed process wrote, longer than the next")
    write_whole(file, b"{}", draft=draft)
    assert (file.read_bytes(), left(tmp_path)) == (b"{}", ["up.json"])


def test_a_secret_is_made_once_and_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "key"
    assert create_whole(file, b"first")
    assert not create_whole(file, b"second")
    assert (file.read_bytes(), left(file.parent)) == (b"first", ["key"])
    assert file.stat().st_mode & 0o777 == 0o600
