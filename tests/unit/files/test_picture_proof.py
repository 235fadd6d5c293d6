"""A picture is only what the row says it is: swapped, lost and unknown files are told from proven ones."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from lightgate.files.picture_proof import Fault, Known, read_proven

CONTENT = b"the picture that was made"
HASH = sha256(CONTENT).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "view.jpg"
    path.write_bytes(CONTENT)
    return path


def test_what_the_row_knows_is_read(file: Path) -> None:
    assert read_proven(file, HASH) == CONTENT


def test_another_file_in_its_place_is_not(file: Path) -> None:
    file.write_bytes(CONTENT[::-1])
    assert read_proven(file, HASH) is Fault.SWAPPED


@pytest.mark.parametrize(
    ("is_there", "told", "fault"),
    [(True, None, Fault.UNKNOWN), (False, HASH, Fault.GONE), (False, None, Fault.NONE_MADE)],
)
def test_what_cannot_be_proven_is_told_apart(file: Path, is_there: bool, told: str | None, fault: Fault) -> None:
    if not is_there:
        file.unlink()
    assert read_proven(file, told) is fault


def test_a_folder_or_an_endless_file_in_its_place_is_no_picture(tmp_path: Path, file: Path) -> None:
    assert read_proven(tmp_path, HASH) is Fault.SWAPPED
    os.truncate(file, 2**34)
    assert read_proven(file, HASH) is Fault.SWAPPED


def test_the_second_look_costs_no_hash_until_the_file_changes(file: Path) -> None:
    known = Known(now_ns=lambda: file.stat().st_ctime_ns + 10**10)
    assert known.read(file, HASH) == CONTENT
    assert known.hashed == 1
    assert known.read(file, HASH) == CONTENT
    assert known.hashed == 1
    assert known.read(file, "0" * 64) is Fault.SWAPPED
    file.write_bytes(CONTENT[::-1])
    assert known.read(file, HASH) is Fault.SWAPPED


def test_a_file_that_was_just_written_is_not_remembered_since_its_time_may_not_tell_the_next_write(file: Path) -> None:
    known = Known(now_ns=lambda: file.stat().st_ctime_ns + 10**6)
    known.read(file, HASH)
    known.read(file, HASH)
    assert known.hashed == 2


def test_only_so_many_are_remembered(tmp_path: Path) -> None:
    known = Known(most=2, now_ns=lambda: 2**63)
    files = [tmp_path / f"{number}.jpg" for number in range(3)]
    for each in files:
        each.write_bytes(CONTENT)
        known.read(each, HASH)
    known.read(files[0], HASH)
    assert known.hashed == 4
