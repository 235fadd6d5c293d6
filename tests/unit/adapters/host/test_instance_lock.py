from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lightgate.adapters.host.instance_lock import Instance
from lightgate.errors import AlreadyRunning
from lightgate.files.data_folder import DataFolder


def test_a_data_folder_has_one_supervisor(tmp_path: Path) -> None:
    first, second = Instance(DataFolder(tmp_path)), Instance(DataFolder(tmp_path))
    first.take(patience_s=0)
    with pytest.raises(AlreadyRunning):
        second.take(patience_s=0)
    assert second.supervisor() == os.getpid()
    first.release()
    second.take(patience_s=0)
    second.release()


def test_a_lock_file_that_was_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    run = DataFolder(tmp_path).run
    run.mkdir()
    (run / "up.lock").write_text("1\n")
    instance = Instance(DataFolder(tmp_path))
    assert instance.supervisor() is None
    instance.take(patience_s=0)
    instance.release()


def test_a_child_that_is_still_there_holds_the_next_run_up(tmp_path: Path) -> None:
    instance = Instance(DataFolder(tmp_path))
    family = instance.take(patience_s=0)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(family,)) as child:
        instance.release()
        assert instance.supervisor() is None
        assert instance.has_family()
        with pytest.raises(AlreadyRunning, match="still ending"):
            Instance(DataFolder(tmp_path)).take(patience_s=0)
        child.kill()
    instance.take(patience_s=5)
    instance.release()


def test_nothing_runs_on_a_folder_that_is_not_there(tmp_path: Path) -> None:
    instance = Instance(DataFolder(tmp_path / "none"))
    assert instance.supervisor() is None
    assert instance.wait_until_gone(0)
