"""Submits and rollbacks that are killed, or that run at once in several processes: nothing double, nothing lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from lightgate.engine.kill_point import KILLED
from lightgate.intake import IntakeDesk
from support import submitting
from support.desks import all_photos, card, contents, copies, make_desk, read_exif_and_name

pytestmark = pytest.mark.integration

PHOTOS = 8
SUBMIT_KILLS = ("after_staging", "after_rename", "after_commit", "after_first_unlink")
ROLLBACK_KILLS = ("after_restore", "after_forget")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_desk(tmp_path / "data").store.close()
    return tmp_path / "data"


@pytest.fixture
def dcim(tmp_path: Path) -> Path:
    return card(tmp_path / "card", PHOTOS)


def state(home: Path) -> tuple[list[str], list[str], list[str]]:
    """What stands: rows by path, working copies, anything else in ``incoming``."""
    desk = make_desk(home)
    rows = [f"{photo.relative_path} {photo.content_hash}" for photo in all_photos(desk)]
    files = list(copies(desk))
    desk.store.close()
    return rows, [name for name in files if "staging" not in name], [name for name in files if "staging" in name]


def held_names(desk: IntakeDesk) -> list[str]:
    with desk.store.reading() as tx:
        return list(tx.names.all_held())


@pytest.mark.parametrize("kill_at", SUBMIT_KILLS)
def test_a_killed_submit_is_finished_by_the_next(home: Path, dcim: Path, kill_at: str) -> None:
    before = {each: content[0] for each, content in contents(dcim).items()}
    status, said = submitting.run(home, dcim, "--move", "--kill-at", kill_at)
    assert status == KILLED, said
    status, said = submitting.run(home, dcim, "--move") if any(dcim.iterdir()) else (0, "")
    assert status == 0, said
    assert submitting.run(home, dcim, "--action", "reconcile") == (0, "")
    rows, files, staged = state(home)
    assert (len(rows), len(files), staged) == (PHOTOS, PHOTOS, [])
    assert sorted((home / "incoming" / name).read_bytes() for name in files) == sorted(before.values())
    assert contents(dcim) == {}


def test_moves_that_were_cut_off_are_finished_by_reconcile(home: Path, dcim: Path) -> None:
    assert submitting.run(home, dcim, "--move", "--kill-at", "after_first_unlink")[0] == KILLED
    assert len(contents(dcim)) == PHOTOS - 1
    submitting.run(home, dcim, "--action", "reconcile")
    assert contents(dcim) == {}


@pytest.mark.parametrize("kill_at", SUBMIT_KILLS)
def test_a_killed_submit_can_be_rolled_back_to_where_it_began(home: Path, dcim: Path, kill_at: str) -> None:
    before = contents(dcim)
    submitting.run(home, dcim, "--move", "--kill-at", kill_at)
    status, said = submitting.run(home, dcim, "--action", "rollback")
    is_committed = kill_at in SUBMIT_KILLS[2:]
    assert (status, "There is no set 1" in said) == ((0, False) if is_committed else (1, True))
    submitting.run(home, dcim, "--action", "reconcile")
    assert contents(dcim) == before
    assert state(home) == ([], [], [])


@pytest.mark.parametrize("kill_at", ROLLBACK_KILLS)
def test_a_killed_rollback_is_finished_by_the_next(home: Path, dcim: Path, kill_at: str) -> None:
    before = contents(dcim)
    submitting.run(home, dcim, "--move")
    desk = make_desk(home)
    assert len(set(read_exif_and_name(desk).values())) == PHOTOS
    assert submitting.run(home, dcim, "--action", "rollback", "--kill-at", kill_at)[0] == KILLED
    assert submitting.run(home, dcim, "--action", "rollback") == (0, "")
    assert contents(dcim) == before
    assert state(home) == ([], [], [])
    assert held_names(desk) == []
    desk.store.close()


def test_two_processes_that_submit_one_folder_make_each_photo_once(home: Path, dcim: Path) -> None:
    both = [submitting.start(home, dcim) for _ in range(2)]
    said = [each.communicate(timeout=120)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    rows, files, staged = state(home)
    assert (len(rows), len(set(rows)), len(files), staged) == (PHOTOS, PHOTOS, PHOTOS, [])
    assert sum(int(each.split(" new")[0]) for each in said) == PHOTOS


def test_names_do_not_depend_on_how_often_a_submit_was_killed(home: Path, dcim: Path, tmp_path: Path) -> None:
    def names(home: Path) -> Mapping[str, str | None]:
        desk = make_desk(home)
        given = read_exif_and_name(desk)
        desk.store.close()
        return given

    for kill_at in SUBMIT_KILLS[:2]:
        submitting.run(home, dcim, "--kill-at", kill_at)
    submitting.run(home, dcim)
    other = tmp_path / "other"
    submitting.run(other, dcim)
    assert names(home) == names(other)


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is made with a Linux namespace")
def test_a_disk_that_fills_while_copying_leaves_nothing_behind(home: Path, dcim: Path, tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    small = tmp_path / "small"
    small.mkdir()
    program = f"{sys.executable} -m support.submitting {small} {dcim}"
    script = (
        f"mount -t tmpfs -o size=2m tmpfs {small} || exit 77; {program} --fill-disk; rm {small}/filler; "
        f"find {small}/incoming -type f; {program}; find {small}/incoming -type f | wc -l"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        env={"PYTHONPATH": str(submitting.TESTS)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("this machine does not let a test mount a disk")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("storage_full: The disk is full: free some space for ")
    assert lines[1:] == [f"{PHOTOS} new, 0 skipped, 0 moved", str(PHOTOS)]
